import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { hmacMd5, md5 } from "../../../lib/sasl/md5.ts";

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

// RFC 1321 appendix A.5.
test.each([
  ["", "d41d8cd98f00b204e9800998ecf8427e"],
  ["a", "0cc175b9c0f1b6a831c399e269772661"],
  ["abc", "900150983cd24fb0d6963f7d28e17f72"],
  ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
  ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
  ["1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"],
])("md5 digests %j", (message, digest) => {
  expect(hex(md5(encodeUtf8(message)))).toBe(digest);
});

test("md5 pads at every length around a block, and takes an array's part", () => {
  const octets = Uint8Array.from({ length: 200 }, (_, i) => (i * 7) & 0xff);
  for (let length = 50; length < 135; length++) {
    const part = octets.subarray(3, 3 + length);
    expect(hex(md5(part))).toBe(createHash("md5").update(part).digest("hex"));
  }
});

// RFC 2202 section 2.
const repeated = (octet: number, count: number) => new Uint8Array(count).fill(octet);
const cases: readonly [Uint8Array, Uint8Array, string][] = [
  [repeated(0x0b, 16), encodeUtf8("Hi There"), "9294727a3638bb1c13f48ef8158bfc9d"],
  [encodeUtf8("Jefe"), encodeUtf8("what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738"],
  [repeated(0xaa, 16), repeated(0xdd, 50), "56be34521d144c88dbb8c733f0e8b3f6"],
  [Uint8Array.from({ length: 25 }, (_, i) => i + 1), repeated(0xcd, 50), "697eaf0aca3a3aea3a75164746ffaa79"],
  [repeated(0x0c, 16), encodeUtf8("Test With Truncation"), "56461ef2342edc00f9bab995690efd4c"],
  [
    repeated(0xaa, 80),
    encodeUtf8("Test Using Larger Than Block-Size Key - Hash Key First"),
    "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
  ],
  [
    repeated(0xaa, 80),
    encodeUtf8("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
    "6f630fad67cda0ee1fb1f562db3aa53e",
  ],
];

test.each(cases.map((vector, i) => [i + 1, ...vector] as const))(
  "hmacMd5 passes RFC 2202 case %i",
  (_, key, data, digest) => {
    expect(hex(hmacMd5(key, data))).toBe(digest);
  },
);
