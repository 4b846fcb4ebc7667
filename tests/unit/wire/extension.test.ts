import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { type Extensions, parseExtensions } from "../../../lib/wire/extension.ts";
import { Reply } from "../../../lib/wire/reply.ts";

function offered(...lines: readonly string[]): Extensions {
  const octets = ["250-server.example", ...lines.map((line) => `250-${line}`), "250 HELP"].join("\r\n");
  return parseExtensions(new Reply(250, encodeUtf8(`${octets}\r\n`)));
}

test("parseExtensions reads keywords without regard to case, and parameters as they stand", () => {
  const extensions = offered("pipelining", "Size 1000", "X-Thing  a B ", "8BITMIME");
  expect([...extensions.keywords]).toEqual([
    ["PIPELINING", ""],
    ["SIZE", "1000"],
    ["X-THING", "a B"],
    ["8BITMIME", ""],
    ["HELP", ""],
  ]);
  expect(extensions.has("PIPELINING")).toBe(true);
  expect(extensions.has("DSN")).toBe(false);
});

test("parseExtensions takes no keyword from the first line, which is the server's name", () => {
  expect(parseExtensions(new Reply(250, encodeUtf8("250 STARTTLS\r\n"))).has("STARTTLS")).toBe(false);
});

test("parseExtensions keeps the first of two lines with one keyword", () => {
  expect(offered("SIZE 1", "size 2", "AUTH PLAIN", "AUTH LOGIN").keywords.get("SIZE")).toBe("1");
});

test("parseExtensions passes over lines that are no keyword", () => {
  expect([...offered("", " STARTTLS", "-X", "A_B", "sträng", "PIPELINING,", "\x01").keywords.keys()]).toEqual(["HELP"]);
});

test("parseExtensions takes the names of an object's own parts as what they are", () => {
  const { keywords } = offered("__proto__ x", "constructor y", "toString");
  expect([...keywords.keys()]).toEqual(["CONSTRUCTOR", "TOSTRING", "HELP"]);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test.each([
  ["a number", "SIZE 52428800", 52428800],
  ["no number", "SIZE", undefined],
  ["0, which is no limit", "SIZE 0", undefined],
  ["something else", "SIZE 10M", undefined],
  ["a negative number", "SIZE -1", undefined],
  ["a sign", "SIZE +1", undefined],
  ["another script's digits", "SIZE ١٢", undefined],
  ["more than a number can hold", `SIZE ${"9".repeat(400)}`, undefined],
])("Extensions.maxSize reads SIZE with %s", (_what, line, size) => {
  expect(offered(line).maxSize).toBe(size);
});

test.each([
  ["the usual form", ["AUTH PLAIN  login "], ["PLAIN", "LOGIN"]],
  ["the older form", ["AUTH=LOGIN PLAIN"], ["LOGIN", "PLAIN"]],
  ["both, the usual one first", ["AUTH PLAIN", "AUTH=LOGIN"], ["PLAIN"]],
  ["both, the older one first", ["AUTH=LOGIN", "AUTH PLAIN CRAM-MD5"], ["PLAIN", "CRAM-MD5"]],
  ["none", [], []],
  ["an empty one", ["AUTH"], []],
])("Extensions.mechanisms reads %s", (_what, lines, mechanisms) => {
  expect(offered(...lines).mechanisms).toEqual(mechanisms);
});

test.each([
  ["all three", "LIMITS MAILMAX=20 RCPTMAX=100 RCPTDOMAINMAX=1", [20, 100, 1]],
  ["names in any case, and names nobody knows", "limits rcptmax=7 X-Other=a=b", [undefined, 7, undefined]],
  ["one that is said twice: the lower holds", "LIMITS RCPTMAX=50 RCPTMAX=100 RCPTMAX=60", [undefined, 50, undefined]],
  ["no numbers", "LIMITS MAILMAX=0 RCPTMAX=-5 RCPTDOMAINMAX=1e3", [undefined, undefined, undefined]],
  ["more digits than a limit has", "LIMITS MAILMAX=1000000", [undefined, undefined, undefined]],
  ["nothing said", "LIMITS", [undefined, undefined, undefined]],
  ["another extension", "PIPELINING", [undefined, undefined, undefined]],
])("Extensions.limits reads LIMITS with %s", (_what, line, [mailMax, rcptMax, rcptDomainMax]) => {
  expect(offered(line).limits).toEqual({ mailMax, rcptMax, rcptDomainMax });
});
