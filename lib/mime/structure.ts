/**
 * How a message's parts are nested (RFC 2046 section 5.1, RFC 2387), and the whole as pieces in their order.
 *
 *     multipart/mixed                what else is attached
 *       multipart/alternative        text and html
 *         text/plain
 *         multipart/related          html and what it shows by cid
 *           text/html
 *           image/png
 *       application/pdf
 *
 * A level with one child is left out.
 *
 * @module
 */
import type { AttachedPart } from "./attachment.ts";
import { newBoundary } from "./boundary.ts";
import { type Base64Body, type BinaryBody, type Body, type Part, textPart } from "./part.ts";
import { SharedBody } from "./shared_body.ts";

/** A run of octets of the message: text, octets, or what is still to be encoded or read. */
export type Piece = string | Uint8Array | Base64Body | BinaryBody | SharedBody;

/** How bodies are written: in their transfer encoding, or as they are wherever that is shorter (BINARYMIME, RFC 3030). */
export type Form = "encoded" | "binary";

/** Parts in parts. */
interface Multipart {
  /** Such as `multipart/related; type="text/html"`. */
  readonly type: string;
  readonly children: readonly Entity[];
  /** Drawn when it is first laid out: the same in every form. */
  boundary?: string;
}

/** A part, or parts in parts. */
export type Entity = Part | Multipart;

/** Nests the parts of a message; without any it is an empty text. */
export function nest(parts: {
  readonly text: Part | undefined;
  readonly html: Part | undefined;
  readonly attached: readonly AttachedPart[];
}): Entity {
  const { text, html, attached } = parts;
  if (attached.length === 0 && (text === undefined || html === undefined)) {
    return text ?? html ?? textPart("text/plain", "");
  }
  const isShown = (one: AttachedPart) => html !== undefined && one.related;
  const shown = attached.filter(isShown).map(({ part }) => part);
  const others = attached.filter((one) => !isShown(one)).map(({ part }) => part);
  const bodies: Entity[] = text === undefined ? [] : [text];
  if (html !== undefined) bodies.push(around('multipart/related; type="text/html"', [html, ...shown]));
  return around("multipart/mixed", bodies.length === 0 ? others : [around("multipart/alternative", bodies), ...others]);
}

function around(type: string, children: readonly Entity[]): Entity {
  return children.length === 1 ? children[0] : { type, children };
}

/** Whether the message has a binary form, and it is another than the encoded one: something beside text is attached. */
export function hasBinaryForm(root: Entity): boolean {
  return "children" in root && encodingOf(root, "binary") === "binary";
}

/** Whether an entity holds 8-bit octets as they are. */
export function bodyOf(root: Entity): "7bit" | "8bit" {
  return encodingOf(root, "encoded") === "8bit" ? "8bit" : "7bit";
}

/** The transfer encoding of an entity; of one with parts, the one that says what all of them may hold (RFC 2045 section 6.4). */
function encodingOf(entity: Entity, form: Form): Part["encoding"] | "binary" {
  if (!("children" in entity)) return form === "binary" && entity.raw !== undefined ? "binary" : entity.encoding;
  let encoding: "7bit" | "8bit" = "7bit";
  for (const child of entity.children) {
    const inner = encodingOf(child, form);
    if (inner === "binary") return inner;
    if (inner === "8bit") encoding = inner;
  }
  return encoding;
}

/** Lays out an entity with its fields, after the fields of the message; adjacent text is joined. */
export function layOut(fields: string, entity: Entity, form: Form = "encoded"): readonly Piece[] {
  if (!("children" in entity) && typeof entity.body === "string") {
    const end = endsLine(entity) ? "" : "\r\n";
    return [`${fields}${entity.head}Content-Transfer-Encoding: ${entity.encoding}\r\n\r\n${entity.body}${end}`];
  }
  const layout = new Layout(entity, form);
  layout.text += fields;
  layout.add(entity, 1);
  if (!endsLine(entity)) layout.text += "\r\n";
  return layout.finish();
}

/** Asked of the body alone: asking the text so far would copy it. */
function endsLine(entity: Entity): boolean {
  if ("children" in entity || entity.encoding === "base64") return true;
  const body = entity.body instanceof SharedBody ? entity.body.octets : entity.body;
  if (typeof body === "string") return body === "" || body.endsWith("\r\n");
  return !(body instanceof Uint8Array) || body.length === 0 || body[body.length - 1] === 0x0a;
}

class Layout {
  /** Text that comes next. */
  text = "";
  readonly #form: Form;
  readonly #pieces: Piece[] = [];
  readonly #plainBodies: (string | Uint8Array)[] = [];

  constructor(root: Entity, form: Form) {
    this.#form = form;
    addPlainBodies(root, this.#plainBodies);
  }

  add(entity: Entity, level: number): void {
    const encoding = encodingOf(entity, this.#form);
    if (!("children" in entity)) {
      this.text += `${entity.head}Content-Transfer-Encoding: ${encoding}\r\n\r\n`;
      this.#addBody(encoding === "binary" ? entity.raw! : entity.body);
      return;
    }
    const boundary = entity.boundary ??= newBoundary(level, this.#plainBodies);
    this.text += `Content-Type: ${entity.type};\r\n boundary="${boundary}"\r\n`;
    this.text += encoding === "7bit" ? "\r\n" : `Content-Transfer-Encoding: ${encoding}\r\n\r\n`;
    for (const child of entity.children) {
      this.text += `--${boundary}\r\n`;
      this.add(child, level + 1);
      // The CRLF before a delimiter belongs to the delimiter; base64 and a multipart end their last line themselves.
      if (!("children" in child) && encodingOf(child, this.#form) !== "base64") this.text += "\r\n";
    }
    this.text += `--${boundary}--\r\n`;
  }

  #addBody(body: Body | BinaryBody): void {
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

/** The bodies in which a boundary could stand by chance: those without encoding. */
function addPlainBodies(entity: Entity, bodies: (string | Uint8Array)[]): void {
  if ("children" in entity) {
    for (const child of entity.children) addPlainBodies(child, bodies);
    return;
  }
  const { encoding, body } = entity;
  if (encoding !== "7bit" && encoding !== "8bit") return;
  if (typeof body === "string" || body instanceof Uint8Array) bodies.push(body);
  else if (body instanceof SharedBody) bodies.push(body.octets);
}
