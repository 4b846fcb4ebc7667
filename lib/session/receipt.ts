/**
 * What a caller gets back for a message that the server took.
 *
 * @module
 */
import type { TransactionResult } from "../dialogue/transaction_plan.ts";
import type { RefusedRecipient, ReplyInfo } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";

/** The server has taken the message, and answers for it from now on (RFC 5321 section 4.2.5). */
export interface Receipt {
  /** The Message-ID without angle brackets; `undefined` for a raw message, which has its own. */
  readonly messageId: string | undefined;
  /** The reply to the content; servers often name their queue id in it. */
  readonly reply: ReplyInfo;
  /** The forward-paths that the server accepted, at least one. */
  readonly accepted: readonly string[];
  /** Those it refused, each with its reply; empty with `recipients: "all"`. */
  readonly rejected: readonly RefusedRecipient[];
  /**
   * Extensions that the message went out without, because the server did not grant what was only preferred; `undefined`
   * where the envelope has no options.
   */
  readonly notGranted?: readonly string[] | undefined;
}

/** The receipt for a transaction that ended well. */
export function receiptFor({ messageId }: Composed, { reply, accepted, rejected }: TransactionResult): Receipt {
  return { messageId, reply: reply.info(), accepted, rejected };
}
