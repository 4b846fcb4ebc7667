/**
 * What a caller gets back for a message that the server took.
 *
 * @module
 */
import type { TransactionResult } from "../dialogue/transaction_plan.ts";
import { type Fate, noteCancelled, type RefusedRecipient, type ReplyInfo } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";

/**
 * The server has taken the message for `accepted`, and answers for it from now on (RFC 5321 section 4.2.5). Each recipient
 * stands in exactly one of `accepted`, `rejected` and `failed`.
 */
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
   * Those of whom the server has said neither. With {@link lmtp}, when the session ended before each had its reply: their
   * fate is `unknown` then. `undefined` or empty where there are none, as always with SMTP in one transaction.
   */
  readonly failed?: readonly FailedRecipients[] | undefined;
  /**
   * Extensions that the message went out without, because the server did not grant what was only preferred; `undefined`
   * where the envelope has no options.
   */
  readonly notGranted?: readonly string[] | undefined;
}

/** Recipients for whom the message failed, while the server took it for others. */
export interface FailedRecipients {
  /** The forward-paths, without angle brackets. */
  readonly recipients: readonly string[];
  /** What became of the message for them; `unsent` and `deferred`: sending it again to them cannot duplicate it. */
  readonly fate: Fate;
  /** As `send` would have been rejected with it, had these been the only recipients. */
  readonly error: unknown;
}

/** The receipt for a transaction that ended well, for some recipients at the least. */
export function receiptFor(
  { messageId }: Composed,
  { reply, accepted, rejected, failed }: TransactionResult,
  signal: AbortSignal | undefined,
): Receipt {
  const receipt = { messageId, reply: reply.info(), accepted, rejected };
  if (failed === undefined) return receipt;
  const { recipients, error: { fate } } = failed;
  const error = signal?.aborted === true ? signal.reason : failed.error;
  noteCancelled(error, fate);
  return { ...receipt, failed: [{ recipients, fate, error }] };
}
