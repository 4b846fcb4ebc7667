import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { CrlfEncoder, textToCrlf, toCrlf } from "../../../lib/bytes/line_ends.ts";

/** Every text of up to seven characters over CR, LF and one other. */
function* texts(length = 7): Generator<string> {
  if (length === 0) return yield "";
  for (const text of texts(length - 1)) {
    yield text;
    if (text.length === length - 1) { for (const next of "\r\nx") yield text + next; }
  }
}

/** CR, LF and CRLF each end a line; told in another way than the code does. */
function mended(text: string): string {
  return text.split("\r\n").map((line) => line.split(/[\r\n]/).join("\r\n")).join("\r\n");
}

test("toCrlf and textToCrlf end every line by CRLF, for every order of CR and LF", () => {
  let count = 0;
  for (const text of texts()) {
    count++;
    expect(textToCrlf(text)).toBe(mended(text));
    expect(decodeUtf8(toCrlf(encodeUtf8(text)))).toBe(mended(text));
  }
  expect(count).toBe((3 ** 8 - 1) / 2);
});

test("CrlfEncoder gives the same octets for every cut into three pieces", () => {
  for (const text of texts(5)) {
    const octets = encodeUtf8(text);
    for (let first = 0; first <= octets.length; first++) {
      for (let second = first; second <= octets.length; second++) {
        const encoder = new CrlfEncoder();
        const pieces = [octets.subarray(0, first), octets.subarray(first, second), octets.subarray(second)];
        const whole = decodeUtf8(concat(pieces.map((piece) => encoder.push(piece))));
        if (whole !== mended(text)) expect.fail(`${JSON.stringify(text)} cut at ${first} and ${second}`);
      }
    }
  }
});

test("toCrlf returns the same array when nothing is to mend", () => {
  const right = encodeUtf8("a\r\n\r\nb\r\n");
  expect(toCrlf(right)).toBe(right);
  const wrong = encodeUtf8("a\n");
  expect(toCrlf(wrong)).not.toBe(wrong);
  expect(decodeUtf8(wrong)).toBe("a\n");
});

test("toCrlf never takes part of a character for a line end", () => {
  const text = "čĊ.čĊ";
  expect(decodeUtf8(toCrlf(encodeUtf8(text)))).toBe(text);
});
