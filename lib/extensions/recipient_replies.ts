/**
 * Replies to a content, one for each recipient that it was sent for: LMTP and PRDR have them.
 *
 * @module
 */
import type { TransactionPlan } from "../dialogue/transaction_plan.ts";
import { type Sorted, takes } from "../dialogue/verdict.ts";
import type { RefusedRecipient } from "../errors.ts";
import type { Reply } from "../wire/reply.ts";

/** What came of the recipients. */
export interface AfterContent extends Sorted {
  /** The refusal behind the content that speaks for all of them: one that may do better later is worth another attempt. */
  readonly telling: Reply | undefined;
  /** Those who have neither a yes nor a no. */
  readonly left: readonly string[];
}

/** Whether a reply says yes or no to a content; a goodbye does neither. */
export function settles(reply: Reply): boolean {
  return reply.negative || takes(reply);
}

/** Sorts those who were accepted before the content by what was said behind it, be it to some of them only. */
export function afterContent(
  { to }: TransactionPlan,
  { accepted, rejected, replies }: Sorted & { readonly replies: readonly Reply[] },
): AfterContent {
  const refusals = new Map(rejected.map((one): [string, RefusedRecipient] => [one.recipient, one]));
  const taken: string[] = [];
  const left: string[] = [];
  let telling: Reply | undefined;
  accepted.forEach((recipient, place) => {
    const reply = replies[place];
    if (reply === undefined || !settles(reply)) return left.push(recipient);
    if (reply.positive) return taken.push(recipient);
    refusals.set(recipient, { recipient, reply: reply.info(), phase: "final" });
    if (telling === undefined || (reply.code < 500 && telling.code >= 500)) telling = reply;
  });
  return { accepted: taken, rejected: to.flatMap((recipient) => refusals.get(recipient) ?? []), telling, left };
}
