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
import { type Base64Body, type Body, type Part, textPart } from "./part.ts";

/** A run of octets of the message: text, octets, or what is still to be encoded. */
export type Piece = string | Uint8Array | Base64Body;

/** Parts in parts. */
interface Multipart {
  /** Such as `multipart/related; type="text/html"`. */
  readonly type: string;
  readonly children: readonly Entity[];
}

type Entity = Part | Multipart;

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

/** Lays out an entity with its fields, after the fields of the message; adjacent text is joined. */
export function layOut(fields: string, entity: Entity): readonly Piece[] {
  if (!("children" in entity) && typeof entity.body === "string") {
    const { head, encoding, body } = entity;
    return [`${fields}${head}Content-Transfer-Encoding: ${encoding}\r\n\r\n${body}${endsLine(entity) ? "" : "\r\n"}`];
  }
  const layout = new Layout(entity);
  layout.text += fields;
  layout.add(entity, 1);
  if (!endsLine(entity)) layout.text += "\r\n";
  return layout.finish();
}

/** Asked of the body alone: asking the text so far would copy it. */
function endsLine(entity: Entity): boolean {
  if ("children" in entity) return true;
  const { body } = entity;
  if (typeof body === "string") return body === "" || body.endsWith("\r\n");
  return !(body instanceof Uint8Array) || body.length === 0 || body[body.length - 1] === 0x0a;
}

class Layout {
  /** Text that comes next. */
  text = "";
  readonly #pieces: Piece[] = [];
  readonly #plainBodies: readonly (string | Uint8Array)[];

  constructor(root: Entity) {
    this.#plainBodies = plainBodies(root);
  }

  add(entity: Entity, level: number): void {
    if (!("children" in entity)) {
      this.text += `${entity.head}Content-Transfer-Encoding: ${entity.encoding}\r\n\r\n`;
      this.#addBody(entity.body);
      return;
    }
    const boundary = newBoundary(level, this.#plainBodies);
    this.text += `Content-Type: ${entity.type};\r\n boundary="${boundary}"\r\n\r\n`;
    for (const child of entity.children) {
      this.text += `--${boundary}\r\n`;
      this.add(child, level + 1);
      // The CRLF before a delimiter belongs to the delimiter; base64 and a multipart end their last line themselves.
      if (!("children" in child) && child.encoding !== "base64") this.text += "\r\n";
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

/** The bodies in which a boundary could stand by chance: those without encoding. */
function plainBodies(entity: Entity): readonly (string | Uint8Array)[] {
  if ("children" in entity) return entity.children.flatMap(plainBodies);
  const { encoding, body } = entity;
  if (encoding !== "7bit" && encoding !== "8bit") return [];
  return typeof body === "string" || body instanceof Uint8Array ? [body] : [];
}
