/**
 * Messages inside a message.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Composed } from "./composed.ts";
import { ComposedContent, type Content } from "./content.ts";
import type { AttachmentLoader } from "./loader.ts";
import type { Message } from "./message.ts";
import { messagePart } from "./message_lines.ts";
import { given, says } from "../given.ts";
import type { Part } from "./part.ts";
import type { RawMessage } from "./raw.ts";
import { type ContentInput, isContent, type StreamSource, toSource } from "./source.ts";
import type { Entity } from "./structure.ts";

/** What can be passed on as a message. */
export type MessageToEnclose = Message | RawMessage | Composed | ContentInput;

/** A message's fields and its parts, before they are laid out. */
export interface Unlaid {
  readonly fields: string;
  readonly root: Entity;
  /** Whether the fields hold UTF-8. */
  readonly smtpUtf8: boolean;
}

/** What the parts of a message are made with. */
export interface BodyContext {
  readonly load: AttachmentLoader | undefined;
  /** Messages around this one. */
  readonly depth: number;
  /** Makes the parts of a message; its envelope is not asked. */
  readonly unlaid: (message: unknown, context: BodyContext) => Unlaid;
}

/** Messages in one another. Own limit: people pass on what was passed on, few of them so often. */
const DEPTH_LIMIT = 20;

/**
 * Makes a part of a message.
 *
 * @param about `fields`: those of the part that are not about its type or encoding
 * @throws {InputError}
 */
export function enclosed(
  input: unknown,
  about: { readonly place: string; readonly fields: string },
  context: BodyContext,
): Entity {
  const { place, fields } = about;
  if (context.depth >= DEPTH_LIMIT) throw new InputError(place, `at most ${DEPTH_LIMIT} messages in one another`);
  const unread = (raw: unknown, place: string) => {
    return messagePart(head(false, fields), toSource(raw, place), { place, bare: false, size: undefined });
  };
  if (isContent(input)) return unread(input, place);
  if (typeof input !== "object" || input === null) throw new InputError(place, "must be a message");
  if (says(input, "raw")) {
    const { raw } = given(input, { place, what: "a raw message", keys: { raw: undefined, envelope: undefined } });
    return unread(raw, `${place}.raw`);
  }
  if (isComposed(input)) return composedPart(input, about);
  const { fields: inner, root, smtpUtf8 } = within(place, () => {
    return context.unlaid(input, { ...context, depth: context.depth + 1 });
  });
  return { head: head(smtpUtf8, fields), fields: inner, smtpUtf8, message: root };
}

function head(smtpUtf8: boolean, fields: string): string {
  return `Content-Type: message/${smtpUtf8 ? "global" : "rfc822"}\r\n${fields}`;
}

/** What a content says of its octets: a `Blob`, which can be streamed too, says nothing of the kind. */
const BODIES: readonly unknown[] = ["7bit", "8bit", "binary", "unknown"] satisfies Content["body"][];

function isComposed(input: object): input is Composed {
  if (!says(input, "content")) return false;
  const { content } = input as { readonly content: unknown };
  return typeof content === "object" && content !== null && "stream" in content &&
    typeof content.stream === "function" && "body" in content && BODIES.includes(content.body);
}

/** As it is, and in its binary form where it has one. */
function composedPart(composed: Composed, about: { readonly place: string; readonly fields: string }): Part {
  const { content } = composed;
  const { place } = about;
  if (content.body === "binary") throw new InputError(place, "is in its binary form, which may not be enclosed");
  const { octets } = content;
  const source = octets === undefined ? sourceOf(content, place) : { octets };
  // What another program made may have line ends to be mended.
  const size = ComposedContent.formOf(content) === undefined ? undefined : content.size;
  const part = messagePart(head(content.smtpUtf8, about.fields), source, { place, bare: false, size });
  const isKnown = part.uncertain && content.body !== "unknown";
  return {
    ...part,
    ...(isKnown ? { encoding: content.body, uncertain: false } : {}),
    smtpUtf8: content.smtpUtf8,
    raw: rawOf(composed, place),
  };
}

function rawOf({ form }: Composed, place: string): Part["raw"] {
  const binary = form?.("binary");
  return binary === undefined ? undefined : { binary: sourceOf(binary, place) };
}

function sourceOf(content: Content, place: string): StreamSource {
  return {
    octets: undefined,
    size: content.size,
    place,
    once: content.once === true,
    stream: content.once === true ? content : undefined,
    get spent(): boolean {
      return content.spent === true;
    },
    open: () => content.stream(),
    closeUnopened: async () => await content.release?.(),
  };
}

/** Puts the place of a message before those in it. */
function within<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const reason = error.message.slice(error.field.length + 2);
    throw new InputError(error.field === "" ? place : `${place}.${error.field}`, reason, error.position);
  }
}
