import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { waitFor, withLimit } from "../../../lib/session/within.ts";
import { rejection } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  expect(left).toBe(0);
});

const LIMIT = { phase: "connect", ms: 1000, what: "Connecting" } as const;

test("withLimit gives what the work comes to, and what it fails with, however it fails", async () => {
  expect(await withLimit(LIMIT, () => Promise.resolve(1))).toBe(1);
  const asynchronous = () => Promise.reject(new Error("later"));
  const synchronous = () => {
    throw new Error("at once");
  };
  expect(await rejection(withLimit(LIMIT, asynchronous))).toEqual(new Error("later"));
  expect(await rejection(withLimit(LIMIT, synchronous))).toEqual(new Error("at once"));
});

test("withLimit ends the work when the time is over, and closes what comes late", async () => {
  let arrive = (_result: string) => {};
  let told: AbortSignal | undefined;
  const late: string[] = [];
  const work = (signal: AbortSignal) => {
    told = signal;
    return new Promise<string>((resolve) => arrive = resolve);
  };
  const error = rejection(withLimit(LIMIT, work, (result) => void late.push(result)));
  vi.advanceTimersByTime(999);
  expect(told?.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await error).toMatchObject({ name: "TimeoutError", phase: "connect", limit: 1000 });
  expect(told?.aborted).toBe(true);
  arrive("a connection");
  await Promise.resolve();
  await Promise.resolve();
  expect(late).toEqual(["a connection"]);
});

test("withLimit ends the work with the signal's reason, and does not begin it after that", async () => {
  const controller = new AbortController();
  let begun = 0;
  const work = () => {
    begun++;
    return new Promise<void>(() => {});
  };
  const error = rejection(withLimit({ ...LIMIT, signal: controller.signal }, work));
  controller.abort("enough");
  expect(await error).toBe("enough");
  expect(await rejection(withLimit({ ...LIMIT, signal: controller.signal }, work))).toBe("enough");
  expect(begun).toBe(1);
});

test("waitFor ends the waiting and not the work", async () => {
  const controller = new AbortController();
  let finish = () => {};
  const work = new Promise<void>((resolve) => finish = resolve);
  const error = rejection(waitFor(work, { signal: controller.signal }));
  controller.abort("enough");
  expect(await error).toBe("enough");
  expect(await rejection(waitFor(work, { signal: controller.signal }))).toBe("enough");
  finish();
  await expect(waitFor(work, { signal: new AbortController().signal })).resolves.toBeUndefined();
});

test("withLimit leaves no timer behind when its signal is none", async () => {
  const signal = {} as AbortSignal;
  expect(await rejection(withLimit({ ...LIMIT, signal }, () => Promise.resolve(1)))).toBeInstanceOf(TypeError);
});
