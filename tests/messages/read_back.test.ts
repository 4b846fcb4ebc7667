/**
 * Every message of the catalogue, and random ones, come back from independent parsers as they were asked for.
 * `POSTHASTE_MESSAGES` is how many times the everyday number of random messages is tried.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { CATALOGUE } from "./catalogue/catalogue.ts";
import { expected, whole } from "./catalogue/case.ts";
import { holds, PROPERTIES, timesAsMany } from "./properties.ts";
import { EVERYDAY, expectReadBack } from "./read_back.ts";

const times = timesAsMany(1);

test("the catalogue's messages have names of their own", () => {
  const names = CATALOGUE.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});

describe("compose gives back", () => {
  test.each(CATALOGUE.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    await expectReadBack(whole(one), { readers: EVERYDAY, as: expected(one) });
  });

  test.each(PROPERTIES.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    await holds(one, { readers: EVERYDAY, times });
  }, 60_000 + 60_000 * times);
});
