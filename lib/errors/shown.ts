/**
 * Texts of errors: pieces of what callers, servers and files say stand in them, and a terminal or a log would do what a
 * control character says.
 *
 * @module
 */

/** Controls, line and paragraph separators, and surrogates without a partner; a reply of several lines keeps its line feeds. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/gu;

/** Shows what does not print as `\u{…}`. */
export function shown(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
