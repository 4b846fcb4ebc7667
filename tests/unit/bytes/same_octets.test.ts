import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { SameOctets } from "../../../lib/bytes/same_octets.ts";
import { ContentError } from "../../../lib/errors.ts";

async function* reading(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield encodeUtf8(piece);
}

/** What comes through, and the error that ends it. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<{ text: string; error?: unknown }> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of stream) pieces.push(piece);
  } catch (error) {
    return { text: decodeUtf8(concat(pieces)), error };
  }
  return { text: decodeUtf8(concat(pieces)) };
}

test("SameOctets passes on the same octets in other pieces, as often as they come", async () => {
  const same = new SameOctets("the message");
  expect(await collect(same.check(reading("ab", "", "cd")))).toEqual({ text: "abcd" });
  expect(await collect(same.check(reading("a", "bcd")))).toEqual({ text: "abcd" });
  expect(await collect(same.check(reading("abc", "d")))).toEqual({ text: "abcd" });
  const empty = new SameOctets("the message");
  expect(await collect(empty.check(reading()))).toEqual({ text: "" });
  expect(await collect(empty.check(reading("")))).toEqual({ text: "" });
});

test("SameOctets holds the last piece back when the octets are others, fewer or more", async () => {
  for (const [other, passed] of [["abxd", "ab"], ["abc", "ab"], ["", ""], ["abcde", ""]] as const) {
    const same = new SameOctets("the message");
    await collect(same.check(reading("ab", "cd")));
    const { text, error } = await collect(same.check(reading(other.slice(0, 2), other.slice(2))));
    expect(text).toBe(passed);
    expect(error).toBeInstanceOf(ContentError);
    expect(String(error)).toContain("the message did not give the same octets");
  }
});

test("SameOctets remembers no reading that did not come to its end", async () => {
  const same = new SameOctets("the message");
  for await (const _ of same.check(reading("ab", "cd", "ef"))) break;
  expect(await collect(same.check(reading("xyz")))).toEqual({ text: "xyz" });
  expect((await collect(same.check(reading("ab", "cd", "ef")))).error).toBeInstanceOf(ContentError);
});
