/**
 * Text in the value of a command's parameter, which holds no blank, `=`, control or non-ASCII character.
 *
 * @module
 */
import { encodeUtf8 } from "./ascii.ts";

/** Encodes as xtext (RFC 3461 section 4): UTF-8, of which each octet that may not stand for itself becomes `+` and two digits. */
export function toXtext(text: string): string {
  let encoded = "";
  for (const octet of encodeUtf8(text)) {
    const isPlain = octet > 32 && octet < 127 && octet !== PLUS && octet !== EQUALS;
    encoded += isPlain ? String.fromCharCode(octet) : `+${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

const PLUS = 43;
const EQUALS = 61;

/**
 * Encodes an address as `utf-8-addr-xtext` (RFC 6533 section 3), the form that is ASCII and needs no SMTPUTF8: each
 * character that may not stand for itself becomes `\x{…}` with its code point.
 */
export function toAddressXtext(address: string): string {
  return address.replace(/[^!-*,-<>-[\]-~]/gu, (char) => {
    return `\\x{${char.codePointAt(0)!.toString(16).toUpperCase().padStart(2, "0")}}`;
  });
}
