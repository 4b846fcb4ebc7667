import { describe, test } from "vitest";
import { PATIENCE, random } from "./all.ts";
import { EVERYDAY } from "./read_back.ts";

describe("compose writes so that parsers read it back:", () => {
  test.each(random(0.5))("%s", (_, run) => run(EVERYDAY), PATIENCE);
});
