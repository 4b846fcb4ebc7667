/**
 * Attachments: files beside the text, parts that the HTML shows by their content identifier, and messages that are passed on.
 *
 * @module
 */
import { isAscii } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import { type ContentType, guessType, parseContentType } from "./content_type.ts";
import { type BodyContext, enclosed, type MessageToEnclose } from "./enclosed.ts";
import { checkFieldText } from "./field.ts";
import { loadedSource } from "./loader.ts";
import type { CustomFields } from "./message.ts";
import { checkContentId } from "./message_id.ts";
import { unencodedPart } from "./message_lines.ts";
import { given } from "../given.ts";
import { isPlainValue, type Parameter, parameterField } from "./parameter.ts";
import { binaryPart, type Part } from "./part.ts";
import { partFields } from "./part_fields.ts";
import { type ContentInput, type Source, toSource } from "./source.ts";
import type { Entity } from "./structure.ts";

/** What an attachment says beside its content. */
export interface AttachmentAbout {
  /**
   * The name that the recipient sees: any text without control characters, and never looked at as a path. Default: that of
   * a `File`, or the last component of a path or URL.
   */
  readonly filename?: string;
  /**
   * Such as `text/csv; header=present`. Default: that of a `Blob`, else by the filename's extension, else
   * `application/octet-stream`.
   */
  readonly contentType?: string;
  /**
   * Content identifier such as `logo` or `logo@example.com`, once in a message; the HTML shows the part as `cid:logo`. The
   * part stands beside the HTML then (`multipart/related`).
   */
  readonly cid?: string;
  /** Default: `inline` with a `cid`, otherwise `attachment`. */
  readonly disposition?: "attachment" | "inline";
  /** Of what it is, for people (`Content-Description`, RFC 2045 section 8). */
  readonly description?: string;
  /** Further fields of the part, such as `Content-Language`; none that its other keys write. */
  readonly headers?: CustomFields;
}

/** A file, or a part that the HTML shows. */
export interface Attachment extends AttachmentAbout {
  /** Text (sent as UTF-8), octets, or where to read them. A stream is read once; a source as often as it is sent. */
  readonly content: ContentInput;
}

/**
 * A message that is passed on as it is, as `message/rfc822` (RFC 2046 section 5.2.1), which is never encoded: `message/global`
 * (RFC 6532) where fields of a message composed here hold UTF-8, which then needs SMTPUTF8. Its `Bcc` fields are left out, its
 * line ends become CRLF; a NUL and a line of more than 998 octets are refused, in a stream while it is read. It has
 * neither `contentType` nor `cid`.
 */
export interface AttachedMessage extends Omit<AttachmentAbout, "contentType" | "cid"> {
  /** To be composed, composed already, or its octets: its envelope is not asked. */
  readonly message: MessageToEnclose;
}

/** An attachment that a loader opens (`compose(message, { load })`); without one it is refused. */
export type NamedAttachment = AttachmentAbout & ({ readonly path: string } | { readonly url: string });

const keys = () => ({
  filename: undefined,
  content: undefined,
  message: undefined,
  contentType: undefined,
  cid: undefined,
  disposition: undefined,
  description: undefined,
  headers: undefined,
});

/** Without a loader these are keys that nobody knows. */
const loadedKeys = () => ({ ...keys(), path: undefined, url: undefined });

type Own = { readonly [key in keyof ReturnType<typeof loadedKeys>]: unknown };

/** Characters of a filename. */
const FILENAME_LIMIT = 4_096;

/** An attachment as part of the message. */
export interface AttachedPart {
  readonly part: Entity;
  /** With one, the HTML can show it. */
  readonly cid: string | undefined;
}

/**
 * Checks an attachment and makes its part.
 *
 * @throws {InputError}
 */
export function attachedPart(input: unknown, place: string, context: BodyContext): AttachedPart {
  const isPlain = context.load === undefined;
  const own = given(input, { place, what: "an attachment", keys: isPlain ? keys : loadedKeys }) as Own;
  if (!isPlain || own.message !== undefined) {
    requireOneContent(own, place, isPlain ? ["message"] : ["message", ...NAMES]);
  }
  return own.message === undefined ? contentPart(own, place, context) : forwardedPart(own, place, context);
}

/** How content is named that a loader opens. Where there is none, an attachment has no such keys, and none is asked for. */
const NAMES = ["path", "url"] as const;

function requireOneContent(own: Own, place: string, others: readonly ("message" | typeof NAMES[number])[]): void {
  const given = (["content", ...others] as const).filter((key) => own[key] !== undefined);
  if (given.length > 1) throw new InputError(`${place}.${given[1]}`, `cannot stand beside ${given[0]}`);
}

