/**
 * How a message's parts are nested (RFC 2046 section 5.1, RFC 2387), and the whole as pieces in their order.
 *
 *     multipart/mixed                what else is attached
 *       multipart/alternative        the same in several types, the best last
 *         text/plain
 *         multipart/related          html and what it shows by cid
 *           text/html
 *           image/png
 *       application/pdf
 *       message/rfc822               a message that is passed on
 *
 * A level with one child is left out.
 *
 * @module
 */
import { has } from "../given.ts";
import type { AttachedPart } from "./attachment.ts";
import { boundaries } from "./boundary.ts";
import { type Base64Body, type BinaryBody, type Body, type LinesBody, type Part, textPart } from "./part.ts";
import { SharedBody } from "./shared_body.ts";

/** A run of octets of the message: text, octets, or what is still to be encoded or read. */
export type Piece = string | Uint8Array | Base64Body | BinaryBody | LinesBody | SharedBody;

/** Parts in parts. */
interface Multipart {
  /** Such as `multipart/related; type="text/html"`. */
  readonly type: string;
  readonly children: readonly Entity[];
  /** Drawn when it is first laid out: the same in every form. */
  boundary: string | undefined;
}

/** A message as a part. */
export interface Enclosed {
  /** The part's own fields, each with its CRLF, without `Content-Transfer-Encoding`. */
  readonly head: string;
  /** The message's fields that are not about its content, each with its CRLF. */
  readonly fields: string;
  /** Whether these hold UTF-8. */
  readonly smtpUtf8: boolean;
  readonly message: Entity;
}

/** A part, or parts in parts. */
export type Entity = Part | Multipart | Enclosed;

/** Nests the parts of a message; without any it is an empty text. */
export function nest(parts: {
  readonly text: Part | undefined;
  /** What stands between text and html. */
  readonly between: readonly Part[];
  readonly html: Part | undefined;
  /** What stands behind html. */
  readonly behind: readonly Part[];
  readonly attached: readonly AttachedPart[];
}): Entity {
  const { text, between, html, behind, attached } = parts;
  const isSingle = between.length === 0 && behind.length === 0 && (text === undefined || html === undefined);
  if (attached.length === 0 && isSingle) return text ?? html ?? textPart("text/plain", "");
  const isShown = (one: AttachedPart) => html !== undefined && one.cid !== undefined;
  const shown = attached.filter(isShown).map(({ part }) => part);
  const others = attached.filter((one) => !isShown(one)).map(({ part }) => part);
  const bodies: Entity[] = text === undefined ? [...between] : [text, ...between];
  if (html !== undefined) bodies.push(around('multipart/related; type="text/html"', [html, ...shown]));
  bodies.push(...behind);
  return around("multipart/mixed", bodies.length === 0 ? others : [around("multipart/alternative", bodies), ...others]);
}

function around(type: string, children: readonly Entity[]): Entity {
  return children.length === 1 ? children[0] : { type, children, boundary: undefined };
}

/** What an entity's octets ask of the server. */
export function bodyOf(root: Entity): "7bit" | "8bit" | "binary" | "unknown" {
  const encoding = encodingOf(root);
  if (encoding === "8bit") return isCertain(root) ? "8bit" : "unknown";
  return encoding === "binary" ? "binary" : "7bit";
}

/** Whether octets above 127 stand in it that need not be looked for. */
function isCertain(entity: Entity): boolean {
  if (has(entity, "children")) return entity.children.some(isCertain);
  if (has(entity, "message")) return entity.smtpUtf8 || isCertain(entity.message);
  return entity.encoding === "8bit" && !entity.uncertain;
}

/** Whether a message among the parts has fields in UTF-8. */
export function enclosesUtf8(entity: Entity): boolean {
  if (has(entity, "children")) return entity.children.some(enclosesUtf8);
  return entity.smtpUtf8 || (has(entity, "message") && enclosesUtf8(entity.message));
}

