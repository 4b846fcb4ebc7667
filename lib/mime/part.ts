/**
 * One leaf of a message: its own fields, and its body in the transfer encoding that fits (RFC 2045).
 *
 * @module
 */
import { isAscii, utf8View } from "../bytes/ascii.ts";
import { textToCrlf, toCrlf } from "../bytes/line_ends.ts";
import { encodeQuotedPrintable } from "../bytes/quoted_printable.ts";
import { InputError } from "../errors.ts";
import { LINE_LIMIT } from "./field.ts";
import type { SharedBody } from "./shared_body.ts";
import type { MemorySource, Source } from "./source.ts";

/** Octets that are encoded as base64 when they are written. */
export interface Base64Body {
  readonly base64: Source;
}

/** Octets that are written as they are. */
export interface BinaryBody {
  readonly binary: Source;
}

/** A body in base64, now or later. */
export type EncodedBody = Base64Body | SharedBody;

/** ASCII text as it stands, octets as they stand, or what is still to be encoded. All but the last may lack a last CRLF. */
export type Body = string | Uint8Array | EncodedBody;

/** A leaf. */
export interface Part {
  /** Its `Content-` fields, each with its CRLF, without the next. */
  readonly head: string;
  /** `Content-Transfer-Encoding` (RFC 2045 section 6); `8bit` needs 8BITMIME. */
  readonly encoding: "7bit" | "8bit" | "quoted-printable" | "base64";
  readonly body: Body;
  /** What stands for the body where nothing has to be encoded (BINARYMIME, RFC 3030). */
  readonly raw?: BinaryBody | SharedBody;
}

/** A text in the encoding that fits. */
export interface BodyText {
  readonly encoding: "7bit" | "quoted-printable" | "base64";
  readonly body: string | EncodedBody;
}

/** Makes a part of text: `text/plain` or `text/html`, UTF-8. */
export function textPart(type: "text/plain" | "text/html", text: string | BodyText): Part {
  const { encoding, body } = typeof text === "string" ? encodeText(textToCrlf(text)) : text;
  return { head: `Content-Type: ${type}; charset=utf-8\r\n`, encoding, body };
}

/**
 * Chooses the encoding of text: as it stands when it is ASCII without NUL in lines of at most 998, otherwise
 * quoted-printable, or base64 where that is shorter.
 *
 * @param text lines ended by CRLF
 */
export function encodeText(
  text: string,
): { readonly encoding: BodyText["encoding"]; readonly body: string | { readonly base64: MemorySource } } {
  if (isAscii(text) && !text.includes("\0") && hasShortLines(text)) return { encoding: "7bit", body: text };
  const octets = utf8View(text);
  // Above this share, four characters for each three octets are fewer.
  const body = encodeQuotedPrintable(octets, octets.length / 6);
  return body === undefined
    ? { encoding: "base64", body: { base64: { octets: octets.slice() } } }
    : { encoding: "quoted-printable", body };
}

function hasShortLines(text: string): boolean {
  let from = 0;
  while (text.length - from > LINE_LIMIT) {
    // The last line end within the limit: a step skips as many short lines as fit.
    const end = text.lastIndexOf("\r\n", from + LINE_LIMIT);
    if (end < from) return false;
    from = end + 2;
  }
  return true;
}

/** Makes a part of any octets. */
export function binaryPart(head: string, source: Source): Part {
  return { head, encoding: "base64", body: { base64: source }, raw: { binary: source } };
}

/**
 * Makes a part that must not be encoded: a `message/rfc822` and its kind (RFC 2046 section 5.2.1). Its line ends become CRLF.
 *
 * @throws {InputError} a NUL, or a line of more than 998 octets
 */
export function messagePart(head: string, source: MemorySource, place: string): Part {
  const body = toCrlf(source.octets);
  if (body.includes(0)) throw new InputError(place, "a message as attachment cannot hold NUL");
  for (let from = 0; body.length - from > LINE_LIMIT;) {
    const end = body.indexOf(0x0d, from);
    if ((end === -1 ? body.length : end) - from > LINE_LIMIT) {
      throw new InputError(place, `a message as attachment cannot hold a line of more than ${LINE_LIMIT} octets`);
    }
    if (end === -1) break;
    from = end + 2;
  }
  return { head, encoding: isAscii(body) ? "7bit" : "8bit", body };
}
