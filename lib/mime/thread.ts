/**
 * The place of a message in a conversation (RFC 5322 section 3.6.4).
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { sayingOf } from "../given.ts";
import { ID_LIMIT } from "./message_id.ts";

/** What a message that is answered says of itself, as a parser gives it. Its texts are other people's, and taken for that. */
export interface ThreadParent {
  /** Its `Message-ID`, with or without angle brackets. */
  readonly messageId: string;
  /** Its `References`, where it has any. */
  readonly references?: string | readonly string[] | undefined;
  /** Its `In-Reply-To`, which is asked where it has no `references`. */
  readonly inReplyTo?: string | readonly string[] | undefined;
  /** Its Subject. */
  readonly subject?: string | undefined;
}

/** The keys of an answer. */
export interface Thread {
  /** In angle brackets. */
  readonly inReplyTo: string;
  /** The whole way to the first message, oldest first, each in angle brackets. */
  readonly references: readonly string[];
  /** The parent's, with one `Re: ` before it. */
  readonly subject?: string;
}

/** Identifiers in `References`; of more, the first stays, and the last of them. A message may claim any number. */
const REFERENCES_LIMIT = 100;

/**
 * Makes the keys by which an answer is shown below the message that it answers (RFC 5322 section 3.6.4): `inReplyTo` is that
 * message, `references` are its own ones and itself, `subject` is its own with one `Re: ` before it.
 *
 * Of the parent's `references` only what has the form of an identifier is kept, the first and the last 99 of them. In its
 * subject, line ends, tabs and other control characters become blanks: it is other people's, and would be refused.
 *
 * @throws {InputError} when `messageId` is no identifier
 *
 * @example
 * ```ts
 * import { type Message, threadOf } from "@posthaste/smtp";
 *
 * const parent = { messageId: "<1@example.net>", references: "<0@example.net>", subject: "Lunch?" };
 * const answer: Message = { from: "ada@example.com", to: "bob@example.net", ...threadOf(parent), text: "Gladly!" };
 * ```
 */
export function threadOf(parent: ThreadParent): Thread {
  if (typeof parent !== "object" || parent === null) throw new InputError("parent", "must be an object");
  // Whatever else a parser says of a message may stand beside these.
  const [messageId, ...more] = identifiers(sayingOf(parent, "messageId"), "messageId");
  if (messageId === undefined || more.length > 0) throw new InputError("messageId", "must be one message identifier");
  let before = identifiers(sayingOf(parent, "references"), "references");
  if (before.length === 0) {
    const answered = identifiers(sayingOf(parent, "inReplyTo"), "inReplyTo");
    // More than one would not say which of them leads to the first message.
    if (answered.length === 1) before = answered;
  }
  const references = [...new Set(before)].filter((id) => id !== messageId);
  references.push(messageId);
  if (references.length > REFERENCES_LIMIT) references.splice(1, references.length - REFERENCES_LIMIT);
  const subject = sayingOf(parent, "subject");
  if (subject === undefined) return { inReplyTo: messageId, references };
  if (typeof subject !== "string") throw new InputError("subject", "must be a string");
  return { inReplyTo: messageId, references, subject: `Re: ${inOneLine(subject).replace(/^\s*(?:re:\s*)+/i, "")}` };
}

/** Parsers leave a TAB where a field was folded, and what encoded words hold; a sender's subject may not keep it from an answer. */
function inOneLine(subject: string): string {
  // deno-lint-ignore no-control-regex
  return subject.toWellFormed().replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ");
}

/** What is an identifier in a text of them, or in several, in angle brackets. */
function identifiers(value: unknown, place: string): readonly string[] {
  if (value === undefined) return [];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) => {
    if (typeof text !== "string") throw new InputError(place, "must be a string or an array of strings");
    return text.split(/[\s<>]+/)
      .filter((id) => id.length <= ID_LIMIT && id.includes("@") && !/[^!-~]/.test(id))
      .map((id) => `<${id}>`);
  });
}
