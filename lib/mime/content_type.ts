/**
 * Content types (RFC 2045 section 5.1) that a caller gives as text, and the few that are guessed from a file's name.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { checkFieldText } from "./field.ts";
import type { Parameter } from "./parameter.ts";

/** A content type, taken apart. */
export interface ContentType {
  /** In lower case, such as `text/plain`. */
  readonly type: string;
  /** In the caller's order, names in lower case. */
  readonly parameters: readonly Parameter[];
}

/** `type "/" subtype`, each as RFC 6838 section 4.2 restricts registered names. */
const TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
/** A parameter's name: `attribute-char` of RFC 2231 section 7. */
const NAME = /^[A-Za-z0-9!#$&+\-.^_`{|}~]{1,60}$/;

/**
 * Parses `type/subtype; name=value; name="value"`, without comments. Values may hold any text without control characters; how
 * they are encoded is not the caller's business, so a name with `*` (RFC 2231) is refused.
 *
 * @throws {InputError}
 */
export function parseContentType(value: unknown, place: string): ContentType {
  const text = checkFieldText(value, place);
  const typeEnd = text.indexOf(";") === -1 ? text.length : text.indexOf(";");
  const type = text.slice(0, typeEnd).trim().toLowerCase();
  if (!TYPE.test(type)) throw new InputError(place, "must begin with a type such as text/plain", 0);
  const parameters: Parameter[] = [];
  let at = typeEnd;
  while (at < text.length) {
    // Here stands a semicolon.
    const equals = text.indexOf("=", at);
    const name = text.slice(at + 1, equals === -1 ? text.length : equals).trim().toLowerCase();
    if (equals === -1 || !NAME.test(name)) throw new InputError(place, "must have name=value after each semicolon", at);
    if (parameters.some(([other]) => other === name)) throw new InputError(place, "names a parameter twice", at);
    const found = parseValue(text, equals + 1);
    if (found === undefined) {
      throw new InputError(place, "has a value that is no token and no quoted string", equals + 1);
    }
    parameters.push([name, found.value]);
    at = found.end;
  }
  return { type, parameters };
}

/** Reads a token or quoted string and the blanks after it; it has to end at a semicolon or with the text. */
function parseValue(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  if (text[from] !== '"') {
    const semicolon = text.indexOf(";", from);
    const end = semicolon === -1 ? text.length : semicolon;
    const value = text.slice(from, end).trimEnd();
    return /^[^\s"(),/:;<=>?@[\\\]]+$/.test(value) ? { value, end } : undefined;
  }
  let value = "";
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\") at++;
    value += text[at] ?? "";
  }
  if (at >= text.length) return undefined;
  do at++; while (text[at] === " ");
  return at === text.length || text[at] === ";" ? { value, end: at } : undefined;
}

/** What files of these names usually are; a caller who knows better says so. */
const BY_EXTENSION: { readonly [extension: string]: string } = Object.assign(Object.create(null), {
  avif: "image/avif",
  bmp: "image/bmp",
  css: "text/css",
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  epub: "application/epub+zip",
  gif: "image/gif",
  gz: "application/gzip",
  htm: "text/html",
  html: "text/html",
  ics: "text/calendar",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  odp: "application/vnd.oasis.opendocument.presentation",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  odt: "application/vnd.oasis.opendocument.text",
  pdf: "application/pdf",
  png: "image/png",
  ppt: "application/vnd.ms-powerpoint",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  rtf: "application/rtf",
  svg: "image/svg+xml",
  tar: "application/x-tar",
  tif: "image/tiff",
  tiff: "image/tiff",
  txt: "text/plain",
  vcf: "text/vcard",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  xml: "application/xml",
  zip: "application/zip",
});

/** Guesses the type of a file from its name's extension; `application/octet-stream` when it is not known. */
export function guessType(filename: string | undefined): string {
  const dot = filename?.lastIndexOf(".") ?? -1;
  const extension = dot === -1 ? "" : filename!.slice(dot + 1).toLowerCase();
  return BY_EXTENSION[extension] ?? "application/octet-stream";
}
