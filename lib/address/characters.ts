/**
 * What no address and no name may hold, whatever the grammar around it says.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** C0, DEL and C1, the two Unicode line ends, and surrogates without their partner; `\p{}` would take a millisecond to load. */
// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/u;

/** Printable ASCII: nearly every text, and much faster to ask for. */
const PLAIN = /^[ -~]*$/;

/** A value's place: the field it stands in, and where in that field's text it begins. */
export interface Place {
  readonly field: string;
  /** UTF-16 code units from 0. */
  readonly offset: number;
}

/**
 * Returns `text` if it is a string of at most `limit` UTF-16 code units without control characters.
 *
 * Refused are C0 (TAB, CR and LF included), DEL, C1, U+2028, U+2029 and lone surrogates: the first end a command or a
 * header line somewhere along the way, the last have no UTF-8.
 *
 * @throws {InputError}
 */
export function checkText(text: unknown, about: { readonly field: string; readonly limit: number }): string {
  const { field, limit } = about;
  if (typeof text !== "string") throw new InputError(field, "must be a string");
  if (text.length > limit) throw new InputError(field, `longer than ${limit} characters`, limit);
  const found = findForbidden(text);
  if (found >= 0) throw inputError({ field, offset: found }, `${codePoint(text, found)} is not allowed`);
  return text;
}

/** Where the first character stands that {@link checkText} refuses; -1 when there is none. */
export function findForbidden(text: string): number {
  return PLAIN.test(text) ? -1 : text.search(FORBIDDEN);
}

/** The error for what stands at a place. */
export function inputError(place: Place, reason: string): InputError {
  return new InputError(place.field, `${reason} (position ${place.offset})`, place.offset);
}

/** How an error names the character at `index`: a printable ASCII one as it is, any other by its number. */
export function codePoint(text: string, index: number): string {
  const code = text.codePointAt(index) ?? 0;
  if (code > 0x20 && code < 0x7f) return `"${String.fromCharCode(code)}"`;
  return code === 0x20 ? "a blank" : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Whether the UTF-16 code unit may stand in an atom: `atext` of RFC 5322 section 3.2.3, or non-ASCII (RFC 6532). */
export function isAtext(code: number): boolean {
  return code >= 0x80 || ATEXT[code] === 1;
}

const ATEXT = new Uint8Array(0x80);
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~") {
  ATEXT[char.charCodeAt(0)] = 1;
}
