/**
 * The forms of a message for servers that take more than ASCII: the same parts, fields and boundaries, less encoding.
 *
 * @module
 */
import { has } from "../given.ts";
import { isEightBitText, leaf, type Part } from "./part.ts";
import type { Entity } from "./structure.ts";

/** `8bit`: text as it is (8BITMIME, RFC 6152). `binary`: attachments too (BINARYMIME, RFC 3030). */
export type ContentForm = "8bit" | "binary";

/** Whether anything of an entity could be written otherwise. */
export function hasForms(entity: Entity): boolean {
  if (has(entity, "children")) return entity.children.some(hasForms);
  if (has(entity, "message")) return hasForms(entity.message);
  return entity.plain !== undefined || entity.raw !== undefined;
}

/** An entity in another form, once it was laid out in its own; itself where nothing of it changes. */
export function inForm(entity: Entity, form: ContentForm): Entity {
  if (has(entity, "children")) {
    const children = entity.children.map((child) => inForm(child, form));
    return children.every((child, index) => child === entity.children[index]) ? entity : { ...entity, children };
  }
  if (has(entity, "message")) {
    const message = inForm(entity.message, form);
    return message === entity.message ? entity : { ...entity, message };
  }
  return leafInForm(entity, form);
}

function leafInForm(part: Part, form: ContentForm): Part {
  const { head, raw, plain } = part;
  if (form === "binary" && raw !== undefined) return leaf({ head, encoding: "binary", body: raw });
  if (plain === undefined || (typeof plain === "string" && !isEightBitText(plain))) return part;
  return leaf({ head, encoding: "8bit", body: plain });
}
