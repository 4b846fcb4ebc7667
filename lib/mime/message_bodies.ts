/**
 * What a message holds: its texts and what is attached, nested.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { readAlternatives } from "./alternatives.ts";
import { type AttachedPart, attachedPart } from "./attachment.ts";
import { readCalendar } from "./calendar.ts";
import type { BodyContext } from "./enclosed.ts";
import type { MessageKeys } from "./message.ts";
import { type BodyText, type Part, textPart } from "./part.ts";
import { reusedAttachment, reusedText } from "./reusable.ts";
import { checkBodyText } from "./source.ts";
import { type Entity, nest } from "./structure.ts";

/**
 * Checks what a message holds, without reading what has to be read.
 *
 * @throws {InputError}
 */
export function readBodies(own: MessageKeys, context: BodyContext): Entity {
  const text = readText(own.text, { place: "text", type: "text/plain" });
  const html = readText(own.html, { place: "html", type: "text/html" });
  const attached = readAttachments(own.attachments, context);
  const { markdown, amp, calendar, alternatives } = own;
  if (markdown === undefined && amp === undefined && calendar === undefined && alternatives === undefined) {
    return nest({ text, between: NONE, html, behind: NONE, attached });
  }
  if (amp !== undefined && text === undefined && html === undefined) {
    throw new InputError("amp", "needs text or html beside it, for readers that do not show it");
  }
  const between = [
    readText(markdown, { place: "markdown", type: "text/markdown" }),
    readText(amp, { place: "amp", type: "text/x-amp-html" }),
  ].filter((part) => part !== undefined);
  const invitation = calendar === undefined ? undefined : readCalendar(calendar, context);
  const others = alternatives === undefined ? NONE : readAlternatives(alternatives);
  return nest({
    text,
    between,
    html,
    behind: invitation === undefined ? others : [invitation.part, ...others],
    attached: invitation?.file === undefined ? attached : [...attached, invitation.file],
  });
}

const NONE: readonly never[] = [];

function readAttachments(value: unknown, context: BodyContext): readonly AttachedPart[] {
  if (value === undefined) return NONE;
  if (!Array.isArray(value)) throw new InputError("attachments", "must be an array");
  const attached = Array.from(
    value,
    (one, index) => reusedAttachment(one) ?? attachedPart(one, `attachments[${index}]`, context),
  );
  if (attached.length > 1) requireDifferentCids(attached);
  return attached;
}

/** One `cid:` means one part. */
function requireDifferentCids(attached: readonly AttachedPart[]): void {
  const seen = new Set<string>();
  for (const [index, { cid }] of attached.entries()) {
    if (cid === undefined) continue;
    if (seen.has(cid)) throw new InputError(`attachments[${index}].cid`, "stands for another attachment already");
    seen.add(cid);
  }
}

function readText(
  value: unknown,
  { place, type }: { readonly place: string; readonly type: `text/${string}` },
): Part | undefined {
  if (value === undefined) return undefined;
  return textPart(type, typeof value === "string" ? checkBodyText(value, place) : checkReused(value, place));
}

function checkReused(value: unknown, place: string): BodyText {
  const reused = reusedText(value);
  if (reused === undefined) throw new InputError(place, "must be a string, or a text that reusable() made");
  if (reused.parameters !== undefined && place !== "text") {
    throw new InputError(place, "cannot be a flowed text: that is text/plain (RFC 3676)");
  }
  return reused;
}