/** The transfer encoding of an entity; of one with parts, the one that says what all of them may hold (RFC 2045 section 6.4). */
function encodingOf(entity: Entity): Part["encoding"] {
  if (has(entity, "encoding")) return entity.encoding;
  if (has(entity, "message")) {
    const inner = encodingOf(entity.message);
    if (inner === "binary") return inner;
    return entity.smtpUtf8 || inner === "8bit" ? "8bit" : "7bit";
  }
  let encoding: "7bit" | "8bit" = "7bit";
  for (const child of entity.children) {
    const inner = encodingOf(child);
    if (inner === "binary") return inner;
    if (inner === "8bit") encoding = inner;
  }
  return encoding;
}

/** Lays out an entity with its fields, after the fields of the message; adjacent text is joined. */
export function layOut(fields: string, entity: Entity): readonly Piece[] {
  if (has(entity, "encoding") && typeof entity.body === "string") {
    const end = endsLine(entity) ? "" : "\r\n";
    return [`${fields}${entity.head}Content-Transfer-Encoding: ${entity.encoding}\r\n\r\n${entity.body}${end}`];
  }
  const layout = new Layout(entity);
  layout.text += fields;
  layout.add(entity);
  if (!endsLine(entity)) layout.text += "\r\n";
  return layout.finish();
}

/** Asked of the body alone: asking the text so far would copy it. */
function endsLine(entity: Entity): boolean {
  if (!has(entity, "encoding") || entity.encoding === "base64") return true;
  const body = entity.body instanceof SharedBody ? entity.body.octets : entity.body;
  if (typeof body === "string") return body === "" || body.endsWith("\r\n");
  return !(body instanceof Uint8Array) || body.length === 0 || body[body.length - 1] === 0x0a;
}

/**
 * The CRLF before a delimiter belongs to the delimiter; base64 and a multipart end their last line themselves, and do not
 * need it. A message does: its last line is ended as it would be if it were sent.
 */
function endsItself(entity: Entity): boolean {
  return has(entity, "children") || (has(entity, "encoding") && entity.encoding === "base64");
}

class Layout {
  /** Text that comes next. */
  text = "";
  readonly #pieces: Piece[] = [];
  readonly #newBoundary: () => string;

  constructor(root: Entity) {
    const bodies: (string | Uint8Array)[] = [];
    addPlainBodies(root, bodies);
    this.#newBoundary = boundaries(bodies);
  }

  add(entity: Entity): void {
    const encoding = encodingOf(entity);
    if (has(entity, "encoding")) {
      this.text += `${entity.head}Content-Transfer-Encoding: ${encoding}\r\n\r\n`;
      this.#addBody(entity.body);
      return;
    }
    const label = encoding === "7bit" ? "\r\n" : `Content-Transfer-Encoding: ${encoding}\r\n\r\n`;
    if (has(entity, "message")) {
      this.text += entity.head + label + entity.fields;
      this.add(entity.message);
      if (!endsLine(entity.message)) this.text += "\r\n";
      return;
    }
    const boundary = entity.boundary ??= this.#newBoundary();
    this.text += `Content-Type: ${entity.type};\r\n boundary="${boundary}"\r\n${label}`;
    for (const child of entity.children) {
      this.text += `--${boundary}\r\n`;
      this.add(child);
      if (!endsItself(child)) this.text += "\r\n";
    }
    this.text += `--${boundary}--\r\n`;
  }

  #addBody(body: Body): void {
    if (typeof body === "string") this.text += body;
    else {
      this.#flush();
      this.#pieces.push(body);
    }
  }

  finish(): readonly Piece[] {
    this.#flush();
    return this.#pieces;
  }

  #flush(): void {
    if (this.text !== "") this.#pieces.push(this.text);
    this.text = "";
  }
}

/** The bodies at hand in which a boundary could stand by chance: those without encoding. */
function addPlainBodies(entity: Entity, bodies: (string | Uint8Array)[]): void {
  if (has(entity, "children")) {
    for (const child of entity.children) addPlainBodies(child, bodies);
    return;
  }
  if (has(entity, "message")) return addPlainBodies(entity.message, bodies);
  const { encoding, body } = entity;
  if (encoding !== "7bit" && encoding !== "8bit") return;
  if (typeof body === "string" || body instanceof Uint8Array) bodies.push(body);
  else if (body instanceof SharedBody) bodies.push(body.octets);
}
