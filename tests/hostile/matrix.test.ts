/** Every place of a session, and everything that a server can do there. */
import { test } from "vitest";
import { MATRIX } from "./matrix.ts";
import { play } from "./support/play.ts";

test.each(MATRIX)("$name", play);
