import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import type { Reply } from "../../../lib/wire/reply.ts";
import { type ReplyLimits, ReplyParser } from "../../../lib/wire/reply_parser.ts";
import { seededNumbers } from "../../support/seeded.ts";

/** Code and lines of every reply in the octets, cut into pieces of this size. */
function parse(octets: string | Uint8Array, size = Infinity, limits?: ReplyLimits): string[] {
  const all = typeof octets === "string" ? encodeUtf8(octets) : octets;
  const parser = new ReplyParser(limits);
  const replies: string[] = [];
  for (let at = 0; at < all.length; at += size) {
    parser.push(all.slice(at, at + size));
    for (let reply: Reply | undefined; (reply = parser.next()) !== undefined;) {
      replies.push([reply.code, ...reply.lines()].join("|"));
    }
  }
  return replies;
}

test.each([
  ["a reply of one line", "220 hello\r\n", ["220|hello"]],
  ["a reply of several lines", "250-a\r\n250-b\r\n250 c\r\n", ["250|a|b|c"]],
  ["a reply without text", "250\r\n", ["250|"]],
  ["a reply with a blank and no text", "250 \r\n", ["250|"]],
  ["a line of several without text", "250-\r\n250\r\n", ["250||"]],
  ["several replies in one piece", "250 a\r\n354 b\r\n221 c\r\n", ["250|a", "354|b", "221|c"]],
  ["a bare line feed as a line's end", "250-a\n250 b\n", ["250|a|b"]],
  ["a carriage return inside a line", "250 a\rb\r\r\n", ["250|a\ufffdb\ufffd"]],
  ["NUL and other control characters", "250 a\0b\x1b[31m\x7f\r\n", ["250|a\ufffdb\ufffd[31m\ufffd"]],
  ["the highest code", "599 x\r\n", ["599|x"]],
  ["the beginning of a reply as nothing yet", "250-a\r\n250 b\r", []],
])("ReplyParser reads %s", (_what, octets, replies) => {
  for (const size of [1, 2, 3, 5, Infinity]) expect(parse(octets, size)).toEqual(replies);
});

test("ReplyParser reads octets that are no UTF-8", () => {
  expect(parse(Uint8Array.of(0x32, 0x35, 0x30, 0x20, 0xff, 0x41, 0xc3, 0x0d, 0x0a))).toEqual(["250|\ufffdA\ufffd"]);
});

test.each([
  ["no number", "hello\r\n"],
  ["an empty line", "\r\n"],
  ["two digits", "25\r\n"],
  ["four digits", "2500 ok\r\n"],
  ["a code below 200", "199 ok\r\n"],
  ["a code above 599", "600 ok\r\n"],
  ["something else behind the code", "250_ok\r\n"],
  ["a tab behind the code", "250\tok\r\n"],
  ["a blank before the code", " 250 ok\r\n"],
  ["a letter for a digit", "25O ok\r\n"],
  ["another octet beyond ASCII", "２５０ ok\r\n"],
  ["a second line that is none", "250-ok\r\nok\r\n"],
  ["lines that disagree", "250-ok\r\n251 ok\r\n"],
])("ReplyParser refuses %s", (_what, octets) => {
  for (const size of [1, Infinity]) {
    expect(() => parse(octets, size)).toThrow(
      expect.objectContaining({ name: "ProtocolError", code: "PROTOCOL_ERROR" }),
    );
  }
});

const LIMITS: ReplyLimits = { lineLength: 20, lines: 3, replyLength: 50 };
const line = (length: number) => `250 ${"x".repeat(length - 6)}\r\n`;
const lines = (count: number, length: number) => `250-${"x".repeat(length - 6)}\r\n`.repeat(count - 1) + line(length);

test.each([
  ["line", line(20), line(21)],
  ["line without end", "250 ", "250 ".padEnd(21, "x")],
  ["number of lines", lines(3, 8), lines(4, 8)],
  ["reply", lines(3, 16), lines(3, 17)],
])("ReplyParser limits the %s, with or without its end", (_what, allowed, over) => {
  for (const size of [1, 7, Infinity]) {
    expect(() => parse(allowed, size, LIMITS)).not.toThrow();
    expect(() => parse(over, size, LIMITS)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  }
});

test("ReplyParser counts its limits anew for each reply", () => {
  expect(parse(lines(3, 16).repeat(40), 7, LIMITS)).toHaveLength(40);
});

test("ReplyParser keeps no more than a reply's limit of a reply that never ends", () => {
  const parser = new ReplyParser();
  const piece = encodeUtf8(`250-${"x".repeat(94)}\r\n`);
  let pushed = 0;
  const push = () => {
    parser.push(piece);
    pushed += piece.length;
    parser.next();
  };
  expect(() => {
    for (;;) push();
  }).toThrow(ProtocolError);
  expect(pushed).toBeLessThanOrEqual(65_536 + piece.length);
});

test("ReplyParser.pending counts what belongs to no complete reply", () => {
  const parser = new ReplyParser();
  parser.push(encodeUtf8("220 go\r\n2"));
  expect(parser.next()?.code).toBe(220);
  expect(parser.pending).toBe(1);
  parser.push(encodeUtf8("20 go\r\n"));
  expect(parser.next()?.code).toBe(220);
  expect(parser.pending).toBe(0);
});

test("ReplyParser hands out replies that later octets do not change", () => {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (const piece of ["250-fir", "st\r\n250 x\r\n250 sec", "ond\r\n25", "0 third\r\n"]) {
    parser.push(encodeUtf8(piece));
    for (let reply: Reply | undefined; (reply = parser.next()) !== undefined;) replies.push(reply);
  }
  expect(replies.map((reply) => reply.lines())).toEqual([["first", "x"], ["second"], ["third"]]);
});

test("ReplyParser does not show in an error what may echo a secret", () => {
  const parser = new ReplyParser();
  parser.push(encodeUtf8("AUTH PLAIN c2VjcmV0\r\n"));
  parser.confidential = true;
  expect(() => parser.next()).toThrow(/^The server sent what is no reply$/);
});

test("ReplyParser shows at most 64 octets of what is no reply, none of them a control character", () => {
  expect(() => parse(`\x1b[31m${"x".repeat(100)}\r\n`)).toThrow(`"\ufffd[31m${"x".repeat(59)}…"`);
});

test("ReplyParser reads the same replies however a long stream is cut", () => {
  const random = seededNumbers(7);
  const stream = Array.from({ length: 300 }, (_, i) => `250-${"a".repeat(random(90))}\r\n250 number ${i}\r\n`).join("");
  const whole = parse(stream);
  expect(whole).toHaveLength(300);
  for (let run = 0; run < 20; run++) expect(parse(stream, 1 + random(400))).toEqual(whole);
});
