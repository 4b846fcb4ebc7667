/** Token sources that hang, throw, and give what is no token. */
import { test } from "vitest";
import { SOURCES } from "./sources.ts";
import { playSource } from "./support/source_play.ts";

test.each(SOURCES)("$name", playSource);
