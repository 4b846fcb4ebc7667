/**
 * Token sources, which are functions of the caller's: they hang, throw, and give what is no token; and servers that refuse
 * what they give.
 *
 * @module
 */
import { TokenError } from "../../lib/errors.ts";
import { late, lost, unauthorized } from "./support/failures.ts";
import type { Giving, SourceScenario } from "./support/source_play.ts";

type Outcome = SourceScenario["outcome"];
type Case = readonly [what: string, source: readonly Giving[], Outcome, Partial<SourceScenario>?];

const gives = (gives: unknown): Giving => ({ gives });

/** What a source can give that is no token. */
const JUNK: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["an empty text", ""],
  ["a number", 1],
  ["true", true],
  ["an object", { token: "tok3n" }],
  ["an array", ["tok3n"]],
  ["a function", () => "tok3n"],
  ["a symbol", Symbol("tok3n")],
  ["octets", new Uint8Array(3)],
  ["text with a blank", "tok3n x"],
  ["text with its line end", "tok3n\n"],
  ["a command behind it", "tok3n\r\nRSET"],
  ["a field of XOAUTH2 behind it", "tok3n\x01auth=Bearer x"],
  ["a NUL", "tok3n\0"],
  ["an umlaut", "tok3nä"],
  ["half a character", "tok3n\ud800"],
  ["4,097 characters", "tok3n".padEnd(4097, "x")],
  ["a hundred thousand characters", "tok3n".padEnd(100_000, "x")],
];

const FIRST: readonly Case[] = [
  ["gives a token", [gives("tok3n")], "fine", { tried: 1 }],
  ["promises a token", [gives(Promise.resolve("tok3n"))], "fine", { tried: 1 }],
  ["gives what is waited for", [{ thenable: "tok3n" }], "fine", { tried: 1 }],
  ["gives 4,096 characters", [gives("tok3n".padEnd(4096, "x"))], "fine", {
    tried: 1,
    replies: ["334 ", "235 2.7.0 accepted"],
  }],
  ["hangs", [{ does: "hang" }], late("auth")],
  ["hangs as a thenable", [{ does: "hang as a thenable" }], late("auth")],
  ["gives a token too late", [{ late: "tok3n" }], late("auth")],
  ["is given up", [{ does: "abort" }], "reason"],
  ["outlasts the connection", [{ does: "close the connection" }], lost("idle")],
  ...[new Error("no"), new TypeError("no"), new TokenError("no", { retryable: true }), "no", undefined, null, 0, {}]
    .map((
      throws,
      index,
    ): Case => [`throws, ${index + 1}`, [{ throws }], "thrown"]),
  ...JUNK.map(([what, value]): Case => [`gives ${what}`, [gives(value)], "no token"]),
  ...JUNK.map(([what, value]): Case => [`is waited for, and gives ${what}`, [{ thenable: value }], "no token"]),
];

const NO = "535 5.7.8 no";
const again = { replies: [NO], asked: 2, tried: 1 } as const;

/** The first token is refused. */
const SECOND: readonly Case[] = [
  ["gives the same again", [gives("tok3n")], unauthorized(false), again],
  ["gives another one", [gives("tok3n"), gives("tok3n-2")], "fine", { replies: [NO], asked: 2, tried: 2 }],
  ["gives another one each time", [gives("tok3n"), gives("tok3n-2"), gives("tok3n-3")], unauthorized(false), {
    replies: [NO, NO, NO, NO],
    asked: 2,
    tried: 2,
  }],
  ["gives the first again as the second", [gives("tok3n"), gives("tok3n-2"), gives("tok3n")], unauthorized(false), {
    replies: [NO, NO, NO],
    asked: 2,
    tried: 2,
  }],
  ["hangs", [gives("tok3n"), { does: "hang" }], late("auth"), again],
  ["gives another one too late", [gives("tok3n"), { late: "tok3n-2" }], late("auth"), again],
  ["is given up", [gives("tok3n"), { does: "abort" }], "reason", again],
  ["outlasts the connection", [gives("tok3n"), { does: "close the connection" }], lost("idle"), again],
  ["throws", [gives("tok3n"), { throws: new Error("no") }], "thrown", again],
  ["throws nothing", [gives("tok3n"), { throws: undefined }], "thrown", again],
  ...JUNK.map(([what, value]): Case => [`gives ${what}`, [gives("tok3n"), gives(value)], "no token", again]),
];

/** What is no refusal of the token is no reason to ask for another one. */
const OTHERS: readonly Case[] = [
  ["454", [gives("tok3n"), gives("tok3n-2")], unauthorized(true), { replies: ["454 4.7.0 later"], tried: 1 }],
  ["534", [gives("tok3n"), gives("tok3n-2")], unauthorized(false), { replies: ["534 5.7.9 too weak"], tried: 1 }],
  ["a reason, and 535", [gives("tok3n"), gives("tok3n-2")], "fine", {
    replies: [`334 ${btoa('{"status":"401"}')}`, NO],
    asked: 2,
    tried: 2,
  }],
  ["a reason each time, and 535", [gives("tok3n"), gives("tok3n-2"), gives("tok3n-3")], unauthorized(false), {
    replies: [`334 ${btoa('{"status":"401"}')}`, NO, `334 ${btoa('{"status":"401"}')}`, NO, NO],
    asked: 2,
    tried: 2,
  }],
  ["its own token", [gives("tok3n")], unauthorized(false), { ...again, replies: ["535 5.7.8 tok3n"] }],
];

const named = (start: string, threat: string, list: readonly Case[]): readonly SourceScenario[] =>
  list.map(([what, source, outcome, more]) => ({
    name: `${start}${what}`,
    threats: [threat],
    source,
    outcome,
    asked: 1,
    tried: 0,
    ...more,
  }));

/** All of them. */
export const SOURCES: readonly SourceScenario[] = [
  ...named("a token source ", "token source", FIRST),
  ...named("a token source whose first token is refused ", "token source", SECOND),
  ...named("a token is answered by ", "token refused", OTHERS),
];
