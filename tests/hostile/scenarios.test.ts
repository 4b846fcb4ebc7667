/** Servers that are hostile in a way of their own, beyond the matrix. */
import { describe, test } from "vitest";
import { AUTHENTICATION } from "./authentication.ts";
import { EARLY } from "./early.ts";
import { OUT_OF_STEP } from "./out_of_step.ts";
import { INJECTED_IN_PIECES, STARTTLS } from "./starttls.ts";
import { WORDS } from "./words.ts";
import { play } from "./support/play.ts";

describe("replies out of step", () => void test.each(OUT_OF_STEP)("$name", play));
describe("STARTTLS", () => void test.each([...STARTTLS, ...INJECTED_IN_PIECES])("$name", play));
describe("authentication", () => void test.each(AUTHENTICATION)("$name", play));
describe("words", () => void test.each(WORDS)("$name", play));
describe("sessions that are opened early", () => void test.each(EARLY)("$name", play));
