/**
 * The messages of tests/messages, read back as well by Python's email package, its policy `default`, and `compat32`, and by
 * GMime.
 *
 * @module
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import { fixedGroups, PATIENCE, random } from "../messages/all.ts";
import { EVERYDAY, type Reader } from "../messages/read_back.ts";
import { expectShown } from "../messages/shown.ts";
import { EMAIL, GMIME, Python } from "../support/parsers/python.ts";

const readers: Reader[] = [...EVERYDAY];
let pythons: readonly Python[] = [];

beforeAll(async () => {
  pythons = await Promise.all([EMAIL, GMIME].map((program) => Python.start(program)));
  for (const parser of pythons.flatMap(({ parsers }) => parsers)) {
    readers.push({ parser, deviations: await expectShown(parser, "or mended") });
  }
});

afterAll(() => Promise.all(pythons.map((python) => python.stop())));

describe("compose writes so that parsers, Python's and GMime too, read it back:", () => {
  test.each(fixedGroups())("%s", (_, run) => run(readers), PATIENCE);
  test.each(random(4))("%s", (_, run) => run(readers), PATIENCE);
});
