import { expect, test } from "vitest";
import { measure } from "../../../bench/worker/measure.ts";

const COURSE = {
  lanes: 1,
  warmUp: { count: 2, milliseconds: 0 },
  measured: { count: 3, milliseconds: 0 },
  limit: 5000,
};

test("measure counts what was completed after the warm-up, and begins nothing afterwards", async () => {
  let begun = 0;
  const { count, elapsed, rate } = await measure({ ...COURSE, work: () => Promise.resolve(begun++) });
  expect(count).toBe(3);
  expect(rate * elapsed).toBeCloseTo(3);
  await new Promise((resolve) => setTimeout(resolve));
  expect(begun).toBe(5);
});

test("measure keeps as many under way as there are lanes", async () => {
  let underWay = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve));
    underWay--;
  };
  await measure({ ...COURSE, lanes: 4, work });
  expect(most).toBe(4);
});

test("measure fails when the work does", async () => {
  const work = () => Promise.reject(new Error("refused"));
  await expect(measure({ ...COURSE, work })).rejects.toThrow("refused");
});

test("measure fails when nothing is completed in time", async () => {
  const work = () => new Promise(() => {});
  await expect(measure({ ...COURSE, limit: 1, work })).rejects.toThrow("Nothing was completed in 1 ms");
});
