/**
 * The messages of tests/messages, read back by Python's email package as well: its policy `default`, and `compat32`.
 *
 * @module
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import { fixedGroups, PATIENCE, random } from "../messages/all.ts";
import { EVERYDAY, type Reader } from "../messages/read_back.ts";
import { expectShown } from "../messages/shown.ts";
import { Python } from "../support/parsers/python.ts";

const readers: Reader[] = [...EVERYDAY];
let python: Python | undefined;

beforeAll(async () => {
  python = await Python.start();
  for (const parser of python.parsers) readers.push({ parser, deviations: await expectShown(parser, "or mended") });
});

afterAll(() => python?.stop());

describe("compose writes so that parsers, Python's too, read it back:", () => {
  test.each(fixedGroups())("%s", (_, run) => run(readers), PATIENCE);
  test.each(random(4))("%s", (_, run) => run(readers), PATIENCE);
});
