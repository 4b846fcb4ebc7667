/**
 * What the configuration languages share: which characters no value may hold, how a piece of input is shown in an
 * error, and which known name a misspelt one was meant to be.
 *
 * @module
 */
import { ConfigError, type ConfigPlace, type SmtpErrorCode } from "../errors.ts";

/** Longest piece of input that an error shows, in UTF-16 code units. */
const MAX_SHOWN = 60;
/** Longest path that an error shows, in UTF-16 code units; its end says more than its beginning. */
const MAX_PATH_SHOWN = 240;

/** Turns an offset in a piece of text, in UTF-16 code units, into the place where it was read. */
export type Locate = (offset: number) => ConfigPlace;

/** Makes a {@link ConfigError} whose text also names the profile and the option of its place. */
export function configError(code: SmtpErrorCode, message: string, place: ConfigPlace, cause?: unknown): ConfigError {
  const profile = place.profile === undefined ? "" : `profile ${quote(place.profile)}: `;
  const option = place.option === undefined ? "" : `option ${place.option}: `;
  return new ConfigError(code, profile + option + message, place, cause === undefined ? {} : { cause });
}

/** Throws a `TypeError` unless the value is a string. */
export function requireString(value: unknown, what: string): asserts value is string {
  if (typeof value !== "string") throw new TypeError(`${what} must be a string`);
}

/** Shows a piece of input between quotes: cut short, with everything that does not print written as `\u{…}`. */
export function quote(text: string): string {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `"${printable(shown)}"`;
}

/** Shows a path between quotes: what is too long loses its beginning. */
export function quotePath(path: string): string {
  const shown = path.length > MAX_PATH_SHOWN ? `…${path.slice(-MAX_PATH_SHOWN)}` : path;
  return `"${printable(shown)}"`;
}

/** Writes control, format and unpaired surrogate characters as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(/[^ -~]/gu, (character) => {
    visible ??= new RegExp("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]", "u");
    return visible.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

// Made when they are needed: engines work such classes out when they read the source, which took a tenth of loading it all.
let visible: RegExp | undefined;
let letters: RegExp | undefined;

/** Whether a character is a letter, mark or decimal digit of any script. */
export function isLetter(character: string): boolean {
  letters ??= new RegExp("^[\\p{L}\\p{M}\\p{Nd}]$", "u");
  return letters.test(character);
}

/** Finds the first character that is neither one of the allowed ASCII characters nor {@link isLetter} beyond ASCII. */
export function strangerIn(
  text: string,
  allowed: RegExp,
): { readonly index: number; readonly character: string } | undefined {
  let index = 0;
  for (const character of text) {
    if (!(character <= "\u007f" ? allowed.test(character) : isLetter(character))) return { index, character };
    index += character.length;
  }
  return undefined;
}

/** Whether the character is a blank of the configuration languages: space or tab. */
export function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

/** Upper case for ASCII alone: no other letter turns into one of a keyword's. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Drops blanks at both ends. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

/**
 * Finds the first code unit, from `start` on, that no value may hold: a control character other than tab, a line or
 * paragraph separator, or half a surrogate pair. Returns -1 when there is none.
 */
export function forbiddenAt(text: string, start = 0): number {
  for (let i = start; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit < 0x7f || unit === 0x09) continue;
    if (unit < 0xa0 || unit === 0x2028 || unit === 0x2029) return i;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const paired = unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    if (!paired) return i;
    i++;
  }
  return -1;
}
