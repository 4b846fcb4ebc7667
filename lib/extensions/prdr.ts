/**
 * PRDR (draft-hall-prdr-00, which expired; Exim has it): what each recipient's own rules say of the content.
 *
 * @module
 */
import { forData } from "../dialogue/body.ts";
import { type Dialogue, exchange } from "../dialogue/step.ts";
import type { TransactionPlan, TransactionResult } from "../dialogue/transaction_plan.ts";
import { contentRefused, type Sorted, takes } from "../dialogue/verdict.ts";
import { nameRefused, type Phase } from "../errors.ts";
import type { EnvelopeOption } from "../mime/envelope_option.ts";
import type { Reply } from "../wire/reply.ts";
import { envelopeOption } from "./envelope_option.ts";
import { afterContent, settles } from "./recipient_replies.ts";

const EACH_FOLLOWS = 353;
const FINAL: readonly Phase[] = ["final"];

/**
 * Asks for a reply to the content for each recipient (PRDR, draft-hall-prdr-00): a server whose recipients have rules of
 * their own can then take a message for some of them. The receipt names those whom it took it for; those whom it refused,
 * before the content or behind it, stand in `rejected`, each with its reply. `reply` is the last one, which holds for all:
 * where it says no, nobody has the message. A message that nobody has is a {@link RejectedError}.
 *
 * Such a message goes by DATA, and the next one is written when its replies are there. All or none
 * (`recipients: "all"`) cannot be had with it for several recipients.
 *
 * When the connection is lost before the last reply, the fate of the message is `unknown`, and `rejected` of the error
 * names those who were refused by themselves. Where each was, the message is refused.
 *
 * @example
 * ```ts
 * import { prdr, prefer, send } from "@posthaste/smtp";
 *
 * const { accepted, rejected } = await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: ["bob@example.net", "eve@example.net"],
 *   text: "Hi",
 *   envelope: { options: [prefer(prdr())] },
 * });
 * ```
 */
export function prdr(): EnvelopeOption {
  return envelopeOption({
    extension: "PRDR",
    parametersFor: ({ allOrNone }) => {
      if (!allOrNone) return { mail: "PRDR", deliver };
      return "PRDR is asked for, and with it all or none cannot be had";
    },
  });
}

/**
 * Sends the content. Nothing is written behind it before all replies are there: only the first one says how many there are,
 * and a server that counts recipients otherwise would have its reply to MAIL taken for the last one.
 */
function* deliver(plan: TransactionPlan, sorted: Sorted): Dialogue<TransactionResult> {
  const { accepted, rejected } = sorted;
  const [only] = yield* exchange("", FINAL, { commits: true, ...forData(plan.content, plan.sevenBit) });
  if (takes(only!)) return { reply: only!, accepted, rejected };
  if (only!.code !== EACH_FOLLOWS) {
    throw contentRefused(only!, { rejected, phase: "final", sessionUsable: !only!.early });
  }
  const owed = [...accepted, "all"].map((): Phase => "final");
  const heard: Reply[] = [];
  try {
    yield* exchange("", owed, { commits: true, heard });
  } catch (error) {
    throw unsettled(plan, { sorted, heard, error });
  }
  return settle(plan, { sorted, replies: heard });
}

/**
 * What an error says when the last reply has not come: a yes before it is none yet, and a no is one for good. So is 421 in
 * its place, to all: whoever says so has not taken the message (RFC 5321 section 4.2.5).
 */
function unsettled(
  plan: TransactionPlan,
  { sorted, heard, error }: { readonly sorted: Sorted; readonly heard: readonly Reply[]; readonly error: unknown },
): unknown {
  const end = heard.findIndex(({ code }) => code === 421);
  const replies = end < 0 ? heard : heard.slice(0, end);
  // Replies too many: nobody knows whose they are.
  if (replies.length > sorted.accepted.length) return error;
  const { accepted, rejected, left, telling } = afterContent(plan, { ...sorted, replies });
  if (end < 0 && accepted.length + left.length === 0) {
    return contentRefused(telling!, { rejected, phase: "final", sessionUsable: false });
  }
  nameRefused(error, rejected);
  return error;
}

/**
 * What the replies come to. The last one is about all recipients: Exim refuses there what it refuses whoever it is for, and
 * has kept nothing by then. It also says yes when some recipients were refused for good, and all others for now: nobody
 * has the message then, as only their own replies tell.
 */
function settle(
  plan: TransactionPlan,
  { sorted, replies }: { readonly sorted: Sorted; readonly replies: readonly Reply[] },
): TransactionResult {
  const final = replies[replies.length - 1]!;
  const told = replies.slice(0, -1);
  const { accepted, rejected, telling } = afterContent(plan, { ...sorted, replies: told });
  const sessionUsable = !replies.some(({ code }) => code === 421);
  const about = { rejected, phase: "final", sessionUsable } as const;
  // Neither yes nor no: with the last reply a yes, somebody may have it.
  const odd = final.negative ? undefined : replies.find((reply) => !settles(reply));
  if (odd !== undefined) throw contentRefused(odd, about);
  if (final.positive && accepted.length > 0) return { reply: final, accepted, rejected };
  throw contentRefused(final.negative ? final : telling!, about);
}