function contentPart(own: Own, place: string, context: BodyContext): AttachedPart {
  const { source, filename: named } = sourceOf(own, place, context);
  const filename = own.filename === undefined ? named : checkFilename(own.filename, `${place}.filename`);
  const type = typeOf(own, { filename, place });
  const cid = own.cid === undefined ? undefined : checkContentId(own.cid, `${place}.cid`);
  const isText = typeof own.content === "string";
  const parameters = withCharset(type, { isText, source, place: `${place}.contentType` });
  const head = parameterField(`Content-Type: ${type.type}`, withName(parameters, filename)) +
    dispositionField(own, { filename, place, cid }) + (cid === undefined ? "" : `Content-ID: <${cid}>\r\n`) +
    partFields(own, place);
  return { part: encodedPart(head, source, { type: type.type, place }), cid };
}

function forwardedPart(own: Own, place: string, context: BodyContext): AttachedPart {
  for (const key of ["contentType", "cid"] as const) {
    if (own[key] !== undefined) throw new InputError(`${place}.${key}`, "is not for a message");
  }
  const filename = own.filename === undefined ? undefined : checkFilename(own.filename, `${place}.filename`);
  const fields = dispositionField(own, { filename, place, cid: undefined }) + partFields(own, place);
  return { part: enclosed(own.message, { place: `${place}.message`, fields }, context), cid: undefined };
}

/** Where the content is read from, and the name that comes with it. */
function sourceOf(own: Own, place: string, context: BodyContext): { source: Source; filename: string | undefined } {
  const { load } = context;
  const kind = load === undefined ? undefined : NAMES.find((name) => own[name] !== undefined);
  if (load !== undefined && kind !== undefined) {
    const at = `${place}.${kind}`;
    const { source, filename } = loadedSource(load, kind, { reference: own[kind], place: at });
    return {
      source,
      filename: own.filename !== undefined || filename === undefined ? undefined : checkFilename(filename, at),
    };
  }
  const { content } = own;
  const source = toSource(content, `${place}.content`);
  const name = own.filename === undefined && content instanceof Blob && "name" in content ? content.name : undefined;
  return {
    source,
    filename: name === undefined || name === "" ? undefined : checkFilename(name, `${place}.content.name`),
  };
}

function typeOf(
  own: Own,
  { filename, place }: { readonly filename: string | undefined; readonly place: string },
): ContentType {
  if (own.contentType !== undefined) return parseContentType(own.contentType, `${place}.contentType`);
  const { content } = own;
  if (content instanceof Blob && content.type !== "") return parseContentType(content.type, `${place}.content.type`);
  return { type: guessType(filename), parameters: [] };
}

function dispositionField(
  own: Own,
  { filename, place, cid }: {
    readonly filename: string | undefined;
    readonly place: string;
    readonly cid: string | undefined;
  },
): string {
  const disposition = own.disposition ?? (cid === undefined ? "attachment" : "inline");
  if (disposition !== "attachment" && disposition !== "inline") {
    throw new InputError(`${place}.disposition`, "must be attachment or inline");
  }
  return parameterField(`Content-Disposition: ${disposition}`, filename === undefined ? [] : [["filename", filename]]);
}

function checkFilename(value: unknown, place: string): string {
  const filename = checkFieldText(value, place);
  if (filename === "" || filename.length > FILENAME_LIMIT) {
    throw new InputError(place, `must have 1 to ${FILENAME_LIMIT} characters`);
  }
  return filename;
}

/** Text is sent as UTF-8, so its type, which was given at `place`, must not say otherwise. */
export function withCharset(
  type: ContentType,
  about: { readonly isText: boolean; readonly source: Source; readonly place: string },
): readonly Parameter[] {
  if (!about.isText || !type.type.startsWith("text/")) return type.parameters;
  const charset = type.parameters.find(([name]) => name === "charset")?.[1].toLowerCase();
  if (charset === undefined) return [...type.parameters, ["charset", "utf-8"]];
  const fits = charset === "utf-8" || (charset === "us-ascii" && isAscii(about.source.octets!));
  if (!fits) {
    throw new InputError(about.place, "text is sent as UTF-8: for another charset give octets");
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

/**
 * Makes a part of content of a type.
 *
 * @throws {InputError} a type of which the parts are not known, or that may not be encoded
 */
export function encodedPart(
  head: string,
  source: Source,
  about: { readonly type: string; readonly place: string },
): Part {
  if (about.type.startsWith("multipart/")) {
    throw new InputError(
      `${about.place}.contentType`,
      "an attachment cannot be multipart: its parts are not known here",
    );
  }
  return unencodedPart(head, source, { type: about.type, place: `${about.place}.content` }) ?? binaryPart(head, source);
}
