/**
 * What a transaction is made of, and how it ends.
 *
 * @module
 */
import type { RefusedRecipient, SmtpError } from "../errors.ts";
import type { WireForm } from "../mime/content.ts";
import { type MailParameters, recipientLine } from "../wire/command.ts";
import type { Reply } from "../wire/reply.ts";
import type { Dialogue } from "./step.ts";
import type { Sorted } from "./verdict.ts";

/** Everything about a transaction, checked: nothing here can fail for a reason of the caller's. */
export interface TransactionPlan {
  /** Reverse-path without angle brackets; empty for the null reverse-path. */
  readonly from: string;
  /** Forward-paths without angle brackets; at least one. */
  readonly to: readonly string[];
  readonly parameters: MailParameters;
  /** What is added to RCPT, by the recipient's place in `to`; `undefined` where nothing is added to any. */
  readonly recipientParameters: readonly (string | undefined)[] | undefined;
  /** The content before transparency. */
  readonly content: WireForm;
  /** Its octets, where that is known before. */
  readonly size: number | undefined;
  /** Octets above 127 in the content's pieces are an error: 8BITMIME is not offered. */
  readonly sevenBit: boolean;
  /** `some`: go on with the recipients that were accepted. `all`: send to every recipient or to none. */
  readonly recipients: "some" | "all";
  /** In groups: the server offers PIPELINING and the caller has not switched it off. */
  readonly pipelining: boolean;
  /** By BDAT instead of DATA: the server offers CHUNKING too. */
  readonly chunking: boolean;
  /**
   * With BDAT, write nothing of the content before the envelope is answered: it goes to all of several recipients or to
   * none, or it is not sure that the server is still there.
   */
  readonly cautious: boolean;
  /** Sends the content otherwise than usual, by DATA. */
  readonly deliver: ContentDialogue | undefined;
  /** The content is any octets (BINARYMIME, RFC 3030 section 3), which only chunks can carry. */
  readonly binary: boolean;
}

/** Sends the content to those who were accepted, one at the least, once the server waits for it. */
export type ContentDialogue = (plan: TransactionPlan, sorted: Sorted) => Dialogue<TransactionResult>;

/** RCPT for the recipient at a place. */
export function recipientAt({ to, parameters, recipientParameters }: TransactionPlan, place: number): string {
  return recipientLine(to[place]!, { utf8: parameters.smtpUtf8 === true, more: recipientParameters?.[place] });
}

/** How a transaction ended well. */
export interface TransactionResult {
  /** The reply to the content. */
  readonly reply: Reply;
  readonly accepted: readonly string[];
  readonly rejected: readonly RefusedRecipient[];
  /** Those of whom nothing is known, where each has a reply of its own and the session did not last for all; it ends with this error. */
  readonly failed?: { readonly recipients: readonly string[]; readonly error: SmtpError } | undefined;
}
