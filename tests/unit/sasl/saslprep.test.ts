import fc from "fast-check";
import { expect, test } from "vitest";
import vectors from "../../vectors/sasl.json" with { type: "json" };
import { saslprep } from "../../../lib/sasl/saslprep.ts";

test.each(vectors.saslprep)("saslprep does with $input what $rfc says: $note", ({ input, output }) => {
  expect(saslprep(input)).toBe(output ?? undefined);
});

test.each([
  ["a non-ASCII space", "a\u00a0b\u3000c", "a b c"],
  ["a space that is also mapped to nothing", "a\u200bb", "a b"],
  ["what is mapped to nothing", "a\u200c\u200d\u2060\ufeff\ufe0f\u1806b", "ab"],
  ["a decomposed letter", "e\u0301", "\u00e9"],
  ["a compatibility letter", "\u2122\ufb01", "TMfi"],
  ["an emoji, which Unicode 3.2 had not assigned", "\u{1f600}x", "\u{1f600}x"],
  ["Hebrew from end to end", "\u05d0\u05d1 1 \u05d2", "\u05d0\u05d1 1 \u05d2"],
  ["one Arabic letter", "\u0627", "\u0627"],
])("saslprep maps %s", (_what, text, expected) => {
  expect(saslprep(text)).toBe(expected);
});

test.each([
  ["nothing that is left", "\u00ad"],
  ["nothing at all", ""],
  ["a control character (C.2.1)", "a\x7f"],
  ["a control character (C.2.2)", "a\x85"],
  ["a line separator (C.2.2)", "\u2028"],
  ["private use (C.3)", "\ue000"],
  ["private use in the last plane (C.3)", "\u{10fffd}"],
  ["no character (C.4)", "\ufdd0"],
  ["no character in another plane (C.4)", "\u{5fffe}"],
  ["a lone surrogate (C.5)", "a\ud800"],
  ["the replacement character (C.6)", "\ufffd"],
  ["an ideographic description (C.7)", "\u2ff0"],
  ["a mark of direction (C.8)", "a\u200e"],
  ["a tag (C.9)", "\u{e0041}"],
  ["Arabic with a Latin letter (section 6)", "\u0627a\u0628"],
  ["Arabic that a digit begins (section 6)", "1\u0627"],
])("saslprep makes nothing of %s", (_what, text) => {
  expect(saslprep(text)).toBeUndefined();
});

test("saslprep changes nothing that it has prepared", () => {
  const character = fc.oneof(fc.integer({ min: 0, max: 0x7ff }), fc.integer({ min: 0, max: 0x10ffff }));
  fc.assert(fc.property(fc.array(character, { maxLength: 8 }), (characters) => {
    const text = String.fromCodePoint(...characters);
    const once = saslprep(text);
    if (once !== undefined) expect(saslprep(once)).toBe(once);
  }));
});
