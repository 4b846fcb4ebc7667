/**
 * One leaf of a message: its own fields, and its body in the transfer encoding that fits (RFC 2045).
 *
 * @module
 */
import { isAscii, utf8View } from "../bytes/ascii.ts";
import { textToCrlf } from "../bytes/line_ends.ts";
import { encodeQuotedPrintable } from "../bytes/quoted_printable.ts";
import { LINE_LIMIT } from "./field.ts";
import type { SharedBody } from "./shared_body.ts";
import type { MemorySource, Source, StreamSource } from "./source.ts";

/** Octets that are encoded as base64 when they are written. */
export interface Base64Body {
  readonly base64: Source;
}

/** Octets that are written as they are. */
export interface BinaryBody {
  readonly binary: Source;
}

/** A message that is read when it is written: its lines are mended then, and held against what a message may hold. */
export interface LinesBody {
  readonly lines: StreamSource;
  /** Octets that mending leaves, where that is known. */
  readonly size: number | undefined;
}

/** A body in base64, now or later. */
export type EncodedBody = Base64Body | SharedBody;

/**
 * Text as it stands, octets as they stand, or what is still to be encoded or read. All but what is encoded may lack a last
 * CRLF.
 */
export type Body = string | Uint8Array | EncodedBody | BinaryBody | LinesBody;

/** A leaf. */
export interface Part {
  /** Its `Content-` fields, each with its CRLF, without the next. */
  readonly head: string;
  /** `Content-Transfer-Encoding` (RFC 2045 section 6); `8bit` needs 8BITMIME, `binary` BINARYMIME. */
  readonly encoding: "7bit" | "8bit" | "quoted-printable" | "base64" | "binary";
  /** A string is ASCII unless the encoding is `8bit`. */
  readonly body: Body;
  /** Whether octets above 127 may stand in it or not: that is seen when it is read. */
  readonly uncertain: boolean;
  /** Whether it is a message whose fields hold UTF-8. */
  readonly smtpUtf8: boolean;
  /** Text outside ASCII as it stands, for the forms that take it; its lines may turn out to be too long for that. */
  readonly plain: string | SharedBody | undefined;
  /** What stands for the body where nothing has to be encoded (BINARYMIME, RFC 3030). */
  readonly raw: BinaryBody | SharedBody | undefined;
}

/** Makes a leaf that has all keys itself: none is looked for in a prototype. (Spread over it, they took half of composing.) */
export function leaf(
  { head, encoding, body }: Pick<Part, "head" | "encoding" | "body">,
  plain: Part["plain"] = undefined,
  raw: Part["raw"] = undefined,
): Part {
  return { head, encoding, body, uncertain: false, smtpUtf8: false, plain, raw };
}

/** A text in the encoding that fits. */
export interface BodyText {
  readonly encoding: "7bit" | "quoted-printable" | "base64";
  readonly body: string | EncodedBody;
  readonly plain: string | SharedBody | undefined;
  /** Parameters of its type, such as `; format=flowed`. */
  readonly parameters: string | undefined;
}

/** Makes a part of text in UTF-8, its type with further parameters if any. */
export function textPart(type: `text/${string}`, text: string | BodyText, parameters = ""): Part {
  const isNew = typeof text === "string";
  const { encoding, body, plain } = isNew ? encodeText(textToCrlf(text)) : text;
  const own = isNew ? parameters : text.parameters ?? parameters;
  return leaf({ head: `Content-Type: ${type}; charset=utf-8${own}\r\n`, encoding, body }, plain);
}

/** As {@link BodyText}, with its octets in memory. */
export interface EncodedText extends Omit<BodyText, "parameters"> {
  readonly body: string | { readonly base64: MemorySource };
  readonly plain: string | undefined;
}

/**
 * Chooses the encoding of text: as it stands when it is ASCII without NUL in lines of at most 998, otherwise
 * quoted-printable, or base64 where that is shorter.
 *
 * @param text lines ended by CRLF
 */
export function encodeText(text: string): EncodedText {
  if (isAscii(text) && !text.includes("\0") && hasShortLines(text)) {
    return { encoding: "7bit", body: text, plain: undefined };
  }
  const octets = utf8View(text);
  // Above this share, four characters for each three octets are fewer.
  const body = encodeQuotedPrintable(octets, octets.length / 6);
  return body === undefined
    ? { encoding: "base64", body: { base64: { octets: octets.slice() } }, plain: text }
    : { encoding: "quoted-printable", body, plain: text };
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

/** Tells whether text can leave as it is where octets above 127 can: no NUL, and lines of at most 998 octets. */
export function isEightBitText(text: string): boolean {
  if (text.includes("\0")) return false;
  for (let from = 0; from < text.length;) {
    const found = text.indexOf("\r\n", from);
    const end = found === -1 ? text.length : found;
    const length = end - from;
    // A character has at most three octets for each of its UTF-16 code units.
    if (length > LINE_LIMIT || (length * 3 > LINE_LIMIT && utf8View(text.slice(from, end)).length > LINE_LIMIT)) {
      return false;
    }
    from = end + 2;
  }
  return true;
}

/** Makes a part of any octets. */
export function binaryPart(head: string, source: Source): Part {
  return leaf({ head, encoding: "base64", body: { base64: source } }, undefined, { binary: source });
}
