/**
 * From a composed message and what the server offers to a transaction. What the server cannot do is found out here, before
 * MAIL, and never lost in silence.
 *
 * @module
 */
import type { ContentDialogue, TransactionPlan } from "../dialogue/transaction_plan.ts";
import { UnsupportedError } from "../errors.ts";
import { TOO_LARGE } from "../errors/reply_advice.ts";
import type { Composed } from "../mime/compose.ts";
import { type Content, wireForm } from "../mime/content.ts";
import type { Extensions } from "../wire/extension.ts";
import { counted, type OnProgress } from "./progress.ts";

/** How a message is to be sent. */
export interface PlanOptions {
  readonly recipients: "some" | "all";
  /** In groups: the server offers PIPELINING and the caller has not switched it off. */
  readonly pipelining: boolean;
  /** By BDAT: the server offers CHUNKING too, and the caller has not switched it off. */
  readonly chunking: boolean;
  /** The session has been idle, so that it is not sure that the server is still there. */
  readonly cautious: boolean;
  /** Whether the session is in TLS, with a server that was verified by name. */
  readonly verified: boolean;
  readonly onProgress: OnProgress | undefined;
}

/** A transaction, and the wishes that it goes out without. */
export interface SessionPlan extends TransactionPlan {
  /** Extensions that the message goes out without although it was to have them; `undefined` where none was asked for. */
  readonly notGranted: readonly string[] | undefined;
}

/**
 * Plans a transaction.
 *
 * @throws {UnsupportedError} `MESSAGE_TOO_LARGE` (SIZE, RFC 1870), `EXTENSION_UNSUPPORTED` (8BITMIME, RFC 6152; SMTPUTF8,
 *   RFC 6531; what the envelope's options need); the session stays usable
 */
export function planTransaction(
  composed: Composed,
  extensions: Extensions,
  options: PlanOptions,
): SessionPlan {
  const { envelope } = composed;
  const allOrNone = options.recipients === "all" && envelope.to.length > 1;
  const { verified } = options;
  const granted = envelope.options?.grant(envelope.to, { keywords: extensions.keywords, verified, allOrNone });
  const deliver = granted?.deliver as ContentDialogue | undefined;
  const chunking = options.chunking && deliver === undefined;
  const content = composed.form === undefined ? composed.content : contentFor(composed, { extensions, chunking });
  const { size } = content;
  const { maxSize } = extensions;
  if (size !== undefined && maxSize !== undefined && size > maxSize) {
    const text = `The message has ${size} octets and the server takes ${maxSize} at most`;
    throw new UnsupportedError("MESSAGE_TOO_LARGE", "mail", "SIZE", text, { sessionUsable: true, advice: TOO_LARGE });
  }
  const unicode = envelope.from?.needsSmtpUtf8 === true
    ? envelope.from
    : envelope.to.find((mailbox) => mailbox.needsSmtpUtf8);
  const smtpUtf8 = unicode !== undefined || content.smtpUtf8;
  if (smtpUtf8 && !extensions.has("SMTPUTF8")) {
    const what = unicode === undefined ? "A header field holds UTF-8" : `<${unicode.address}> holds non-ASCII`;
    throw unsupported("SMTPUTF8", `${what}, and the server does not offer SMTPUTF8`, unicode && NEEDS_SMTPUTF8);
  }
  const eightBit = extensions.has("8BITMIME");
  if (content.body === "8bit" && !eightBit) {
    throw unsupported("8BITMIME", "The content holds 8-bit octets, and the server does not offer 8BITMIME");
  }
  const parameters = {
    size: size !== undefined && extensions.has("SIZE") ? size : undefined,
    body: bodyOf(content, eightBit),
    smtpUtf8,
    more: granted?.mail,
  };
  return {
    from: envelope.from?.address ?? "",
    to: envelope.to.map((mailbox) => mailbox.address),
    parameters,
    recipientParameters: granted?.recipients,
    content: counted(wireForm(content), { size, onProgress: options.onProgress }),
    size,
    sevenBit: !eightBit && content.body !== "7bit",
    recipients: options.recipients,
    pipelining: options.pipelining,
    chunking,
    cautious: options.cautious || allOrNone,
    deliver,
    binary: content.body === "binary",
    notGranted: granted?.notGranted,
  };
}

/** The message in the form with the least encoding that the server takes. */
function contentFor(
  { content, form }: Composed,
  { extensions, chunking }: { readonly extensions: Extensions; readonly chunking: boolean },
): Content {
  return (chunking && extensions.has("BINARYMIME") ? form?.("binary") : undefined) ??
    (extensions.has("8BITMIME") ? form?.("8bit") : undefined) ?? content;
}

/** What BODY says; it is left out where the default, 7BIT, is meant. */
function bodyOf({ body }: Content, eightBit: boolean): "8BITMIME" | "BINARYMIME" | undefined {
  if (body === "binary") return "BINARYMIME";
  return body !== "7bit" && eightBit ? "8BITMIME" : undefined;
}

const NEEDS_SMTPUTF8 = "Use an address in ASCII; of a domain, its form with xn-- serves.";

function unsupported(extension: string, text: string, advice?: string): UnsupportedError {
  return new UnsupportedError("EXTENSION_UNSUPPORTED", "mail", extension, text, { sessionUsable: true, advice });
}
