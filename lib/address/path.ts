/**
 * The addresses of the envelope: RFC 5321's `Mailbox`, with RFC 6531's letters, and nothing around it.
 *
 * @module
 */

import { isAddressLiteral } from "./ip.ts";
import { checkText, codePoint, inputError, isAtext, type Place } from "./characters.ts";
import { asciiDomain } from "./domain.ts";

/** Octets of a local part as written, quotes included; RFC 5321 section 4.5.3.1.1. */
export const MAX_LOCAL_PART = 64;
/** Octets of an address; RFC 5321 section 4.5.3.1.3 allows a path 256 with its angle brackets. */
export const MAX_ADDRESS = 254;
/** UTF-16 code units that a single mailbox may take as input, name and comments included. */
export const MAX_MAILBOX_INPUT = 2048;

/** One mailbox, parsed: what a header field shows and what the envelope carries come from the same object. */
export interface Mailbox {
  /** Display name as plain text, not encoded and not quoted; `undefined` when there is none. */
  readonly name: string | undefined;
  /** Local part as it goes on the wire, exactly as given: case kept, quoted where it was quoted, never normalised. */
  readonly localPart: string;
  /** ASCII: a domain in lower case with A-labels (UTS 46), or an address literal in its brackets. */
  readonly domain: string;
  /** `localPart@domain`. */
  readonly address: string;
  /** Whether the local part is not ASCII, so that the server must offer SMTPUTF8 (RFC 6531 section 3.4). */
  readonly needsSmtpUtf8: boolean;
}

/** Several mailboxes under a name (RFC 5322 section 3.4); a header field shows the name, an envelope holds the mailboxes. */
export interface Group {
  /** The group's name as plain text, not encoded and not quoted. */
  readonly group: string;
  /** None, in `Undisclosed recipients:;`. */
  readonly members: readonly Mailbox[];
}

/**
 * Parses exactly one address as it can go into an envelope.
 *
 * A dot-string or quoted string of at most 64 octets, `@`, a domain or an IPv4 or IPv6 address literal, 254 octets
 * together (RFC 5321 sections 4.1.2 and 4.5.3.1). No name, comment, blank, route or angle bracket around it. The name of
 * the result is `undefined`. A local part is refused in which somebody else may read another address: one that holds an
 * encoded word (RFC 2047 section 5), characters that nobody sees, or such as U+FF20 that normalising turns into `@`.
 *
 * @throws {InputError}
 */
export function parseAddress(text: string, field: string): Mailbox {
  const checked = checkText(text, { field, limit: MAX_MAILBOX_INPUT });
  return mailboxAt(checked, { field, offset: 0 }, undefined);
}

/** Where an address stands. */
export interface AddressPlace extends Place {
  /** Where its domain begins, when blanks or comments stand before it. */
  readonly domain?: number;
}

/** {@link parseAddress} for an address that begins at `place`, holds no control characters, and has a name. */
export function mailboxAt(text: string, place: AddressPlace, name: string | undefined): Mailbox {
  const at = text.startsWith('"') ? quotedStringEnd(text, place) : dotStringEnd(text, place);
  if (text[at] !== "@") {
    const reason = at === text.length
      ? 'an address needs an "@"'
      : `${codePoint(text, at)} is not allowed before the "@"`;
    throw inputError(moved(place, at), `${reason}; an address is local-part@domain`);
  }
  const localPart = text.slice(0, at);
  const octets = utf8Length(localPart);
  if (octets > MAX_LOCAL_PART) {
    throw inputError(place, `the part before the "@" is longer than ${MAX_LOCAL_PART} octets`);
  }
  if (octets !== localPart.length || localPart.includes("=?")) checkReading(localPart, place);
  const domain = checkDomain(text.slice(at + 1), {
    field: place.field,
    offset: place.domain ?? place.offset + at + 1,
  });
  if (octets + 1 + domain.length > MAX_ADDRESS) {
    throw inputError(place, `the address is longer than ${MAX_ADDRESS} octets`);
  }
  return { name, localPart, domain, address: `${localPart}@${domain}`, needsSmtpUtf8: octets !== localPart.length };
}

/**
 * What is invisible or turns the direction of writing, and U+FFFD, which stands for what was lost. Joiners and variation
 * selectors are letters' business in many scripts. Made when it is needed: engines work such classes out as they read.
 */
let unseen: RegExp | undefined;
const UNSEEN = "(?![\\u200c\\u200d\\ufe00-\\ufe0f])[\\p{DI}\\ufff9-\\uffff]";

/** What means something in an address, with the full stop of ideographic text, which domains take for a dot. */
const SPECIAL = /[\s()<>[\]:;@\\,."\u3002]/;

/** Refuses a local part that another program may read as something else. */
function checkReading(localPart: string, place: Place): void {
  const word = localPart.search(/=\?[^?]*\?[^?]*\?[^?]*\?=/);
  if (word >= 0) throw inputError(moved(place, word), "an encoded word may not stand in an address");
  for (let i = 0; i < localPart.length; i++) {
    if (localPart.charCodeAt(i) < 0x80) continue;
    const char = String.fromCodePoint(localPart.codePointAt(i)!);
    unseen ??= new RegExp(UNSEEN, "u");
    if (unseen.test(char)) throw inputError(moved(place, i), `${codePoint(localPart, i)} is not allowed in an address`);
    const other = SPECIAL.exec(char.normalize("NFKC"))?.[0];
    if (other !== undefined) {
      const read = other === char ? "" : `, which some take for ${codePoint(other, 0)}`;
      throw inputError(moved(place, i), `${codePoint(localPart, i)} is not allowed in an address${read}`);
    }
    i += char.length - 1;
  }
}

function checkDomain(domain: string, place: Place): string {
  if (!domain.startsWith("[")) return asciiDomain(domain, place);
  if (isAddressLiteral(domain)) return domain;
  throw inputError(place, "an address literal is [IPv4 address] or [IPv6:IPv6 address]");
}

/** Where a dot-string that begins at 0 ends. */
function dotStringEnd(text: string, place: Place): number {
  let atomBegin = 0;
  for (let i = 0;; i++) {
    const code = text.charCodeAt(i); // NaN at the end, which is no atext
    if (isAtext(code)) continue;
    if (i === atomBegin) {
      const reason = i === 0 ? 'nothing stands before the "@"' : "a dot at an end, or two in a row, needs quotes";
      throw inputError(moved(place, i), reason);
    }
    if (code !== 0x2e) return i;
    atomBegin = i + 1;
  }
}

/** Where a quoted string that begins at 0 ends: behind its closing quote. RFC 5321 `Quoted-string`, RFC 6531 section 3.3. */
function quotedStringEnd(text: string, place: Place): number {
  for (let i = 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    // Only a header field that was folded may hold a TAB, between words.
    if (code === 0x09) throw inputError(moved(place, i), "U+0009 is not allowed in an address");
    if (code !== 0x5c) continue;
    i++;
    if (!(text.charCodeAt(i) < 0x80)) throw inputError(moved(place, i), 'a "\\" needs an ASCII character behind it');
  }
  throw inputError(place, "a quoted string has no end");
}

function moved(place: Place, by: number): Place {
  return { field: place.field, offset: place.offset + by };
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    // Two surrogates are four octets, so each counts as two.
    length += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return length;
}
