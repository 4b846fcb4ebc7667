import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { toAddressXtext, toXtext } from "../../../lib/bytes/xtext.ts";
import vectors from "../../vectors/dsn-xtext.json" with { type: "json" };

test.each(vectors.xtext)("toXtext writes $text as $xtext ($rfc)", ({ text, xtext }) => {
  expect(toXtext(text)).toBe(xtext);
});

test("toXtext makes what can stand in a parameter, and decodes to the same text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const xtext = toXtext(text);
    expect(xtext).toMatch(/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/);
    const octets = xtext.match(/\+..|./g)?.map((one) => {
      return one.length === 3 ? parseInt(one.slice(1), 16) : one.charCodeAt(0);
    });
    expect(decodeUtf8(Uint8Array.from(octets ?? []))).toBe(text);
  }));
});

// RFC 6533 section 3: QCHAR stands for itself, everything else is EmbeddedUnicodeChar.
test.each([
  ["pelé@example.com", "pel\\x{E9}@example.com"],
  ["δοκιμή@example.com", "\\x{3B4}\\x{3BF}\\x{3BA}\\x{3B9}\\x{3BC}\\x{3AE}@example.com"],
  ["用户@example.com", "\\x{7528}\\x{6237}@example.com"],
  ["😀@example.com", "\\x{1F600}@example.com"],
  ['"a b\\\\c+=é"@example.com', '"a\\x{20}b\\x{5C}\\x{5C}c\\x{2B}\\x{3D}\\x{E9}"@example.com'],
  ["!#$%&'*-/?^_`{|}~@example.com", "!#$%&'*-/?^_`{|}~@example.com"],
])("toAddressXtext writes %s as %s", (address, xtext) => {
  expect(toAddressXtext(address)).toBe(xtext);
});
