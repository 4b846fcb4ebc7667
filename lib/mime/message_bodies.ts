/**
 * What a message holds: its texts and what is attached, nested.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { type AttachedPart, attachedPart } from "./attachment.ts";
import type { MessageKeys } from "./message.ts";
import { type BodyText, textPart } from "./part.ts";
import { reusedAttachment, reusedText } from "./reusable.ts";
import { checkBodyText } from "./source.ts";
import { type Entity, nest } from "./structure.ts";

/**
 * Checks what a message holds, without reading what has to be read.
 *
 * @throws {InputError}
 */
export function readBodies(own: MessageKeys): Entity {
  const text = readText(own.text, "text");
  const html = readText(own.html, "html");
  return nest({
    text: text === undefined ? undefined : textPart("text/plain", text),
    html: html === undefined ? undefined : textPart("text/html", html),
    attached: readAttachments(own.attachments),
  });
}

const NONE: readonly never[] = [];

function readAttachments(value: unknown): readonly AttachedPart[] {
  if (value === undefined) return NONE;
  if (!Array.isArray(value)) throw new InputError("attachments", "must be an array");
  return Array.from(value, (one, index) => reusedAttachment(one) ?? attachedPart(one, `attachments[${index}]`));
}

function readText(value: unknown, place: string): string | BodyText | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return checkBodyText(value, place);
  const reused = reusedText(value);
  if (reused === undefined) throw new InputError(place, "must be a string, or a text that reusable() made");
  return reused;
}
