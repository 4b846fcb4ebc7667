import { expect, test } from "vitest";
import { DEVIATIONS } from "../support/parsers/deviations.ts";
import { EVERYDAY } from "./read_back.ts";
import { expectShown } from "./shown.ts";

test.each(EVERYDAY.map(({ parser }) => [parser.name, parser] as const))(
  "%s does otherwise what it is listed for, and each of it",
  async (name, parser) => {
    expect(await expectShown(parser, "always")).toEqual(DEVIATIONS.filter((one) => one.parser.includes(name)));
  },
);
