/**
 * SASLprep (RFC 4013): two ways to write a name or password become one, so that the two sides compute the same.
 *
 * Tables B.1, C and D.1 of RFC 3454 are exact. The rest is taken from the platform's Unicode data:
 *
 * - NFKC is that of today's Unicode, not of 3.2: the same for what 3.2 had assigned, but for five ideographs (Unicode
 *   Corrigendum 4), and code points that came later are composed as well.
 * - Code points that 3.2 had not assigned are let through, as RFC 3454 section 7 has it for queries.
 * - What reads from left to right (table D.2) is taken to be letters, spacing marks and letter-like numbers, of today; D.2
 *   has some symbols and digits besides, so that a few mixtures with Hebrew or Arabic pass that should not.
 *
 * @module
 */

/** Table C.1.2; U+200B is in B.1 as well, and RFC 4013 section 2.1 has spaces first. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** Table B.1. */
const NOTHING = /[\u00ad\u034f\u1806\u180b-\u180d\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]/g;

/** Tables C.2.1, C.2.2, C.3 to C.9, without what mapping and NFKC have taken away; C.4 has the last two of each plane too. */
const PROHIBITED =
  "[\\0-\\x1f\\x7f-\\x9f\\u06dd\\u070f\\u180e\\u200e\\u200f\\u2028-\\u202e\\u2061-\\u2063\\u206a-\\u206f" +
  "\\u2ff0-\\u2ffb\\ud800-\\uf8ff\\ufdd0-\\ufdef\\ufff9-\\uffff\\u{1d173}-\\u{1d17a}\\u{e0001}\\u{e0020}-\\u{e007f}" +
  "\\u{f0000}-\\u{10ffff}]";
/** Table D.1. */
const RIGHT_TO_LEFT =
  "[\\u05be\\u05c0\\u05c3\\u05d0-\\u05ea\\u05f0-\\u05f4\\u061b\\u061f\\u0621-\\u063a\\u0640-\\u064a" +
  "\\u066d-\\u066f\\u0671-\\u06d5\\u06dd\\u06e5\\u06e6\\u06fa-\\u06fe\\u0700-\\u070d\\u0710\\u0712-\\u072c\\u0780-\\u07a5" +
  "\\u07b1\\u200f\\ufb1d\\ufb1f-\\ufb28\\ufb2a-\\ufb36\\ufb38-\\ufb3c\\ufb3e\\ufb40\\ufb41\\ufb43\\ufb44\\ufb46-\\ufbb1" +
  "\\ufbd3-\\ufd3d\\ufd50-\\ufd8f\\ufd92-\\ufdc7\\ufdf0-\\ufdfc\\ufe70-\\ufe74\\ufe76-\\ufefc]";

/**
 * Prepares a name or a password.
 *
 * @returns `undefined` when it holds a character that may not stand in one, mixes directions (RFC 3454 section 6), or
 *   nothing is left of it
 */
export function saslprep(text: string): string | undefined {
  if (/^[ -~]+$/.test(text)) return text;
  const prepared = text.replace(SPACES, " ").replace(NOTHING, "").normalize("NFKC");
  const allowed = prepared !== "" && !new RegExp(PROHIBITED, "u").test(prepared) &&
    [...prepared].every((character) => (character.codePointAt(0)! & 0xfffe) !== 0xfffe);
  return allowed && hasOneDirection(prepared) ? prepared : undefined;
}

/** RFC 3454 section 6: with one character that reads from right to left, none the other way, and such at both ends. */
function hasOneDirection(text: string): boolean {
  const matches = (pattern: string): boolean => new RegExp(pattern, "u").test(text);
  if (!matches(RIGHT_TO_LEFT)) return true;
  return matches(`^${RIGHT_TO_LEFT}(?:.*${RIGHT_TO_LEFT})?$`) && !matches(`(?!${RIGHT_TO_LEFT})[\\p{L}\\p{Mc}\\p{Nl}]`);
}
