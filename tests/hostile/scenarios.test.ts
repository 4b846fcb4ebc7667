/** Servers that are hostile in a way of their own, beyond the matrix. */
import { describe, test } from "vitest";
import { OUT_OF_STEP } from "./out_of_step.ts";
import { play } from "./support/play.ts";

describe("replies out of step", () => void test.each(OUT_OF_STEP)("$name", play));
