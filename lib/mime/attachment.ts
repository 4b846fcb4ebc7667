/**
 * Attachments: files beside the text, and parts that the HTML shows by their content identifier.
 *
 * @module
 */
import { isAscii } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import { type ContentType, guessType, parseContentType } from "./content_type.ts";
import { checkFieldText } from "./field.ts";
import { checkContentId } from "./message_id.ts";
import { ownKeys } from "./own_keys.ts";
import { isPlainValue, type Parameter, parameterField } from "./parameter.ts";
import { binaryPart, messagePart, type Part } from "./part.ts";
import { type ContentInput, type Source, toSource } from "./source.ts";

/** A file, or a part that the HTML shows. */
export interface Attachment {
  /** The name that the recipient sees: any text without control characters, and never looked at as a path. */
  readonly filename?: string;
  /** Text (sent as UTF-8), octets, or where to read them. A stream is read once; a source as often as it is sent. */
  readonly content: ContentInput;
  /** Such as `text/csv; header=present`. Default: by the filename's extension, else `application/octet-stream`. */
  readonly contentType?: string;
  /** Content identifier such as `logo` or `logo@example.com`; the HTML shows the part as `cid:logo`. */
  readonly cid?: string;
  /** Default: `inline` with a `cid`, otherwise `attachment`. */
  readonly disposition?: "attachment" | "inline";
}

const KEYS = {
  filename: undefined,
  content: undefined,
  contentType: undefined,
  cid: undefined,
  disposition: undefined,
};

/** Characters of a filename. */
const FILENAME_LIMIT = 4_096;

/** An attachment as part of the message. */
export interface AttachedPart {
  readonly part: Part;
  /** Whether the HTML can show it: it has a content identifier. */
  readonly related: boolean;
}

/**
 * Checks an attachment and makes its part.
 *
 * @throws {InputError}
 */
export function attachedPart(input: unknown, place: string): AttachedPart {
  const own = ownKeys(input, { place, what: "an attachment", keys: KEYS });
  const source = toSource(own.content, `${place}.content`);
  const filename = own.filename === undefined ? undefined : checkFilename(own.filename, `${place}.filename`);
  const type = own.contentType === undefined
    ? { type: guessType(filename), parameters: [] }
    : parseContentType(own.contentType, `${place}.contentType`);
  const cid = own.cid === undefined ? undefined : checkContentId(own.cid, `${place}.cid`);
  const disposition = own.disposition ?? (cid === undefined ? "attachment" : "inline");
  if (disposition !== "attachment" && disposition !== "inline") {
    throw new InputError(`${place}.disposition`, "must be attachment or inline");
  }
  const parameters = withCharset(type, { isText: typeof own.content === "string", source, place });
  const head = parameterField(`Content-Type: ${type.type}`, withName(parameters, filename)) +
    parameterField(`Content-Disposition: ${disposition}`, filename === undefined ? [] : [["filename", filename]]) +
    (cid === undefined ? "" : `Content-ID: <${cid}>\r\n`);
  return { part: encodedPart(head, source, { type: type.type, place }), related: cid !== undefined };
}

function checkFilename(value: unknown, place: string): string {
  const filename = checkFieldText(value, place);
  if (filename === "" || filename.length > FILENAME_LIMIT) {
    throw new InputError(place, `must have 1 to ${FILENAME_LIMIT} characters`);
  }
  return filename;
}

/** Text is sent as UTF-8, so its type must not say otherwise. */
function withCharset(
  type: ContentType,
  about: { readonly isText: boolean; readonly source: Source; readonly place: string },
): readonly Parameter[] {
  if (!about.isText || !type.type.startsWith("text/")) return type.parameters;
  const charset = type.parameters.find(([name]) => name === "charset")?.[1].toLowerCase();
  if (charset === undefined) return [...type.parameters, ["charset", "utf-8"]];
  const fits = charset === "utf-8" || (charset === "us-ascii" && isAscii(about.source.octets!));
  if (!fits) {
    throw new InputError(`${about.place}.contentType`, "text is sent as UTF-8: for another charset give octets");
  }
  return type.parameters;
}

/**
 * The fallback for readers that do not know RFC 2231: the old `name` of the content type, in ASCII. It does not stand beside
 * `filename` in the disposition, where readers that meet two names disagree which one counts.
 */
function withName(parameters: readonly Parameter[], filename: string | undefined): readonly Parameter[] {
  if (filename === undefined || isPlainValue("filename", filename)) return parameters;
  if (parameters.some(([name]) => name === "name")) return parameters;
  const fallback = filename.replace(/[^ -~]+|=\?|'/g, "_");
  return isPlainValue("name", fallback) ? [...parameters, ["name", fallback]] : parameters;
}

function encodedPart(head: string, source: Source, about: { readonly type: string; readonly place: string }): Part {
  if (about.type.startsWith("multipart/")) {
    throw new InputError(
      `${about.place}.contentType`,
      "an attachment cannot be multipart: its parts are not known here",
    );
  }
  // RFC 2046 sections 5.2.1 to 5.2.3: these are never encoded.
  if (!/^message\/(?:rfc822|partial|external-body)$/.test(about.type)) return binaryPart(head, source);
  if (source.octets === undefined) {
    throw new InputError(`${about.place}.content`, `must be in memory for ${about.type}, which may not be encoded`);
  }
  return messagePart(head, source, `${about.place}.content`);
}
