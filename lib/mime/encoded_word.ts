/**
 * Encoded words (RFC 2047): text outside ASCII in a header field of ASCII.
 *
 * @module
 */
import { utf8View } from "../bytes/ascii.ts";
import { toBase64 } from "../bytes/base64.ts";

/** Characters of an encoded word at most (RFC 2047 section 2). */
export const ENCODED_WORD_LIMIT = 75;

/** Characters of `=?utf-8?Q?` and `?=`. */
const FRAME = 12;

/** Tells whether a reader could take part of the text for an encoded word, which then has to be encoded itself. */
export function looksEncoded(text: string): boolean {
  return text.includes("=?");
}

/**
 * Encodes text as encoded words, to be separated by white space, which their reader drops. All of the text is encoded, its
 * blanks too, in whichever of Q and B is shorter; each word holds whole characters (RFC 2047 section 5). The words are
 * fit for a phrase as well as for unstructured text.
 *
 * @param first characters that the first word may take, at least 24
 */
export function encodeWords(text: string, first: number = ENCODED_WORD_LIMIT): readonly string[] {
  const octets = utf8View(text);
  let quoted = 0;
  for (const octet of octets) if (!isPlain(octet) && octet !== 0x20) quoted++;
  return octets.length + 2 * quoted <= Math.ceil(octets.length / 3) * 4
    ? split(text, { first, width: (room) => room, cost: quotedCost }).map((part) => `=?utf-8?Q?${quote(part)}?=`)
    : split(text, { first, width: (room) => Math.floor(room / 4) * 3, cost: utf8Length }).map((part) =>
      `=?utf-8?B?${toBase64(utf8View(part))}?=`
    );
}

/** Cuts text between characters so that each part costs no more than its word has room for. */
function split(
  text: string,
  options: { first: number; width: (room: number) => number; cost: (char: string) => number },
): readonly string[] {
  const parts: string[] = [];
  let room = options.width(options.first - FRAME);
  let from = 0;
  let at = 0;
  for (const char of text) {
    const cost = options.cost(char);
    if (cost > room && at > from) {
      parts.push(text.slice(from, at));
      from = at;
      room = options.width(ENCODED_WORD_LIMIT - FRAME);
    }
    room -= cost;
    at += char.length;
  }
  parts.push(text.slice(from));
  return parts;
}

function utf8Length(char: string): number {
  const code = char.codePointAt(0)!;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

function quotedCost(char: string): number {
  const code = char.charCodeAt(0);
  return code === 0x20 || (code < 0x80 && isPlain(code)) ? 1 : 3 * utf8Length(char);
}

function quote(text: string): string {
  let quoted = "";
  for (const octet of utf8View(text)) {
    if (isPlain(octet)) quoted += String.fromCharCode(octet);
    else quoted += octet === 0x20 ? "_" : `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return quoted;
}

/** What stands for itself in the Q encoding of a phrase, the narrowest of the three sets (RFC 2047 section 5, rule 3). */
function isPlain(octet: number): boolean {
  return (octet >= 0x61 && octet <= 0x7a) || (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x30 && octet <= 0x39) ||
    octet === 0x21 || octet === 0x2a || octet === 0x2b || octet === 0x2d || octet === 0x2f;
}
