/**
 * What a client gives back for a message, which may have gone out in several transactions.
 *
 * @module
 */
import {
  type Fate,
  nameRefused,
  noteCancelled,
  type RefusedRecipient,
  RejectedError,
  type ReplyInfo,
  SmtpError,
} from "../errors.ts";
import { has } from "../given.ts";
import type { FailedRecipients, Receipt } from "../session/receipt.ts";
import { asToldTo, fateAfter } from "./own_signal.ts";

/**
 * A server has taken the message for `accepted`. Where it takes fewer recipients in a transaction than the message has,
 * the message goes out in several, and one receipt tells of all of them; `reply` is the first of `replies`.
 */
export interface ClientReceipt extends Receipt {
  /** The reply to the content in each transaction that a server took; `undefined` where there was one transaction. */
  readonly replies?: readonly ReplyInfo[];
  /**
   * As in a {@link Receipt}, and the recipients of transactions that failed while others were taken. `undefined` where
   * there was one transaction, and everybody had a reply in it.
   */
  readonly failed?: readonly FailedRecipients[] | undefined;
}

/** How one transaction of several ended. */
export type PartOutcome = { readonly receipt: Receipt } | {
  readonly error: unknown;
  /** Those the transaction was for. */
  readonly to: readonly string[];
};

/** The worst first; among those that nobody took it for, what is worth another attempt comes before what is not. */
const FATES: readonly Fate[] = ["unknown", "unsent", "deferred", "rejected"];

/**
 * One receipt for several transactions of one message, recipients in the message's order.
 *
 * @throws when no transaction was taken: the error that says most about the whole
 */
export function mergedReceipt(outcomes: readonly PartOutcome[], order: ReadonlyMap<string, number>): ClientReceipt {
  const receipts = outcomes.flatMap((outcome) => has(outcome, "receipt") ? [outcome.receipt] : []);
  const rejected = receipts.flatMap((receipt) => receipt.rejected);
  const failed: FailedRecipients[] = [];
  for (const outcome of outcomes) {
    if (has(outcome, "receipt")) {
      failed.push(...outcome.receipt.failed ?? []);
      continue;
    }
    // Those that were refused by name have their reply; the others share the transaction's error.
    const named = outcome.error instanceof SmtpError ? outcome.error.rejected ?? [] : [];
    rejected.push(...named);
    const known = new Set(named.map(({ recipient }) => recipient));
    const recipients = outcome.to.filter((one) => !known.has(one));
    if (recipients.length > 0) {
      failed.push({ recipients, fate: fateAfter(outcome.error), error: asToldTo(outcome.error) });
    }
  }
  const place = (recipient: string) => order.get(recipient) ?? 0;
  rejected.sort((a, b) => place(a.recipient) - place(b.recipient));
  if (receipts[0] === undefined) throw errorOfAll(outcomes, rejected);
  const asked = receipts.flatMap(({ notGranted }) => notGranted === undefined ? [] : [notGranted]);
  return {
    messageId: receipts[0].messageId,
    reply: receipts[0].reply,
    replies: receipts.map(({ reply }) => reply),
    accepted: receipts.flatMap(({ accepted }) => accepted).sort((a, b) => place(a) - place(b)),
    rejected,
    failed,
    ...asked.length > 0 ? { notGranted: [...new Set(asked.flat())] } : {},
  };
}

/** A receipt with errors as its caller knows them: see {@link asToldTo}. */
export function asToldToAll(receipt: Receipt | undefined): Receipt | undefined {
  if (receipt?.failed === undefined) return receipt;
  const failed = receipt.failed.map((one) => ({ ...one, error: asToldTo(one.error) }));
  for (const { error, fate } of failed) noteCancelled(error, fate);
  return { ...receipt, failed };
}

/** Nobody took it: one of the errors, with all the recipients that were refused by name. */
function errorOfAll(outcomes: readonly PartOutcome[], rejected: readonly RefusedRecipient[]): unknown {
  const errors = outcomes.flatMap((outcome) => has(outcome, "error") ? [outcome.error] : []);
  const worst = FATES.flatMap((fate) => errors.filter((error) => fateAfter(error) === fate))[0];
  if (!(worst instanceof RejectedError) || worst.phase !== "rcpt") {
    // What ended a session under way is this message's own; that none could be opened is told to others too.
    if (fateAfter(worst) === "unknown") nameRefused(worst, rejected);
    noteCancelled(asToldTo(worst), fateAfter(worst));
    return asToldTo(worst);
  }
  const { phase, message, reply, command, code, fate, retryable, sessionUsable, advice } = worst;
  return new RejectedError(phase, message, { reply, command, rejected, code }, {
    fate,
    retryable,
    sessionUsable,
    cause: worst,
    advice,
  });
}
