/**
 * MIME entities as octets: their `Content-` fields, an empty line, their body, each line ended by CRLF (RFC 2045 section 2.4).
 * It is the form in which S/MIME and OpenPGP take what they sign or encrypt, and give back what they made of it.
 *
 * @module
 */
import { concat, encodeUtf8, isAscii } from "../bytes/ascii.ts";
import { encodeBase64Lines } from "../bytes/base64.ts";
import { textToCrlf } from "../bytes/line_ends.ts";
import { InputError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import { withCharset } from "./attachment.ts";
import { headerSection } from "./blind_copies.ts";
import { boundaries } from "./boundary.ts";
import { parseContentType } from "./content_type.ts";
import { checkFieldText, LINE_LIMIT, unstructuredField } from "./field.ts";
import { unencodedPart } from "./message_lines.ts";
import { type Parameter, parameterField } from "./parameter.ts";
import { type Body, encodeText } from "./part.ts";
import { checkBodyText, type MemorySource } from "./source.ts";

/** What an entity says beside its type. */
export interface EntityOptions {
  /** Content-Disposition (RFC 2183); left out by default. */
  readonly disposition?: "attachment" | "inline";
  /** The name that the recipient sees. */
  readonly filename?: string;
  /** `Content-Description` (RFC 2045 section 8). */
  readonly description?: string;
}

const KEYS: KeysOf<EntityOptions> = { disposition: undefined, filename: undefined, description: undefined };

/**
 * Makes an entity of text or octets. Text is UTF-8, in the encoding that fits, and a `text` type says so (`charset`, RFC 2046
 * section 4.1.2); octets are in base64. A `message/rfc822` is never encoded, and its `Bcc` fields are left out.
 *
 * @param contentType such as `application/pkcs7-mime; smime-type=enveloped-data`
 * @throws {InputError} also for text with a type that names another charset
 */
export function mimeEntity(
  contentType: string,
  content: string | Uint8Array,
  options: EntityOptions = {},
): Uint8Array<ArrayBuffer> {
  const type = parseContentType(contentType, "contentType");
  if (type.type.startsWith("multipart/")) {
    throw new InputError("contentType", "of several entities is made by multipart()");
  }
  const source = memorySource(content);
  const isText = typeof content === "string";
  const { disposition, filename, description } = given(options, { place: "options", what: "an entity", keys: KEYS });
  let head = parameterField(`Content-Type: ${type.type}`, withCharset(type, { isText, source, place: "contentType" }));
  if (disposition !== undefined || filename !== undefined) {
    const kind = disposition ?? "attachment";
    if (kind !== "attachment" && kind !== "inline") {
      throw new InputError("disposition", "must be attachment or inline");
    }
    const name: readonly Parameter[] = filename === undefined
      ? []
      : [["filename", checkFieldText(filename, "filename")]];
    head += parameterField(`Content-Disposition: ${kind}`, name);
  }
  if (description !== undefined) {
    head += unstructuredField("Content-Description", checkFieldText(description, "description"), "description");
  }
  const part = unencodedPart("", source, { type: type.type, place: "content" });
  const { encoding, body } = part === undefined ? encoded(content) : { ...part, body: withLastLine(part.body) };
  return concat([encodeUtf8(`${head}Content-Transfer-Encoding: ${encoding}\r\n\r\n`), body]);
}

function memorySource(content: unknown): MemorySource {
  if (content instanceof Uint8Array) return { octets: content };
  if (typeof content !== "string") throw new InputError("content", "must be a string or a Uint8Array");
  return { octets: encodeUtf8(checkBodyText(content, "content")) };
}

function encoded(content: string | Uint8Array): { readonly encoding: string; readonly body: Uint8Array } {
  if (typeof content !== "string") return { encoding: "base64", body: encodeBase64Lines(content) };
  const { encoding, body } = encodeText(textToCrlf(content));
  return {
    encoding,
    body: typeof body === "string" ? withLastLine(encodeUtf8(body)) : encodeBase64Lines(body.base64.octets),
  };
}

/** What was in memory is there still, and is octets where it may not be encoded. */
function withLastLine(body: Body): Uint8Array {
  const octets = body as Uint8Array;
  return octets.length === 0 || octets[octets.length - 1] === LF ? octets : concat([octets, encodeUtf8("\r\n")]);
}

/**
 * Makes an entity of several (RFC 2046 section 5.1), which stand in it octet by octet as they are given.
 *
 * @param contentType such as `multipart/signed; micalg=sha-256; protocol="application/pkcs7-signature"`, without boundary
 * @throws {InputError} also for an entity that is none, see {@link Transform}
 */
export function multipart(contentType: string, entities: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const { type, parameters } = parseContentType(contentType, "contentType");
  if (!type.startsWith("multipart/")) throw new InputError("contentType", "must be multipart/…");
  if (parameters.some(([name]) => name === "boundary")) {
    throw new InputError(
      "contentType",
      "must not name the boundary: it is drawn so that it stands in none of the entities",
    );
  }
  if (!Array.isArray(entities) || entities.length === 0) {
    throw new InputError("entities", "must be an array of at least one");
  }
  let isEightBit = false;
  for (const [index, entity] of entities.entries()) {
    if (checkEntity(entity, `entities[${index}]`) === "8bit") isEightBit = true;
  }
  const boundary = boundaries(entities)();
  const encoding = isEightBit ? "Content-Transfer-Encoding: 8bit\r\n" : "";
  const head = parameterField(`Content-Type: ${type}`, [...parameters, ["boundary", boundary]]) + encoding;
  const pieces = [encodeUtf8(head)];
  // The CRLF before a delimiter belongs to the delimiter, so that each entity stands there as it was given.
  for (const entity of entities) pieces.push(encodeUtf8(`\r\n--${boundary}\r\n`), entity);
  return concat([...pieces, encodeUtf8(`\r\n--${boundary}--\r\n`)]);
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Checks octets that are to stand as an entity.
 *
 * @returns whether they need 8BITMIME
 * @throws {InputError} other fields than `Content-` ones, `Content-Type` twice, a line that is not ended by CRLF or has more
 *   than 998 octets, a NUL
 */
export function checkEntity(entity: unknown, place: string): "7bit" | "8bit" {
  if (!(entity instanceof Uint8Array)) throw new InputError(place, "must be the octets of an entity, a Uint8Array");
  for (let from = 0; from < entity.length;) {
    let at = from;
    while (at < entity.length && entity[at] !== CR && entity[at] !== LF && entity[at] !== 0) at++;
    if (at < entity.length && !(entity[at] === CR && entity[at + 1] === LF)) {
      throw new InputError(place, entity[at] === 0 ? "cannot hold NUL" : "every line must be ended by CRLF", at);
    }
    if (at - from > LINE_LIMIT) throw new InputError(place, `has a line of more than ${LINE_LIMIT} octets`, from);
    from = at + 2;
  }
  const fields = headerSection(entity);
  checkFields(fields, place);
  if (fields.length === entity.length) throw new InputError(place, "must have an empty line behind its fields");
  return isAscii(entity) ? "7bit" : "8bit";
}

function checkFields(section: Uint8Array, place: string): void {
  const seen = new Set<string>();
  for (const { name, begin } of eachField(section)) {
    if (!name.startsWith("content-")) throw new InputError(place, "has another field than Content- ones", begin);
    if (seen.has(name)) throw new InputError(place, `has ${name} twice`, begin);
    seen.add(name);
  }
  const at = section.findIndex((octet) => octet > 0x7e);
  if (at !== -1) throw new InputError(place, "has a field that is not ASCII", at);
}

/** A field of a header section. */
export interface FieldSpan {
  /** In lower case; empty where there is no colon. */
  readonly name: string;
  readonly begin: number;
  /** Behind its last CRLF. */
  readonly end: number;
}

/** The fields of a header section whose lines are ended by CRLF. */
export function* eachField(section: Uint8Array): Generator<FieldSpan, void> {
  for (let begin = 0; begin < section.length;) {
    let end = begin;
    do {
      const lineEnd = section.indexOf(LF, end);
      end = lineEnd === -1 ? section.length : lineEnd + 1;
    } while (section[end] === 0x20 || section[end] === 0x09);
    const colon = section.subarray(begin, end).indexOf(0x3a);
    const name = String.fromCharCode(...section.subarray(begin, begin + Math.max(0, Math.min(colon, 100))));
    yield { name: name.trimEnd().toLowerCase(), begin, end };
    begin = end;
  }
}
