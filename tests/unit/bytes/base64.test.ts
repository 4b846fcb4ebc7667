import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import {
  Base64LineEncoder,
  base64LinesSize,
  encodeBase64Lines,
  fromBase64,
  toBase64,
} from "../../../lib/bytes/base64.ts";

/** RFC 4648 section 10. */
const VECTORS = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
];

test("toBase64 and fromBase64 agree with RFC 4648 section 10", () => {
  for (const [plain, encoded] of VECTORS) {
    expect(toBase64(encodeUtf8(plain))).toBe(encoded);
    expect(fromBase64(encoded)).toEqual(encodeUtf8(plain));
  }
});

test("fromBase64 refuses all that is not canonical base64", () => {
  const bad = [
    "Z",
    "Zg",
    "Zg=",
    "Zg===",
    "=",
    "====",
    "Zh==",
    "Zm9=",
    "Zm8=Zm8=",
    "Z=8=",
    "Zm9v\r\n",
    " Zm9",
    "Zm-_",
    "Zm9é",
  ];
  for (const text of bad) expect(fromBase64(text), JSON.stringify(text)).toBeUndefined();
});

test("fromBase64 gives back what toBase64 was given", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      expect(fromBase64(toBase64(octets))).toEqual(octets);
    }),
    { seed: 1 },
  );
});

test("toBase64 takes more octets than a call has arguments", () => {
  const octets = new Uint8Array(20_000).fill(7);
  expect(fromBase64(toBase64(octets))).toEqual(octets);
});

test("encodeBase64Lines breaks after 76 characters and ends every line", () => {
  for (let size = 0; size < 240; size++) {
    const octets = Uint8Array.from({ length: size }, (_, at) => (at * 37 + size) & 255);
    const lines = encodeBase64Lines(octets);
    expect(lines.length).toBe(base64LinesSize(size));
    expect(decodeUtf8(lines)).toBe(toBase64(octets).replace(/.{1,76}/g, "$&\r\n"));
  }
});

test("Base64LineEncoder makes the same lines however the octets are cut", () => {
  const cuts = fc.array(fc.nat({ max: 130 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (octets, lengths) => {
      const encoder = new Base64LineEncoder();
      const lines: Uint8Array[] = [];
      let at = 0;
      for (const length of lengths) lines.push(encoder.push(octets.subarray(at, at += length)));
      lines.push(encoder.push(octets.subarray(at)), encoder.end());
      expect(concat(lines)).toEqual(encodeBase64Lines(octets));
      expect(encoder.end().length).toBe(0);
    }),
    { seed: 2, numRuns: 500 },
  );
});
