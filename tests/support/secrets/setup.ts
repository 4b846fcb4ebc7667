/**
 * Runs before each file of tests: no error, no line of a protocol log and no receipt that the library makes in them may
 * hold a secret that it was given. `POSTHASTE_WATCH=1` tells how much was looked through.
 *
 * @module
 */
import process from "node:process";
import { afterAll, afterEach, beforeAll } from "vitest";
import { Watch } from "./watch.ts";

const watch = globalThis.secretsWatch ??= new Watch();

beforeAll(() => watch.forget());

afterEach(() => {
  const leaks = watch.leaks();
  if (leaks.length > 0) {
    throw new Error(
      leaks.slice(0, 3).map(({ form, text }) => `${JSON.stringify(form)} stands in ${text}`).join("\n\n"),
    );
  }
});

afterAll(() => {
  if (process.env.POSTHASTE_WATCH !== undefined) console.log(`watched: ${JSON.stringify(watch.counts)}`);
});
