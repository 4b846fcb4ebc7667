import { expect, test } from "vitest";
import { concat } from "../../../lib/bytes/ascii.ts";
import { recordCutter } from "../../../lib/runtime/tls_records.ts";

function record(size: number): Uint8Array {
  return Uint8Array.from([23, 3, 3, size >> 8, size & 0xff, ...new Uint8Array(size).fill(size)]);
}

const RECORDS = [record(3), record(0), record(300), record(16_384)];

test("recordCutter cuts where records end", () => {
  expect(recordCutter()(concat(RECORDS))).toEqual(RECORDS);
});

test.each([1, 2, 3, 4, 5, 7, 100, 1000])(
  "recordCutter gives all octets, in their order, and never of two records at once, of chunks of %i",
  (size) => {
    const all = concat(RECORDS);
    const cut = recordCutter();
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < all.length; at += size) pieces.push(...cut(all.subarray(at, at + size)));
    expect(concat(pieces)).toEqual(all);
    expect(pieces.every(({ length }) => length > 0)).toBe(true);
    const ends = new Set<number>();
    let end = 0;
    for (const piece of pieces) ends.add(end += piece.length);
    let boundary = 0;
    for (const { length } of RECORDS) expect(ends).toContain(boundary += length);
  },
);

test("recordCutter lets what is no record through as it comes, but for the first four octets", () => {
  const cut = recordCutter();
  const text = (octets: readonly Uint8Array[]) => octets.map((piece) => new TextDecoder().decode(piece));
  expect(text(cut(new TextEncoder().encode("554 ")))).toEqual([]);
  expect(text(cut(new TextEncoder().encode("no TLS\r\n")))).toEqual(["554 no TLS\r\n"]);
  expect(text(cut(new TextEncoder().encode("more")))).toEqual(["more"]);
});
