/**
 * The messages of tests/messages, read back by Python's email package as well: its policy `default`, and `compat32`.
 * `POSTHASTE_MESSAGES` is how many times the everyday number of random messages is tried.
 *
 * @module
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import { CATALOGUE } from "../messages/catalogue/catalogue.ts";
import { expected, whole } from "../messages/catalogue/case.ts";
import { holds, PROPERTIES, timesAsMany } from "../messages/properties.ts";
import { EVERYDAY, expectReadBack, type Reader } from "../messages/read_back.ts";
import { expectShown } from "../messages/shown.ts";
import { Python } from "../support/parsers/python.ts";

const times = timesAsMany(4);
const readers: Reader[] = [...EVERYDAY];
let python: Python | undefined;

beforeAll(async () => {
  python = await Python.start();
  for (const parser of python.parsers) readers.push({ parser, deviations: await expectShown(parser, "or mended") });
});

afterAll(() => python?.stop());

describe("compose gives back, to Python too,", () => {
  test.each(CATALOGUE.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    await expectReadBack(whole(one), { readers, as: expected(one) });
  });

  test.each(PROPERTIES.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    await holds(one, { readers, times });
  }, 60_000 + 60_000 * times);
});
