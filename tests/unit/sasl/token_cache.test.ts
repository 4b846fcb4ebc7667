import { afterEach, expect, test, vi } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { cachedToken, type FreshToken } from "../../../lib/sasl/token_cache.ts";

afterEach(() => vi.useRealTimers());

/** A function that gives `t1`, `t2` and so on. */
function counting(expiresIn?: number): { readonly get: () => FreshToken; readonly count: () => number } {
  let count = 0;
  return { get: () => ({ token: `t${++count}`, expiresIn }), count: () => count };
}

test("cachedToken keeps a token until it is refused when nobody says how long it lasts", async () => {
  vi.useFakeTimers();
  const { get } = counting();
  const token = cachedToken(get);
  expect([await token(), await token({})]).toEqual(["t1", "t1"]);
  vi.advanceTimersByTime(1e12);
  expect(await token()).toBe("t1");
  expect(await token({ refused: "t1" })).toBe("t2");
  // Another session was refused the same one, and asks after the new one has come.
  expect(await token({ refused: "t1" })).toBe("t2");
  expect(await token()).toBe("t2");
});

test.each([
  [3600, undefined, 3540],
  [3600, 600, 3000],
  [3600, 0, 3600],
  [100, undefined, 50],
  [1, 3600, 0.5],
])("cachedToken uses a token of %d seconds with a margin of %s for %d seconds", async (expiresIn, margin, used) => {
  vi.useFakeTimers();
  const token = cachedToken(counting(expiresIn).get, { margin });
  expect(await token()).toBe("t1");
  vi.advanceTimersByTime(1000 * used - 1);
  expect(await token()).toBe("t1");
  vi.advanceTimersByTime(1);
  expect(await token()).toBe("t2");
});

test("cachedToken fetches one token at a time, for all who ask", async () => {
  const given: ((token: FreshToken) => void)[] = [];
  const token = cachedToken(() => new Promise<FreshToken>((resolve) => given.push(resolve)));
  const asked = [token(), token(), token({ refused: "old" })];
  expect(given).toHaveLength(1);
  given[0]({ token: "t1" });
  expect(await Promise.all(asked)).toEqual(["t1", "t1", "t1"]);
  const again = [token({ refused: "t1" }), token({ refused: "t1" })];
  expect(given).toHaveLength(2);
  given[1]({ token: "t2" });
  expect(await Promise.all(again)).toEqual(["t2", "t2"]);
});

test("cachedToken asks anew where an answer does not come, and keeps none that comes too late", async () => {
  vi.useFakeTimers({ toFake: ["performance", "Date"] });
  const given: ((token: FreshToken) => void)[] = [];
  const token = cachedToken(() => new Promise<FreshToken>((resolve) => given.push(resolve)));
  const first = token();
  vi.advanceTimersByTime(59_999);
  const second = token();
  expect(given).toHaveLength(1);
  vi.advanceTimersByTime(1);
  const third = token();
  const fourth = token();
  expect(given).toHaveLength(2);
  given[1]({ token: "t2" });
  expect([await third, await fourth, await token()]).toEqual(["t2", "t2", "t2"]);
  given[0]({ token: "t1" });
  expect([await first, await second, await token()]).toEqual(["t1", "t1", "t2"]);
  expect(given).toHaveLength(2);
});

test("cachedToken hands on a failure to all who wait for it, and asks anew for the next", async () => {
  const reason = new Error("not now");
  const outcomes: (() => FreshToken)[] = [
    () => {
      throw reason;
    },
    () => ({ token: "a b" }),
    () => ({ token: "t3" }),
  ];
  const token = cachedToken(() => outcomes.shift()!());
  expect(await Promise.allSettled([token(), token()])).toEqual([
    { status: "rejected", reason },
    { status: "rejected", reason },
  ]);
  await expect(token()).rejects.toThrow(InputError);
  expect(await token()).toBe("t3");
});

test("cachedToken refuses a margin that is none, and other options", () => {
  for (const options of [{ margin: -1 }, { margin: 3601 }, { margin: NaN }, { margn: 1 }]) {
    expect(() => cachedToken(counting().get, options)).toThrow(InputError);
  }
});
