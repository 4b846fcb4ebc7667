import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watch } from "../../../lib/session/watch.ts";

const own = Object.getOwnPropertyDescriptor(performance, "now");
let now = 0;

beforeEach(() => {
  now = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  Object.defineProperty(performance, "now", { configurable: true, value: () => now });
});
afterEach(() => {
  // The platform's own is on the prototype; on Bun it is not.
  if (own === undefined) Reflect.deleteProperty(performance, "now");
  else Object.defineProperty(performance, "now", own);
  vi.useRealTimers();
});

/** Lets time pass for the timers, and more of it for the clock. */
function pass(ms: number, asleep = 0): void {
  now += ms + asleep;
  vi.advanceTimersByTime(ms);
}

test("Watch says at once what is due, where the process was awake", () => {
  const due: string[] = [];
  const watch = new Watch((what) => due.push(what));
  watch.reply(5_000);
  pass(4_999);
  expect(due).toEqual([]);
  pass(1);
  expect(due).toEqual(["reply"]);
});

test("Watch leaves a second for what came while the process was suspended, once", () => {
  const due: string[] = [];
  const watch = new Watch((what) => due.push(what));
  watch.write(5_000);
  pass(5_000, 60_000);
  expect(due).toEqual([]);
  pass(999);
  expect(due).toEqual([]);
  pass(1, 60_000);
  expect(due).toEqual(["write"]);
});

test("Watch counts anew after a reply that came in that second", () => {
  const due: string[] = [];
  const watch = new Watch((what) => due.push(what));
  watch.reply(5_000);
  pass(5_000, 60_000);
  watch.reply(undefined);
  watch.reply(5_000);
  pass(4_000);
  expect(due).toEqual([]);
  pass(1_000, 60_000);
  expect(due).toEqual([]);
  watch.stop();
});
