/**
 * From what a caller writes down to what the protocol sends: an envelope, and content in RFC 5322's form.
 *
 * All of a message is checked before anything is made of it; content that has to be read is read when it is sent.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { type Composed, toBytes, toStream } from "./composed.ts";
import type { Content } from "./content.ts";
import type { BodyContext, Unlaid } from "./enclosed.ts";
import { readEnvelope } from "./envelope.ts";
import { type ContentForm, hasForms, inForm } from "./forms.ts";
import type { AttachmentLoader } from "./loader.ts";
import { type Message, readKeys } from "./message.ts";
import { readBodies } from "./message_bodies.ts";
import { writeFields } from "./message_fields.ts";
import { given, has, says } from "../given.ts";
import { type RawMessage, readRaw } from "./raw.ts";
import { serialize } from "./serialize.ts";
import { bodyOf, enclosesUtf8, type Entity, layOut } from "./structure.ts";

export type { Composed } from "./composed.ts";

/** How a message is composed. */
export interface ComposeOptions {
  /** Opens attachments that have a `path` or `url` in place of their content. Default: they are refused. */
  readonly load?: AttachmentLoader;
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
 * (RFC 6532, needs SMTPUTF8) and that an attached message may be `8bit`; `form` makes it again with less encoding. `Bcc`
 * is never written. The structure is the least that holds the parts:
 * `mixed(alternative(text, markdown, amp, related(html, inline ...), calendar, ...), attachment ...)`.
 *
 * @throws {InputError} for anything that cannot be sent as it stands; nothing was read or written then
 */
export function compose(message: Message | RawMessage, options?: ComposeOptions): Composed {
  try {
    const context = options === undefined ? PLAIN : contextOf(options);
    if (typeof message !== "object" || message === null) throw new InputError("message", "must be an object");
    if (!says(message, "raw")) return composeFields(message, context);
    const { envelope, messageId, content } = readRaw(message);
    return { envelope, messageId, content, form: undefined, toStream, toBytes };
  } catch (error) {
    // What is within would take up the ten lines of a stack; it begins with the caller, where the platform can do that.
    if (error instanceof InputError) Error.captureStackTrace?.(error, compose);
    throw error;
  }
}

const PLAIN: BodyContext = { load: undefined, depth: 0, unlaid };

function contextOf(options: unknown): BodyContext {
  const { load } = given(options, { place: "options", what: "compose", keys: { load: undefined } });
  if (load === undefined) return PLAIN;
  if (typeof load !== "object" || load === null) throw new InputError("options.load", "must be a loader");
  return { ...PLAIN, load };
}

function composeFields(message: unknown, context: BodyContext): Composed {
  const own = readKeys(message);
  const written = writeFields(own);
  const { from, sender, recipients, fields, messageId } = written;
  const root = readBodies(own, context);
  const body = bodyOf(root);
  const smtpUtf8 = written.smtpUtf8 || (body !== "7bit" && enclosesUtf8(root));
  const envelope = readEnvelope(own.envelope, { from: sender ?? from, to: recipients });
  const content = serialize(layOut(fields, root), { body: smtpUtf8 ? "8bit" : body, smtpUtf8 });
  const form = hasForms(root)
    ? (form: ContentForm) => contentIn(form, { fields, root, smtpUtf8, size: content.size })
    : undefined;
  return { envelope, messageId, content, form, toStream, toBytes };
}

/** Fields and parts of a message inside another, whose envelope nobody needs. */
function unlaid(message: unknown, context: BodyContext): Unlaid {
  const own = readKeys(message);
  const { fields, smtpUtf8 } = writeFields(own);
  return { fields, smtpUtf8, root: readBodies(own, context) };
}

/** The message in another form, if that is one; of 8 bits, only if it is the shorter. */
function contentIn(
  form: ContentForm,
  message: {
    readonly fields: string;
    readonly root: Entity;
    readonly smtpUtf8: boolean;
    readonly size: number | undefined;
  },
): Content | undefined {
  const { fields, root, smtpUtf8, size } = message;
  // Alone, the last line of any octets would have to be ended.
  if (form === "binary" && !has(root, "children")) return undefined;
  const other = inForm(root, form);
  if (other === root) return undefined;
  const body = bodyOf(other);
  if ((form === "binary") !== (body === "binary")) return undefined;
  const content = serialize(layOut(fields, other), { body: smtpUtf8 && body !== "binary" ? "8bit" : body, smtpUtf8 });
  return form === "8bit" && size !== undefined && content.size! >= size ? undefined : content;
}
