/**
 * From what a caller writes down to what the protocol sends: an envelope, and content in RFC 5322's form.
 *
 * All of a message is checked before anything is made of it; content that has to be read is read when it is sent.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Content } from "./content.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { type Message, readKeys } from "./message.ts";
import { readBodies } from "./message_bodies.ts";
import { writeFields } from "./message_fields.ts";
import { type RawMessage, readRaw } from "./raw.ts";
import { serialize } from "./serialize.ts";
import { bodyOf, hasBinaryForm, layOut } from "./structure.ts";

/** A message ready to be sent, as often as its streams allow: each time the same octets, identifier and date. */
export interface Composed {
  readonly envelope: Envelope;
  /** Without angle brackets; `undefined` when a raw message has none, or is a stream. */
  readonly messageId: string | undefined;
  readonly content: Content;
  /**
   * Makes the same message with its attachments as they are, instead of in base64, for a server that offers BINARYMIME and
   * CHUNKING (RFC 3030). `undefined` where that gains nothing. A stream that can be read once is read by one of the two.
   */
  readonly binary?: (() => Content) | undefined;
}

/**
 * Waits for a sending of a composed message, and then closes those of its streams that were not read: a message may be
 * refused before its content is.
 */
export function releasing<T>({ content }: Composed, work: Promise<T>): Promise<T> {
  return content.release === undefined ? work : releaseAfter(content, work);
}

async function releaseAfter<T>(content: Content, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await content.release?.();
  }
}

/**
 * Composes a message. What it makes is ASCII (`7bit`), except that an address with a local part outside ASCII stays as it is
 * (RFC 6532, needs SMTPUTF8) and that an attached `message/rfc822` may be `8bit`. `Bcc` is never written. The
 * structure is the least that holds the parts: `mixed(alternative(text, related(html, inline ...)), attachment ...)`.
 *
 * @throws {InputError} for anything that cannot be sent as it stands; nothing was read or written then
 */
export function compose(message: Message | RawMessage): Composed {
  if (typeof message !== "object" || message === null) throw new InputError("message", "must be an object");
  return Object.hasOwn(message, "raw") ? readRaw(message) : composeFields(message);
}

function composeFields(message: unknown): Composed {
  const own = readKeys(message);
  const { from, sender, recipients, fields, smtpUtf8, messageId } = writeFields(own);
  const root = readBodies(own);
  const envelope = readEnvelope(own.envelope, { from: sender ?? from, to: recipients });
  const content = serialize(layOut(fields, root), { body: smtpUtf8 ? "8bit" : bodyOf(root), smtpUtf8 });
  const binary = hasBinaryForm(root)
    ? () => serialize(layOut(fields, root, "binary"), { body: "binary", smtpUtf8 })
    : undefined;
  return { envelope, messageId, content, binary };
}
