/** Messages and recipients that are spread over time, and what waits for its turn meanwhile. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fateOf } from "../../../lib/errors.ts";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "../session/support.ts";
import { clientOf, holdTime, pass, recipients, takenBy } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
});

test("SmtpClient spreads messages over time, and makes up for no pause by a burst", async () => {
  const times: number[] = [];
  const noted: ServerOptions = {
    reply: (line) => {
      if (line.startsWith("MAIL")) times.push(performance.now());
      return undefined;
    },
  };
  const { client } = clientOf({ pool: { size: 5, messagesPerSecond: 10 } }, noted);
  const begun = performance.now();
  const all = recipients(6).map((to) => client.send(raw(to)));
  await pass(1_000);
  await Promise.all(all);
  expect(times.map((time) => time - begun)).toEqual([0, 100, 200, 300, 400, 500]);
  await pass(5_000);
  times.length = 0;
  const later = performance.now();
  const more = recipients(3).map((to) => client.send(raw(to)));
  await pass(1_000);
  await Promise.all(more);
  expect(times.map((time) => time - later)).toEqual([0, 100, 200]);
  await client.close();
});

test("SmtpClient counts recipients where they are limited, and opens no sessions for those who wait for that", async () => {
  const times: number[] = [];
  const noted: ServerOptions = {
    reply: (line) => {
      if (line.startsWith("MAIL")) times.push(performance.now());
      return undefined;
    },
  };
  const { client, servers } = clientOf({ pool: { size: 5, recipientsPerSecond: 20 } }, noted);
  const begun = performance.now();
  const all = [client.send(raw(...recipients(10))), client.send(raw()), client.send(raw())];
  await pass(2_000);
  await Promise.all(all);
  expect(times.map((time) => time - begun)).toEqual([0, 500, 550]);
  expect(servers).toHaveLength(1);
  await client.close();
});

test("SmtpClient lets go of a message that waits for its turn when the caller's patience ends", async () => {
  const { client, servers } = clientOf({ pool: { messagesPerSecond: 1 } });
  const controller = new AbortController();
  const first = client.send(raw("first@example.net"));
  const outcomes = [
    rejection(client.send(raw("second@example.net"), { signal: controller.signal })),
    rejection(client.send(raw("third@example.net"), { deadline: 500 })),
    rejection(client.send(raw("fourth@example.net"), { signal: AbortSignal.abort(new Error("before")) })),
  ];
  const fifth = client.send(raw("fifth@example.net"));
  controller.abort(new Error("no more"));
  await pass(3_000);
  await Promise.all([first, fifth]);
  expect(await Promise.all(outcomes)).toMatchObject([
    { message: "no more" },
    { name: "TimeoutError", fate: "unsent", limit: 500 },
    { message: "before" },
  ]);
  expect(fateOf(controller.signal.reason)).toBe("unsent");
  expect(takenBy(servers)).toEqual([["first@example.net", "fifth@example.net"]]);
  await client.close();
});
