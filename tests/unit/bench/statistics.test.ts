import { expect, test } from "vitest";
import { median, ratio } from "../../../bench/statistics.ts";

test("median is the middle one, in whatever order they come", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4])).toBe(4);
});

test("median of an even number is the mean of the two in the middle", () => {
  expect(median([10, 1, 2, 4])).toBe(3);
});

test("median refuses to be one of nothing", () => {
  expect(() => median([])).toThrow(RangeError);
});

test("ratio compares each round with itself, so that a slow round counts for both", () => {
  // The second round was ten times as slow for both; the medians of the two rows would give 10.
  expect(ratio([20, 2, 18], [10, 1, 9])).toBe(2);
});

test("ratio leaves out rounds that one of the two lacks, and is nothing without a common one", () => {
  expect(ratio([30, undefined, 8], [10, 5])).toBe(3);
  expect(ratio([undefined, 4], [2, undefined])).toBe(undefined);
});
