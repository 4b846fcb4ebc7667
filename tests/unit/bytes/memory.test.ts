import { expect, test } from "vitest";
import { allocate, giveBack, lend, prefixed } from "../../../lib/bytes/memory.ts";

const SIZE = 100_000;

test("lend lends what was given back, and to one at a time", () => {
  const first = lend(SIZE);
  const second = lend(SIZE);
  expect(first.buffer).not.toBe(second.buffer);
  giveBack(first);
  giveBack(first);
  const third = lend(SIZE + 1);
  const fourth = lend(SIZE);
  expect([third.buffer === first.buffer, third.length]).toEqual([true, SIZE + 1]);
  expect([first.buffer, second.buffer]).not.toContain(fourth.buffer);
  for (const one of [second, third, fourth]) giveBack(one);
});

test("lend keeps no more than a few blocks", () => {
  const many = Array.from({ length: 50 }, () => lend(SIZE));
  for (const one of many) giveBack(one);
  const again = new Set(Array.from({ length: 50 }, () => lend(SIZE).buffer));
  expect(many.filter(({ buffer }) => again.has(buffer)).length).toBeLessThan(20);
});

test.each([1, 1_000, 262_144, 1_000_000])("lend gives %d octets an array of their own", (size) => {
  const octets = lend(size);
  expect([octets.length, octets.buffer.byteLength]).toEqual([size, size]);
  giveBack(octets);
  expect(lend(size).buffer).not.toBe(octets.buffer);
});

test("giveBack takes nothing that was not lent", () => {
  const own = allocate(SIZE);
  giveBack(own);
  expect(lend(SIZE).buffer).not.toBe(own.buffer);
});

test.each([
  ["lent memory", () => lend(SIZE), true],
  ["lent memory that begins a little later", () => lend(SIZE).subarray(2), true],
  ["memory of its own", () => allocate(SIZE), false],
  ["a part of a larger array", () => allocate(SIZE + 100).subarray(100), false],
])("prefixed puts octets in front of %s, without a copy where there is room", (_what, make, inPlace) => {
  const octets = make().fill(7);
  const whole = prefixed(new TextEncoder().encode("BDAT 100000\r\n"), octets);
  expect(new TextDecoder().decode(whole.subarray(0, 13))).toBe("BDAT 100000\r\n");
  expect(whole.subarray(13).every((octet) => octet === 7)).toBe(true);
  expect([whole.length, whole.buffer === octets.buffer]).toEqual([octets.length + 13, inPlace]);
  expect(octets.every((octet) => octet === 7)).toBe(true);
});

test("prefixed copies where the prefix is longer than the room", () => {
  const octets = lend(SIZE).fill(7);
  const whole = prefixed(new Uint8Array(100).fill(1), octets);
  expect([whole.length, whole.buffer === octets.buffer, whole[99], whole[100]]).toEqual([SIZE + 100, false, 1, 7]);
});
