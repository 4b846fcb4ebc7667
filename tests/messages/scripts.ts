/**
 * Random text in all scripts.
 *
 * @module
 */
import fc from "fast-check";

type Range = readonly [first: number, last: number];

/** Letters, and the marks that stand on them. */
const RANGES: Readonly<Record<string, readonly Range[]>> = {
  latin: [[0x41, 0x5a], [0x61, 0x7a], [0xc0, 0xd6], [0x100, 0x17f], [0x1e00, 0x1eff]],
  cyrillic: [[0x410, 0x44f], [0x450, 0x45f]],
  greek: [[0x3b1, 0x3c9], [0x1f00, 0x1f07]],
  arabic: [[0x621, 0x63a], [0x641, 0x64a], [0x64b, 0x652]],
  hebrew: [[0x5d0, 0x5ea], [0x5b0, 0x5bc]],
  devanagari: [[0x904, 0x939], [0x93e, 0x94d]],
  thai: [[0xe01, 0xe3a], [0xe40, 0xe4e]],
  han: [[0x4e00, 0x9fff]],
  kana: [[0x3041, 0x3096], [0x30a1, 0x30fa]],
  hangul: [[0xac00, 0xd7a3], [0x1100, 0x1112], [0x1161, 0x1175]],
  combining: [[0x61, 0x7a], [0x300, 0x36f]],
  astral: [[0x1d504, 0x1d51c], [0x10330, 0x1034a], [0x20000, 0x2a6df], [0x10400, 0x1044f]],
  ascii: [[0x21, 0x7e]],
};

/** Sequences that are one sign, others of four octets, and what turns the direction of what follows. */
const SIGNS = [
  ..."😀🎉🚀",
  "👩‍👩‍👧‍👦",
  "🏳️‍🌈",
  "👩🏽‍🚀",
  "🇪🇺",
  "1️⃣",
  "\u200F",
  "\u202E",
  "\u00A0",
  "\u3000",
  "\u200B",
  "\uFFFD",
];

/** What one syntax or another takes for its own. */
const MARKS = [
  ..."\"\\()<>[]:;@,.'%*?=_&#/!$^`{|}~+-",
  "=?utf-8?q?",
  "=?utf-8?Q?a?=",
  "=?utf-8?B?YQ==?=",
  "?=",
  "utf-8''a%20b",
  "''",
  "*0*=",
  '\\"',
  "--",
];

function letters(ranges: readonly Range[]): fc.Arbitrary<string> {
  return fc.oneof(...ranges.map(([min, max]) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code))));
}

function joined(one: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> {
  return fc.array(one, { minLength: 1, maxLength: most }).map((all) => all.join(""));
}

/** A word of one script, or of signs. */
const word: fc.Arbitrary<string> = fc.oneof(
  ...Object.values(RANGES).map((ranges) => joined(letters(ranges), 12)),
  joined(fc.constantFrom(...SIGNS), 4),
  joined(fc.constantFrom(...MARKS), 4),
  { weight: 3, arbitrary: joined(letters([[0x61, 0x7a]]), 12) },
  fc.nat({ max: 90 }).map((length) => "x".repeat(length + 1)),
);

const between = fc.oneof({ weight: 8, arbitrary: fc.constant(" ") }, fc.constantFrom("", "  ", "   ", ", ", "-"));

/** Words in any scripts, without control characters, at most so many; at most 2,000 characters. */
export function words(most: number): fc.Arbitrary<string> {
  return fc.array(fc.tuple(word, between), { minLength: 1, maxLength: most })
    .map((all) => [...all.flat().slice(0, -1).join("")].slice(0, 1_000).join(""));
}

/** The same, sometimes with blanks at its ends, or empty. */
export function anyWords(most: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: words(most) },
    words(most).map((text) => ` ${text}`),
    words(most).map((text) => `${text} `),
    fc.constantFrom("", " ", "   "),
  );
}

const line = fc.oneof(
  { weight: 4, arbitrary: anyWords(12) },
  fc.constantFrom(".", "..", "From x", "-- ", "--=_1_0", "\t", "a ", "a\t", " a", "", "\0", "=", "=3D"),
  fc.integer({ min: 74, max: 79 }).map((length) => "y".repeat(length)),
  fc.constantFrom(997, 998, 999, 1_000, 2_000).map((length) => "z".repeat(length)),
  fc.integer({ min: 320, max: 520 }).map((length) => "é".repeat(length)),
);

/** Lines with ends of any kind. */
export const body: fc.Arbitrary<string> = fc.array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n", "\r")), {
  maxLength: 10,
}).map((lines) => lines.flat().slice(0, -1).join(""));
