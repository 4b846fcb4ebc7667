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
 * Of words in B, only the last one ends in padding: readers put the base64 of several together, and some end there
 * (GMime 3.2.13, by its issue 133). Where characters leave no other end, a word is in Q.
 *
 * @param first characters that the first word may take, at least 24
 */
export function encodeWords(text: string, first: number = ENCODED_WORD_LIMIT): readonly string[] {
  const octets = utf8View(text);
  let quoted = 0;
  for (const octet of octets) if (!isPlain(octet) && octet !== 0x20) quoted++;
  const inB = octets.length + 2 * quoted > Math.ceil(octets.length / 3) * 4;
  const words: string[] = [];
  let room = first - FRAME;
  for (let from = 0; from < text.length; room = ENCODED_WORD_LIMIT - FRAME) {
    let aligned = from;
    let end = from;
    let size = 0;
    let columns = 0;
    for (let at = from; at < text.length && size <= room;) {
      const code = text.codePointAt(at)!;
      const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      size += length;
      columns += isPlain(code) || code === 0x20 ? 1 : 3 * length;
      at += length < 4 ? 1 : 2;
      if (size <= Math.floor(room / 4) * 3 && (size % 3 === 0 || at === text.length)) aligned = at;
      if (columns <= room) end = at;
    }
    if (inB && aligned > from) {
      words.push(`=?utf-8?B?${toBase64(utf8View(text.slice(from, aligned)))}?=`);
      from = aligned;
    } else {
      words.push(`=?utf-8?Q?${quote(text.slice(from, end))}?=`);
      from = end;
    }
  }
  return words;
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
