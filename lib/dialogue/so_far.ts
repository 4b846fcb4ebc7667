/**
 * What a server has said of a message when the session ends before it has said all: one that refuses and hangs up (Exim's
 * `drop`) leaves the rest of a group unanswered, and its words are worth more than that the connection is lost.
 *
 * @module
 */
import { nameRefused, ProtocolError, RejectedError, SmtpError } from "../errors.ts";
import type { Reply } from "../wire/reply.ts";
import type { Answers, Dialogue, Exchange } from "./step.ts";
import type { TransactionPlan } from "./transaction_plan.ts";
import { contentRefused, sort, verdict } from "./verdict.ts";

/** Bad sequence of commands (RFC 5321 section 4.2.3). */
const BAD_SEQUENCE = 503;

/** A message whose replies are waited for. */
export interface Asking {
  readonly plan: TransactionPlan;
  /** What was said to it before. */
  readonly before?: readonly Reply[] | undefined;
  /** Replies in front of that to MAIL: 1 with RSET. */
  readonly behind?: number | undefined;
}

/**
 * An exchange of a message's own commands, envelope or content.
 *
 * @throws when the session ends before all replies are there: the refusal that was among them, or the session's error,
 *   which names the recipients that were refused
 */
export function* ask(
  { plan, before = [], behind = 0 }: Asking,
  step: Exchange,
): Dialogue<Answers> {
  const heard: Reply[] = [];
  try {
    return (yield { ...step, heard }) as Answers;
  } catch (error) {
    const said = [...before, ...heard];
    const own = said.slice(behind);
    // Where a server is out of step, nobody knows what its replies are about; without RSET, a refusal is not this message's.
    if (
      !(error instanceof SmtpError) || error instanceof ProtocolError || (behind === 1 && said[0]?.positive === false)
    ) {
      throw error;
    }
    const { rejected } = sort(plan.to, own.slice(1, plan.to.length + 1));
    nameRefused(error, rejected.filter(({ reply }) => reply.code >= 400));
    throw refusedSoFar(plan, own, error.fate === "unknown") ?? error;
  }
}

/**
 * The refusal of the sender, of every recipient or of a chunk; `undefined` where there is none, or where a reply stands
 * among them that is about something else.
 *
 * @param replies the envelope's, from MAIL on, and those to chunks
 * @param inDoubt the message was handed over whole; what a confused server has refused it may have taken all the same
 */
function refusedSoFar(
  plan: TransactionPlan,
  replies: readonly Reply[],
  inDoubt: boolean,
): SmtpError | undefined {
  const [mail] = replies;
  // A server that answers MAIL so is out of step, and speaks of another command.
  if (
    mail === undefined || mail.code === BAD_SEQUENCE ||
    replies.some(({ code, intermediate }) => code === 421 || intermediate)
  ) return undefined;
  const recipients = replies.slice(1, plan.to.length + 1);
  const sorted = sort(plan.to, recipients);
  const isEnvelopeRefused = !mail.positive ||
    (recipients.length === plan.to.length && (sorted.accepted.length === 0 ||
      (plan.recipients === "all" && sorted.rejected.length > 0)));
  const content = replies.slice(plan.to.length + 1).find((reply) => reply.negative);
  if (!isEnvelopeRefused && content === undefined) return undefined;
  const refusal = isEnvelopeRefused
    ? verdict(plan, { mail, data: undefined, ...sorted }, false)
    : contentRefused(content!, { ...sorted, phase: "content", sessionUsable: false });
  if (!inDoubt || !(refusal instanceof RejectedError)) return refusal;
  const { phase, message } = refusal;
  return new RejectedError(phase, message, refusal, { fate: "unknown", retryable: false });
}
