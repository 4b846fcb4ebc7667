/**
 * Header fields (RFC 5322 section 2.2): a checked name, a checked value, and lines folded here and nowhere else. What a
 * caller gives never holds a line end, so no value of theirs begins a field or the body.
 *
 * @module
 */
import { checkText, codePoint, inputError } from "../address/characters.ts";
import { isAscii } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import { ENCODED_WORD_LIMIT, encodeWords, looksEncoded } from "./encoded_word.ts";

/** Characters of a line that should not be exceeded, CRLF aside (RFC 5322 section 2.1.1). */
const LINE_LENGTH = 78;
/** Characters of a line that must not be exceeded, CRLF aside (RFC 5322 section 2.1.1). */
export const LINE_LIMIT = 998;
/** Characters of a line that holds an encoded word (RFC 2047 section 2). */
const ENCODED_LINE_LIMIT = 76;
/** Characters of a field name here: it fits in a line with its colon. */
const NAME_LIMIT = 76;
/** Below this room the first encoded word begins a line of its own. */
const LEAST_ROOM = 24;

/**
 * Checks a field name: printable ASCII without blank and colon (`ftext`, RFC 5322 section 3.6.8), 1 to 76 characters.
 *
 * @throws {InputError}
 */
export function checkFieldName(name: unknown, place: string): string {
  if (typeof name === "string" && name.length <= NAME_LIMIT && /^[!-9;-~]+$/.test(name)) return name;
  const reason = `a field name has 1 to ${NAME_LIMIT} printable ASCII characters, no blank, no colon`;
  const wrong = typeof name === "string" ? name.search(/[^!-9;-~]/) : -1;
  throw new InputError(place, reason, wrong < 0 ? undefined : wrong);
}

/**
 * Checks a text that goes into a header field: a string without control characters (C0 with TAB, DEL, C1), Unicode line
 * ends and lone surrogates.
 *
 * @throws {InputError}
 */
export function checkFieldText(value: unknown, place: string): string {
  return checkText(value, { field: place, limit: Infinity });
}

/**
 * Writes a field with unstructured text (RFC 5322 section 3.6.5), CRLF included. Text that is not ASCII, looks like an
 * encoded word or begins or ends with a blank is encoded whole (RFC 2047), so that it arrives as it was given.
 *
 * @param value text that {@link checkFieldText} has passed
 * @throws {InputError} when a word of ASCII is too long for a line
 */
export function unstructuredField(name: string, value: string, place: string): string {
  if (!isAscii(value) || looksEncoded(value) || value.startsWith(" ") || value.endsWith(" ")) {
    return encodedField(name, value);
  }
  if (name.length + 2 + value.length <= LINE_LENGTH) return `${name}: ${value}\r\n`;
  return foldedField(name, value, place);
}

function encodedField(name: string, value: string): string {
  const room = ENCODED_LINE_LIMIT - name.length - 2;
  return room < LEAST_ROOM
    ? `${name}:\r\n ${encodeWords(value).join("\r\n ")}\r\n`
    : `${name}: ${encodeWords(value, Math.min(room, ENCODED_WORD_LIMIT)).join("\r\n ")}\r\n`;
}

/**
 * Writes a field of ASCII as it stands, folded at blanks, CRLF included: for fields in which an encoded word means nothing.
 *
 * @throws {InputError} when it is not ASCII, begins or ends with a blank, or has a word too long for a line
 */
export function structuredField(name: string, value: string, place: string): string {
  if (!isAscii(value)) {
    const offset = value.search(/[\x80-\uffff]/);
    throw inputError({ field: place, offset }, `${codePoint(value, offset)}: ${name} takes only ASCII`);
  }
  if (value.trim() !== value) {
    const offset = value.startsWith(" ") ? 0 : value.length - 1;
    throw inputError({ field: place, offset }, `${name} cannot begin or end with a blank`);
  }
  return foldedField(name, value, place);
}

/** Writes ASCII text in lines cut before runs of blanks; no line is blank, because each begins with a word's blanks. */
function foldedField(name: string, value: string, place: string): string {
  let lines = `${name}:`;
  let column = lines.length;
  let from = 0;
  const text = ` ${value}`;
  while (from < text.length) {
    let word = from;
    while (text[word] === " ") word++;
    let end = text.indexOf(" ", word);
    if (end === -1) end = text.length;
    // The first word stays beside the name while it can: some readers take a name with nothing behind it for a fault.
    const limit = from === 0 ? LINE_LIMIT : LINE_LENGTH;
    if (column + end - from > limit) {
      lines += "\r\n";
      column = 0;
    }
    column += end - from;
    if (column > LINE_LIMIT) {
      const reason = `a word of more than ${LINE_LIMIT} characters fits in no line`;
      throw inputError({ field: place, offset: word - 1 }, reason);
    }
    lines += text.slice(from, end);
    from = end;
  }
  return `${lines}\r\n`;
}

/**
 * Writes a field of structured tokens, CRLF included, folded between them. Lines stay within 76 columns, since a token may
 * be an encoded word; a longer token has a line of its own.
 */
export function tokenField(name: string, tokens: readonly string[]): string {
  let lines = `${name}:`;
  let column = lines.length;
  const start = column;
  for (const token of tokens) {
    if (column > start && column + 1 + token.length > ENCODED_LINE_LIMIT) {
      lines += `\r\n ${token}`;
      column = 1 + token.length;
    } else {
      lines += ` ${token}`;
      column += 1 + token.length;
    }
  }
  return `${lines}\r\n`;
}
