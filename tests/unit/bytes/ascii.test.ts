import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8, encodeUtf8Into, isAscii, utf8View } from "../../../lib/bytes/ascii.ts";

test("isAscii finds an octet above 127 at every place and alignment", () => {
  const memory = new Uint8Array(100);
  for (let start = 0; start < 5; start++) {
    for (let length = 0; length < 90; length++) {
      const octets = memory.subarray(start, start + length);
      expect(isAscii(octets)).toBe(true);
      for (let at = 0; at < length; at++) {
        octets[at] = 0x80;
        if (isAscii(octets)) expect.fail(`octet ${at} of ${length}, starting at ${start}`);
        octets[at] = 0;
      }
    }
  }
});

test("isAscii takes DEL and refuses U+0080 in text", () => {
  expect(isAscii("\0~\x7f")).toBe(true);
  expect(isAscii("a\x80")).toBe(false);
  expect(isAscii("😀")).toBe(false);
  expect(isAscii("")).toBe(true);
});

test("isAscii finds what is not ASCII at every place of a long text", () => {
  for (const length of [127, 128, 129, 300, 24_575, 24_576, 24_577, 60_000]) {
    const text = "~".repeat(length);
    expect(isAscii(text)).toBe(true);
    for (const at of [0, 1, length >> 1, length - 2, length - 1]) {
      for (const char of ["\x80", "é", "例", "😀", "\ud83d", "\ude00"]) {
        expect(isAscii(text.slice(0, at) + char + text.slice(at + 1)), `${JSON.stringify(char)} at ${at}`).toBe(false);
      }
    }
  }
});

test("utf8View gives the octets of a text of any length, until the next call", () => {
  for (const text of ["", "a", "é".repeat(8_192), "例".repeat(8_192), "例".repeat(8_193), "😀".repeat(9_000)]) {
    expect(decodeUtf8(utf8View(text))).toBe(text);
    expect(utf8View(text).length).toBe(encodeUtf8(text).length);
  }
});

test("encodeUtf8 and decodeUtf8 keep every character, a byte order mark too", () => {
  const text = "\ufeffnaïve 例子 😀\0";
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

test("encodeUtf8Into writes at the start and tells how much", () => {
  const target = new Uint8Array(4);
  expect(encodeUtf8Into("é", target)).toBe(2);
  expect([...target]).toEqual([0xc3, 0xa9, 0, 0]);
});

test("concat joins pieces into memory of its own", () => {
  const piece = Uint8Array.of(1, 2);
  const whole = concat([piece, new Uint8Array(0), Uint8Array.of(3)]);
  piece[0] = 9;
  expect([...whole]).toEqual([1, 2, 3]);
});
