/**
 * No string of a caller's, whichever option of the public API it is given to, puts a line, a command, a field, a parameter,
 * a recipient or a part on the wire that the caller's structure did not have.
 */
import { beforeEach, expect, test } from "vitest";
import { isMine } from "../support/effort.ts";
import "../support/secrets/watch.ts";
import type { Injector } from "./injector.ts";
import { stringPaths } from "./paths.ts";
import { INJECTORS, MODULES } from "./table.ts";
import { NEVER } from "./table/never.ts";
import { ALL, BAD_VALUES, type BadValue, DIVIDERS, EVERYDAY } from "./values.ts";
import { faultsOf, tried } from "./verdict.ts";

const paths = stringPaths(MODULES);

// A value that is a password for one test is an address for the next one, which may show it.
beforeEach(() => globalThis.secretsWatch?.forget());

test("stringPaths finds every string of the public API, and each is tried or has a reason", () => {
  expect(paths.length).toBeGreaterThan(300);
  const injected = new Set(INJECTORS.map(([path]) => path));
  const reasoned = (path: string) => NEVER.some(([family]) => family.test(path));
  expect(paths.filter((path) => !injected.has(path) && !reasoned(path))).toEqual([]);
  expect([...injected].filter((path) => !paths.includes(path))).toEqual([]);
  expect([...injected].filter(reasoned)).toEqual([]);
  expect(NEVER.filter(([family]) => !paths.some((path) => family.test(path)))).toEqual([]);
});

function valuesFor(injector: Injector): readonly BadValue[] {
  const values = injector.language ? BAD_VALUES : [...BAD_VALUES, ...DIVIDERS];
  return ALL ? values : values.filter(({ name }) => EVERYDAY.has(name)).filter((_, index) => isMine(index));
}

test.each(INJECTORS)("%s lets nothing onto the wire that the caller's structure has not", async (_, injector) => {
  const faults: string[] = [];
  for (const way of injector.ways) {
    const plain = await tried(way, "ab");
    const harmless = plain.error === undefined ? plain.world.read().skeleton : undefined;
    faults.push(...faultsOf(plain, injector, harmless).map((fault) => `harmless: ${fault}`));
    for (const { name, text } of valuesFor(injector)) {
      const outcome = await tried(way, text);
      faults.push(...faultsOf(outcome, injector, harmless).map((fault) => `${name}: ${fault.slice(0, 600)}`));
    }
  }
  expect(faults.slice(0, 5)).toEqual([]);
}, 60_000);
