import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { encodeQuotedPrintable } from "../../../lib/bytes/quoted_printable.ts";

function encode(text: string): string {
  return encodeQuotedPrintable(encodeUtf8(text))!;
}

/** RFC 2045 section 6.7 read the other way, strictly. */
function decode(encoded: string): Uint8Array {
  const text = encoded.replace(/=\r\n/g, "");
  const octets: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "=") octets.push(text.charCodeAt(at));
    else {
      expect(text.slice(at + 1, at + 3)).toMatch(/^[0-9A-F]{2}$/);
      octets.push(parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Uint8Array.from(octets);
}

test("encodeQuotedPrintable quotes what is not printable ASCII, and the equals sign", () => {
  expect(encode("a=b é\0\x7f~")).toBe("a=3Db =C3=A9=00=7F~");
});

test("encodeQuotedPrintable keeps CRLF and quotes a CR or LF alone", () => {
  expect(encode("a\r\n\r\nb")).toBe("a\r\n\r\nb");
  expect(encode("\r\r\n\n\r")).toBe("=0D\r\n=0A=0D");
});

test("encodeQuotedPrintable quotes a blank only at the end of a line or of the text", () => {
  expect(encode("a b \r\n\tc\t\r\n ")).toBe("a b=20\r\n\tc=09\r\n=20");
});

test("encodeQuotedPrintable fills 76 columns before it breaks a line softly", () => {
  expect(encode("x".repeat(76))).toBe("x".repeat(76));
  expect(encode("x".repeat(77))).toBe(`${"x".repeat(75)}=\r\nxx`);
  expect(encode(`${"x".repeat(76)}\r\ny`)).toBe(`${"x".repeat(76)}\r\ny`);
  expect(encode(`${"x".repeat(73)}é`)).toBe(`${"x".repeat(73)}=\r\n=C3=A9`);
});

test("encodeQuotedPrintable comes back octet for octet, in lines of at most 76", () => {
  const octet = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x20, 0x09, 0x0d, 0x0a, 0x3d, 0x2e));
  const input = fc.array(octet, { maxLength: 400 }).map((octets) => Uint8Array.from(octets));
  fc.assert(
    fc.property(input, (octets) => {
      const encoded = encodeQuotedPrintable(octets)!;
      for (const line of encoded.split("\r\n")) {
        expect(line.length).toBeLessThanOrEqual(76);
        expect(line).not.toMatch(/[\r\n]|[ \t]$/);
      }
      expect(decode(encoded)).toEqual(octets);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("encodeQuotedPrintable has room for the worst case", () => {
  for (const size of [1, 24, 25, 26, 1_000, 7_700, 7_900, 20_000]) {
    const octets = new Uint8Array(size).fill(0xff);
    expect(decode(encodeQuotedPrintable(octets)!)).toEqual(octets);
  }
});

test("encodeQuotedPrintable gives up when more than `most` octets need three characters, line ends and blanks aside", () => {
  const octets = encodeUtf8("a=é \r\n\t\0\r \n");
  expect(encodeQuotedPrintable(octets, 4)).toBe(encodeQuotedPrintable(octets));
  expect(encodeQuotedPrintable(octets, 3.9)).toBeUndefined();
  expect(encodeQuotedPrintable(encodeUtf8("a\r\nb\r"), 0)).toBe("a\r\nb=0D");
});
