import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import {
  Base64LineEncoder,
  base64LinesSize,
  encodeBase64Lines,
  encodeByBtoa,
  fromBase64,
  offerBase64,
  toBase64,
  writeBase64Lines,
} from "../../../lib/bytes/base64.ts";
import { tries } from "../../support/effort.ts";

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

function octetsOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 37 + (at >> 8) * 11 + size) & 255);
}

/** What the lines have to be, made the slow way. */
function expectedLines(octets: Uint8Array): string {
  return encodeByBtoa(octets).replace(/.{1,76}/g, "$&\r\n");
}

test("toBase64 and encodeByBtoa agree, before and after a platform has offered its own", () => {
  const sizes = [0, 1, 2, 3, 57, 8_191, 8_192, 8_193, 20_001];
  const agree = () => {
    for (const size of sizes) expect(toBase64(octetsOf(size))).toBe(encodeByBtoa(octetsOf(size)));
    // A view that begins and ends within its memory.
    expect(toBase64(octetsOf(300).subarray(7, 100))).toBe(encodeByBtoa(octetsOf(300).slice(7, 100)));
  };
  agree();
  offerBase64((octets) => encodeByBtoa(octets));
  agree();
  offerBase64(() => "not taken: there is one");
  agree();
});

test("encodeBase64Lines breaks after 76 characters and ends every line", () => {
  for (let size = 0; size < 240; size++) {
    const lines = encodeBase64Lines(octetsOf(size));
    expect(lines.length).toBe(base64LinesSize(size));
    expect(decodeUtf8(lines)).toBe(expectedLines(octetsOf(size)));
  }
});

test("writeBase64Lines makes the same lines at every place, and touches nothing around them", () => {
  const block = 57 * 256;
  for (const size of [0, 1, 56, 57, 58, 114, 171, 200, block - 1, block, block + 1, block + 57, 2 * block + 100]) {
    const expected = expectedLines(octetsOf(size));
    for (let begin = 0; begin < 5; begin++) {
      for (const at of [0, 1, 2, 3]) {
        const memory = new Uint8Array(begin + at + expected.length + 9).fill(1);
        const target = memory.subarray(begin);
        expect(writeBase64Lines(octetsOf(size), target, at)).toBe(expected.length);
        expect(decodeUtf8(target.subarray(at, at + expected.length))).toBe(expected);
        expect(memory.subarray(0, begin + at).every((octet) => octet === 1)).toBe(true);
        expect(memory.subarray(begin + at + expected.length).every((octet) => octet === 1)).toBe(true);
      }
    }
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
    { seed: 2, numRuns: tries(500) },
  );
});
