import { describe, test } from "vitest";
import { ALL } from "../support/effort.ts";
import { PATIENCE, random } from "./all.ts";
import { EVERYDAY } from "./read_back.ts";

describe("compose writes so that parsers read it back:", () => {
  test.each(random(ALL ? 0.5 : 0.125))("%s", (_, run) => run(EVERYDAY), PATIENCE);
});
