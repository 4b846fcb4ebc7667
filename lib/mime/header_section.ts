/**
 * The header section of a message that somebody else composed, read field by field.
 *
 * @module
 */
import { decodeUtf8 } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";

/** A field of a header section. */
export interface HeaderField {
  /** As it stands there. */
  readonly name: string;
  /** Unfolded: without the line ends in it (RFC 5322 section 2.2.3). Octets that are not UTF-8 are U+FFFD. */
  readonly value: string;
  /** The line in which it begins, from 1. */
  readonly line: number;
}

/**
 * Reads a header section, whose lines end in CRLF. A blank before the colon is obsolete and read (RFC 5322 section 4.5).
 *
 * @throws {InputError} for a line that neither begins a field nor goes on with one: what is behind it, some programs take
 * for fields and others for the body
 */
export function readHeaderSection(octets: Uint8Array): readonly HeaderField[] {
  let line = 1;
  return decodeUtf8(octets).replace(/\r\n$/, "").split(/\r\n(?![ \t])/).map((text) => {
    // The name's characters, blanks and the colon are apart from each other: linear.
    const parts = /^([!-9;-~]+)[ \t]*:/.exec(text);
    if (parts === null) throw new InputError("raw", `line ${line} is no header field`);
    const lines = text.split("\r\n");
    const field = { name: parts[1], value: lines.join("").slice(parts[0].length), line };
    line += lines.length;
    return field;
  });
}
