/**
 * One mail transaction that goes out whole: MAIL, RCPT for each recipient, and the content by BDAT (RFC 3030), without
 * waiting for any reply. The next one may be written right behind it, so that a window of them is under way.
 *
 * Nothing is decided on the way, but where the content waits for the envelope's replies: that of a message that goes to all
 * of several recipients or to none, and that of the first message after a pause, so that a connection which has died
 * meanwhile leaves nothing in doubt. What the replies mean is found out from all of them together: a server answers each command, also those that make no sense to it
 * any more, because one before them was refused.
 *
 * @module
 */
import { ClosedError, type Phase, type SmtpError } from "../errors.ts";
import { has } from "../given.ts";
import { bdatLine } from "../wire/chunking.ts";
import { mailLine } from "../wire/command.ts";
import type { Reply } from "../wire/reply.ts";
import { forChunks } from "./body.ts";
import type { OpenTransaction } from "./open_transaction.ts";
import { ask } from "./so_far.ts";
import { type Dialogue, exchangeStep } from "./step.ts";
import { recipientAt, type TransactionPlan, type TransactionResult } from "./transaction_plan.ts";
import { refused } from "./upkeep.ts";
import { contentRefused, contradiction, settle, sort, takes, verdict } from "./verdict.ts";

const RSET = "RSET\r\n";
const FINAL: readonly Phase[] = ["final"];
/** The replies to a message in memory for one recipient; `FEW[1]` with RSET in front. */
const FEW: readonly (readonly Phase[])[] = [["mail", "rcpt", "final"], ["rset", "mail", "rcpt", "final"]];

/**
 * Sends one message.
 *
 * @throws {RejectedError} the sender, every recipient or the content was refused
 * @throws {ProtocolError} a reply that makes no sense
 */
export function* chunkedTransaction(plan: TransactionPlan, open: OpenTransaction): Dialogue<TransactionResult> {
  const { to } = plan;
  const behind = open.exists ? 1 : 0;
  let lines = (behind === 1 ? RSET : "") + mailLine(plan.from, plan.parameters);
  for (let place = 0; place < to.length; place++) lines += recipientAt(plan, place);
  const envelope = behind + 1 + to.length;
  const leaving = forChunks(plan.content, plan);
  const own = open.begin();
  let before: readonly Reply[] = [];
  if (plan.cautious) {
    before = (yield* ask({ plan, behind }, exchangeStep(lines, phases(behind, to.length, false)))).replies;
    lines = "";
    if (!isWelcome(plan, before, behind) || before.slice(behind).some((reply) => reply.intermediate)) {
      throw failure(plan, { replies: before, final: undefined, behind, envelope });
    }
  }
  const isWhole = has(leaving, "body");
  const owed = plan.cautious ? isWhole ? FINAL : [] : phases(behind, to.length, isWhole);
  if (isWhole) lines += bdatLine(leaving.size, true);
  // Each key is written out: a spread over them took as long as all else that is done for a message.
  const answers = yield* ask({ plan, before, behind }, {
    kind: "exchange",
    octets: lines,
    owed,
    body: isWhole ? leaving.body : undefined,
    content: isWhole ? undefined : leaving.content,
    chunked: !isWhole,
    isLost: isWhole
      ? undefined
      : (replies) => plan.cautious ? !replies.at(-1)!.positive : isHopeless(plan, { replies, behind, envelope }),
    last: true,
    commits: true,
    shown: undefined,
    secrets: undefined,
    heard: undefined,
  });
  const replies = plan.cautious ? [...before, ...answers.replies] : answers.replies;
  const final = answers.whole ? replies[replies.length - 1] : undefined;
  const mail = replies[behind]!;
  if (final !== undefined && takes(final) && mail.positive) {
    const { accepted, rejected } = sort(to, replies.slice(behind + 1, envelope));
    if (accepted.length > 0 && rejected.every(({ reply }) => reply.code >= 400)) {
      open.end(own);
      return { reply: final, accepted, rejected };
    }
  }
  throw failure(plan, { replies, final, behind, envelope });
}

/** What was said, and where in it the envelope's replies stand. */
interface Said {
  readonly replies: readonly Reply[];
  readonly final: Reply | undefined;
  readonly behind: number;
  readonly envelope: number;
}

/** Why a message did not get through; the transaction may still be open. */
function failure(plan: TransactionPlan, { replies, final, behind, envelope }: Said): SmtpError {
  const rset = behind === 1 ? replies[0]! : undefined;
  // Not refused: whatever else makes no sense, the content may have been taken.
  const fate = final?.negative === false ? "unknown" : "unsent";
  const mail = settle(replies[behind]!, "MAIL", "mail", fate);
  const recipients = replies.slice(behind + 1, envelope).map((reply) => settle(reply, "RCPT", "rcpt", fate));
  if (final?.positive === true) {
    return takes(final) ? contradiction(final) : refused("the content", "final", final, { fate });
  }
  // Without RSET, a MAIL that is refused says nothing of this message.
  if (rset?.positive === false && !mail.positive) return refused("RSET", "rset", rset);
  const sorted = sort(plan.to, recipients);
  const sessionUsable = !replies.some(({ code }) => code === 421);
  if (!isWelcome(plan, replies.slice(0, envelope), behind)) {
    return verdict(plan, { mail, data: undefined, ...sorted }, sessionUsable);
  }
  const refusal = replies.slice(envelope).find((reply) => !reply.positive);
  if (refusal === undefined) return new ClosedError("content", "The content was broken off", { sessionUsable });
  if (refusal.intermediate) return refused("the content", refusal === final ? "final" : "content", refusal, { fate });
  return contentRefused(refusal, { ...sorted, phase: refusal === final ? "final" : "content", sessionUsable });
}

/** Whether the newest reply says that the content is of no use any more. */
function isHopeless(plan: TransactionPlan, { replies, behind, envelope }: Omit<Said, "final">): boolean {
  const newest = replies[replies.length - 1]!;
  if (replies.length <= behind) return false;
  if (replies.length === behind + 1 || replies.length > envelope) return !newest.positive;
  return replies.length === envelope && !isWelcome(plan, replies, behind);
}

/** Whether the sender was accepted, and with it one recipient at the least or, under `all`, each. */
function isWelcome({ recipients }: TransactionPlan, envelope: readonly Reply[], behind: number): boolean {
  const [mail, ...to] = envelope.slice(behind);
  return mail!.positive && to[recipients === "all" ? "every" : "some"]((reply) => reply.positive);
}

function phases(behind: number, recipients: number, final: boolean): readonly Phase[] {
  if (recipients === 1 && final) return FEW[behind]!;
  const owed: Phase[] = behind === 1 ? ["rset", "mail"] : ["mail"];
  for (let i = 0; i < recipients; i++) owed.push("rcpt");
  if (final) owed.push("final");
  return owed;
}
