/**
 * Header fields as they are signed: found in a message's octets, and in their canonical form (RFC 6376 sections 3.4.1 and
 * 3.4.2). A character of the texts here stands for an octet, whatever encoding the message has it in.
 *
 * @module
 */
import { concat, decodeUtf8, encodeUtf8, isAscii } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import type { CanonicalForm } from "./body.ts";

/** Octets of a header that are kept; a message that has more cannot be signed. */
const HEADER_LIMIT = 4 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** A message's fields by their names in lower case, in the message's order. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** Takes the header off a message that comes in pieces. */
export class HeaderReader {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  /** How much of CRLF CRLF was seen last; a message may begin with the second half. */
  #seen = 2;

  /**
   * Takes a piece.
   *
   * @returns where in it the body begins; -1 while the header goes on
   * @throws {InputError} when there is no end to it
   */
  push(piece: Uint8Array): number {
    let at = 0;
    while (at < piece.length && this.#seen < 4) {
      const octet = piece[at++];
      if (octet === (this.#seen % 2 === 0 ? CR : LF)) this.#seen++;
      else this.#seen = octet === CR ? 1 : 0;
    }
    this.#size += at;
    if (this.#size > HEADER_LIMIT) {
      throw new InputError("content", `the header has more than ${HEADER_LIMIT} octets: too many to sign`);
    }
    // A copy: the reader's memory may be used again.
    this.#pieces.push(piece.slice(0, at));
    return this.#seen === 4 ? at : -1;
  }

  /**
   * The fields.
   *
   * @throws {InputError} for a line that no field is in
   */
  fields(): Fields {
    return parseFields(octetText(concat(this.#pieces)));
  }
}

function parseFields(header: string): Fields {
  const fields = new Map<string, string[]>();
  for (let at = 0; at < header.length && !header.startsWith("\r\n", at);) {
    const end = fieldEnd(header, at);
    const field = header.slice(at, end);
    // A blank before the colon is RFC 5322's obsolete form, which some messages that come composed have.
    const name = /^([!-9;-~]+)[ \t]*:/.exec(field)?.[1].toLowerCase();
    if (name === undefined) {
      throw new InputError("content", `at octet ${at} of the header stands no field: DKIM signs well-formed messages`);
    }
    const same = fields.get(name);
    if (same === undefined) fields.set(name, [field]);
    else same.push(field);
    at = end;
  }
  return fields;
}

/** Where a field ends, CRLF included: before a line that does not begin with a blank. */
function fieldEnd(header: string, begin: number): number {
  for (let at = begin;;) {
    const lineEnd = header.indexOf("\r\n", at);
    if (lineEnd === -1) throw new InputError("content", "the last line of the header has no end");
    at = lineEnd + 2;
    if (header[at] !== " " && header[at] !== "\t") return at;
  }
}

/** A field in canonical form; a field that ends in CRLF still does. */
export function canonicalField(field: string, form: CanonicalForm): string {
  if (form === "simple") return field;
  const colon = field.indexOf(":");
  const ended = field.endsWith("\r\n");
  // One blank for each run first: what is left to be cut off is one character.
  const value = field.slice(colon + 1).replaceAll("\r\n", "").replace(/[ \t]+/g, " ");
  const from = value.startsWith(" ") ? 1 : 0;
  const to = value.endsWith(" ") && value.length > from ? value.length - 1 : value.length;
  const name = field.slice(0, colon).replace(/[ \t]+/g, "").toLowerCase();
  return `${name}:${value.slice(from, to)}${ended ? "\r\n" : ""}`;
}

/** Characters that are put together at once: an argument list has a limit. */
const STEP = 8_192;

function octetText(octets: Uint8Array): string {
  if (isAscii(octets)) return decodeUtf8(octets);
  let text = "";
  for (let at = 0; at < octets.length; at += STEP) text += String.fromCharCode(...octets.subarray(at, at + STEP));
  return text;
}

/** The octets that a text stands for. */
export function textOctets(text: string): Uint8Array<ArrayBuffer> {
  return isAscii(text) ? encodeUtf8(text) : Uint8Array.from(text, (character) => character.charCodeAt(0));
}
