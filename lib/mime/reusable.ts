/**
 * Content that many messages share: checked and encoded once, and written from the same memory each time.
 *
 * @module
 */
import { base64LinesSize } from "../bytes/base64.ts";
import { textToCrlf } from "../bytes/line_ends.ts";
import { InputError } from "../errors.ts";
import { has } from "../given.ts";
import { type AttachedPart, attachedPart, type Attachment } from "./attachment.ts";
import type { BodyContext } from "./enclosed.ts";
import { type BodyText, type EncodedBody, encodeText, isEightBitText, type Part as Leaf } from "./part.ts";
import { KEPT_LIMIT, PIECE_LEAST, SharedBody } from "./shared_body.ts";
import { checkBodyText } from "./source.ts";

/** Content that can stand in any number of messages; {@link reusable} makes it. */
export interface Part<Kind extends "text" | "attachment" = "text" | "attachment"> {
  /** Where it can stand: as `text` or `html`, or among the `attachments`. */
  readonly kind: Kind;
}

// What a part is stands beside it: no data that came from elsewhere can pass for one.
const texts = new WeakMap<object, BodyText>();
const attachments = new WeakMap<object, AttachedPart>();

/**
 * Makes a text, or an attachment, that any number of messages can have in common. It is copied and checked here, encoded
 * when it is first sent, and kept encoded up to 32 MiB; above that, each message encodes it anew.
 *
 * @param content a text, to stand as `text` or `html`; or an attachment whose content is in memory: a stream, a `Blob` and
 *   a source are refused
 * @throws {InputError} for what could not stand in a message
 *
 * @example
 * ```ts
 * import { compose, reusable } from "@posthaste/smtp";
 *
 * const terms = reusable({ filename: "terms.pdf", content: new Uint8Array(100_000) });
 * const message = (to: string) => compose({ from: "ada@example.com", to, text: `Hello ${to}`, attachments: [terms] });
 * const messages = ["bob@example.net", "eve@example.net"].map(message);
 * ```
 */
export function reusable(content: string): Part<"text">;
/** The same for an attachment. */
export function reusable(content: Attachment): Part<"attachment">;
export function reusable(content: string | Attachment): Part {
  if (typeof content === "string") return reusableText(checkBodyText(content, "text"));
  const part = Object.freeze({ kind: "attachment" } as const);
  attachments.set(part, sharedAttachment(content));
  return part;
}

/** Makes a text that can stand in any number of messages; `parameters` are those of its type, such as `; format=flowed`. */
export function reusableText(text: string, parameters?: string): Part<"text"> {
  const part = Object.freeze({ kind: "text" } as const);
  texts.set(part, sharedText(text, parameters));
  return part;
}

/** What {@link reusable} made of a text. */
export function reusedText(value: unknown): BodyText | undefined {
  return typeof value === "object" && value !== null ? texts.get(value) : undefined;
}

/** What {@link reusable} made of an attachment. */
export function reusedAttachment(value: unknown): AttachedPart | undefined {
  return typeof value === "object" && value !== null ? attachments.get(value) : undefined;
}

function sharedText(given: string, parameters: string | undefined): BodyText {
  const text = textToCrlf(given);
  const { encoding, body } = encodeText(text);
  if (encoding === "7bit") {
    const kept = typeof body !== "string" || body.length < PIECE_LEAST ? body : new SharedBody(body);
    return { encoding, body: kept, plain: undefined, parameters };
  }
  return {
    encoding,
    body: typeof body !== "string"
      ? encoded(body.base64.octets)
      : body.length < PIECE_LEAST
      ? body
      : new SharedBody(body),
    plain: !isEightBitText(text) ? undefined : text.length < PIECE_LEAST ? text : new SharedBody({ utf8: text }),
    parameters,
  };
}

/** What is reusable stands in memory: nothing is opened, and no message is composed for it. */
const CONTEXT: BodyContext = {
  load: undefined,
  depth: 0,
  unlaid: () => {
    throw new InputError("", "must be composed, or octets, to be reusable");
  },
};

function sharedAttachment(input: Attachment): AttachedPart {
  const { part, cid } = attachedPart(input, "attachment", CONTEXT);
  const body = has(part, "body") ? part.body : undefined;
  if (body instanceof Uint8Array) return { part: { ...part as Leaf, body: new SharedBody(body.slice()) }, cid };
  if (typeof body !== "object" || !has(body, "base64") || body.base64.octets === undefined) {
    throw new InputError("attachment.content", "must be in memory to be reusable: text or octets");
  }
  const octets = body.base64.octets.slice();
  return { part: { ...part as Leaf, body: encoded(octets), raw: new SharedBody(octets) }, cid };
}

function encoded(octets: Uint8Array): EncodedBody {
  return base64LinesSize(octets.length) > KEPT_LIMIT ? { base64: { octets } } : new SharedBody({ base64: octets });
}
