/**
 * Parameters of MIME fields: tokens, quoted strings, and RFC 2231 for what is neither short nor ASCII.
 *
 * @module
 */
import { isAscii, utf8View } from "../bytes/ascii.ts";
import { looksEncoded } from "./encoded_word.ts";

/** A parameter: its name, a token of RFC 2231's `attribute-char`, and its value, any text without control characters. */
export type Parameter = readonly [name: string, value: string];

/** A token that every reader takes for one: `attribute-char` of RFC 2231 section 7, without the marks of its own encoding. */
const BARE = /^[A-Za-z0-9!#$&+\-.^_`{|}~]+$/;

/** Columns of a line, blank and semicolon included (RFC 5322 section 2.1.1). */
const LINE_LENGTH = 78;

/** Writes a field with parameters, CRLF included; each parameter that does not fit begins a line. */
export function parameterField(start: string, parameters: readonly Parameter[]): string {
  let lines = start;
  let column = start.length;
  for (const [name, value] of parameters) {
    for (const section of sections(name, value)) {
      // The 3 are `; ` before it and the `;` that may follow.
      if (column + section.length + 3 > LINE_LENGTH) {
        lines += `;\r\n ${section}`;
        column = section.length + 1;
      } else {
        lines += `; ${section}`;
        column += section.length + 2;
      }
    }
  }
  return `${lines}\r\n`;
}

/** Tells whether a value can be written without RFC 2231. One that looks encoded already cannot: some would decode it. */
export function isPlainValue(name: string, value: string): boolean {
  return isAscii(value) && !looksDecodable(value) && name.length + quoted(value).length + 3 <= LINE_LENGTH;
}

/** An encoded word, or `charset'language'text` as RFC 2231 writes it. */
function looksDecodable(value: string): boolean {
  return looksEncoded(value) || /^[^']+'[^']*'/.test(value);
}

function sections(name: string, value: string): readonly string[] {
  if (value !== "" && name.length + value.length < LINE_LENGTH - 3 && BARE.test(value)) {
    return [`${name}=${value}`];
  }
  return isPlainValue(name, value) ? [`${name}=${quoted(value)}`] : extended(name, value);
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** RFC 2231 sections 3 and 4: percent-encoded UTF-8, in numbered sections when one line cannot hold it. */
function extended(name: string, value: string): readonly string[] {
  const whole = `${name}*=utf-8''${percentEncode(value)}`;
  if (whole.length + 2 <= LINE_LENGTH) return [whole];
  const parts: string[] = [];
  let part = `${name}*0*=utf-8''`;
  for (const char of value) {
    const encoded = percentEncode(char);
    if (part.length + encoded.length + 2 > LINE_LENGTH) {
      parts.push(part);
      part = `${name}*${parts.length}*=`;
    }
    part += encoded;
  }
  parts.push(part);
  return parts;
}

/** `attribute-char` of RFC 2231 section 7 stays, every other octet is `%XX`. */
function percentEncode(text: string): string {
  let encoded = "";
  for (const octet of utf8View(text)) {
    const char = String.fromCharCode(octet);
    encoded += /[A-Za-z0-9!#$&+\-.^_`{|}~]/.test(char) ? char : `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
