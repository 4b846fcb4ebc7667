import { describe, expect, test } from "vitest";
import { isMine } from "../support/effort.ts";
import { FIXED, fixedGroups, PATIENCE } from "./all.ts";
import { EVERYDAY } from "./read_back.ts";

test("the fixed messages have names of their own", () => {
  const names = FIXED.map(([name]) => name);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});

describe("compose writes so that parsers read it back:", () => {
  test.each(fixedGroups(isMine))("%s", (_, run) => run(EVERYDAY), PATIENCE);
});
