import { expect, test } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import { editDistance, suggestion } from "../../../lib/errors/nearest.ts";
import { configError, forbiddenAt, quote, quotePath } from "../../../lib/profile/text.ts";
import { directoryOf, pathIdentity } from "../../../lib/profile/file_path.ts";

test("configError names profile and option in its text and in its fields", () => {
  const error = configError("CONFIG_VALUE", "wrong", { source: "s", line: 1, column: 2, profile: "p", option: "o" });
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message).toBe('s:1:2: profile "p": option o: wrong');
  expect(error).toMatchObject({ profile: "p", option: "o" });
});

test("quote cuts short and shows what does not print", () => {
  expect(quote("a b\tü𝄞")).toBe('"a b\\u{9}ü𝄞"');
  expect(quote("\x1b[2J\u202e\r\n\0\ud800\u2028")).toBe('"\\u{1b}[2J\\u{202e}\\u{d}\\u{a}\\u{0}\\u{d800}\\u{2028}"');
  expect(quote("a".repeat(61))).toBe(`"${"a".repeat(60)}…"`);
  expect(quotePath(`${"a".repeat(300)}/ca.pem`)).toMatch(/^"…a+\/ca\.pem"$/);
});

test("forbiddenAt finds control characters, separators and half surrogate pairs", () => {
  expect(forbiddenAt("plain text, ü, 𝄞, \u00a0\t")).toBe(-1);
  for (const character of ["\0", "\n", "\r", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ud800", "\udc00"]) {
    expect(forbiddenAt(`ab${character}c`)).toBe(2);
  }
  expect(forbiddenAt("\0a\0", 1)).toBe(2);
});

test("editDistance counts insertions, deletions and changes", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("same", "same")).toBe(0);
});

test("suggestion names one near word, or all", () => {
  const known = ["verify_server", "ca_certificate"];
  expect(suggestion("VERIFY_SERVR", known)).toBe("did you mean verify_server?");
  expect(suggestion("certificate", known)).toBe("did you mean ca_certificate?");
  expect(suggestion("x", known)).toBe("known are verify_server, ca_certificate");
  expect(suggestion("verify_server".repeat(10), known)).toContain("known are");
});

test("pathIdentity is one for all spellings of a path", () => {
  for (const path of ["/a/b", "/a//b", "/a/./b", "/a/x/../b", "\\a\\b", "/a/x/y/../../b"]) {
    expect(pathIdentity(path)).toBe("/a/b");
  }
  expect(pathIdentity("../a/../../b")).toBe("../../b");
  expect(pathIdentity("a/b")).not.toBe(pathIdentity("/a/b"));
});

test("directoryOf ends in the separator that the path has", () => {
  expect([directoryOf("a"), directoryOf("/a"), directoryOf("x/a"), directoryOf("C:\\x\\a")])
    .toEqual([undefined, "/", "x/", "C:\\x\\"]);
});
