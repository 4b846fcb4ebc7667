/** Servers that have a reply for each recipient: LMTP and PRDR. */
import { describe, test } from "vitest";
import { LMTP } from "./lmtp.ts";
import { PRDR } from "./prdr.ts";
import { playEach } from "./support/each_play.ts";

describe("LMTP", () => void test.each(LMTP)("$name", playEach));
describe("PRDR", () => void test.each(PRDR)("$name", playEach));
