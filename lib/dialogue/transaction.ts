/**
 * One mail transaction: MAIL, RCPT for each recipient, DATA, the content, and the reply that says what became of it (RFC
 * 5321 section 3.3).
 *
 * Where the server offers PIPELINING (RFC 2920), MAIL, every RCPT and DATA go out as one group. DATA in the group means
 * that the server may say 354 although no recipient is left; the content is then the single dot that RFC 2920 section 3.1
 * prescribes. It also means that the content cannot be held back any more once the server waits for it, so under the
 * policy `all`, with several recipients, DATA waits until each one is accepted.
 *
 * Where it offers CHUNKING too, messages go another way (`chunked_transaction.ts`).
 *
 * @module
 */
import { nameRefused, type Phase } from "../errors.ts";
import { mailLine } from "../wire/command.ts";
import type { Reply } from "../wire/reply.ts";
import { forData } from "./body.ts";
import { chunkedTransaction } from "./chunked_transaction.ts";
import type { OpenTransaction } from "./open_transaction.ts";
import { ask } from "./so_far.ts";
import { type Dialogue, exchange, exchangeStep } from "./step.ts";
import { type ContentDialogue, recipientAt, type TransactionPlan, type TransactionResult } from "./transaction_plan.ts";
import { refused, reset, settleOpen } from "./upkeep.ts";
import { contentRefused, settle, sort, type Sorted, takes, verdict } from "./verdict.ts";

const DATA = "DATA\r\n";
const LONE_DOT = ".\r\n";
const FINAL: readonly Phase[] = ["final"];

/**
 * Sends one message.
 *
 * @param open what earlier transactions of the session may have left
 * @throws {RejectedError} the sender, every recipient (under `all`: any) or the content was refused
 * @throws {ProtocolError} a reply that makes no sense
 */
export function transaction(plan: TransactionPlan, open: OpenTransaction): Dialogue<TransactionResult> {
  return plan.chunking
    ? chunkedTransaction(plan, open)
    : dataTransaction(plan, { open, deliver: plan.deliver ?? sendContent });
}

/** Whether nothing of the content may be written before each recipient is accepted. */
function dataWaits({ recipients, to }: TransactionPlan): boolean {
  return recipients === "all" && to.length > 1;
}

/**
 * Sends one message by DATA.
 *
 * @throws as {@link transaction}
 */
export function* dataTransaction(
  plan: TransactionPlan,
  { open, deliver }: { readonly open: OpenTransaction; readonly deliver: ContentDialogue },
): Dialogue<TransactionResult> {
  if (open.exists) yield* settleOpen(open);
  const { mail, recipients, data } = plan.pipelining ? yield* envelopeInGroups(plan) : yield* envelopeInSteps(plan);
  const { accepted, rejected } = sort(plan.to, recipients);
  const willing = mail.positive && accepted.length > 0 && (plan.recipients === "some" || rejected.length === 0);
  if (willing && data?.intermediate === true) {
    try {
      return yield* deliver(plan, { accepted, rejected });
    } catch (error) {
      nameRefused(error, rejected);
      throw error;
    }
  }
  let sessionUsable = true;
  try {
    if (data?.intermediate === true) yield* sendNothing(plan);
    else if (mail.positive) yield* reset(plan.pipelining);
  } catch {
    // Cleaning up failed, and with it the session; what the server said of the message stands all the same.
    sessionUsable = false;
  }
  throw verdict(plan, { mail, data, accepted, rejected }, sessionUsable);
}

interface EnvelopeReplies {
  readonly mail: Reply;
  /** As many as were asked for; fewer when something before them was refused. */
  readonly recipients: readonly Reply[];
  /** `undefined` when DATA was not sent. */
  readonly data: Reply | undefined;
}

function* envelopeInGroups(plan: TransactionPlan): Dialogue<EnvelopeReplies> {
  const isWaiting = dataWaits(plan);
  const owed: Phase[] = ["mail"];
  let lines = mailLine(plan.from, plan.parameters);
  for (let place = 0; place < plan.to.length; place++) {
    lines += recipientAt(plan, place);
    owed.push("rcpt");
  }
  if (!isWaiting) {
    lines += DATA;
    owed.push("data");
  }
  const { replies } = yield* ask({ plan }, exchangeStep(lines, owed));
  const mail = settle(replies[0]!, "MAIL", "mail");
  const recipients = replies.slice(1, plan.to.length + 1).map((reply) => settle(reply, "RCPT", "rcpt"));
  if (!isWaiting) return { mail, recipients, data: settleData(replies[plan.to.length + 1]!) };
  const data = mail.positive && recipients.every((reply) => reply.positive)
    ? yield* askForData(plan, replies)
    : undefined;
  return { mail, recipients, data };
}

function* envelopeInSteps(plan: TransactionPlan): Dialogue<EnvelopeReplies> {
  const [first] = yield* exchange(mailLine(plan.from, plan.parameters), ["mail"]);
  const mail = settle(first!, "MAIL", "mail");
  const before = [mail];
  const soFar = (data?: Reply) => ({ mail, recipients: before.slice(1), data });
  if (!mail.positive) return soFar();
  for (let place = 0; place < plan.to.length; place++) {
    const { replies: [reply] } = yield* ask({ plan, before }, exchangeStep(recipientAt(plan, place), ["rcpt"]));
    before.push(settle(reply!, "RCPT", "rcpt"));
    if (plan.recipients === "all" && !reply!.positive) return soFar();
  }
  return before.slice(1).some((reply) => reply.positive) ? soFar(yield* askForData(plan, before)) : soFar();
}

function* askForData(plan: TransactionPlan, before: readonly Reply[]): Dialogue<Reply> {
  const { replies: [reply] } = yield* ask({ plan, before }, exchangeStep(DATA, ["data"]));
  return settleData(reply!);
}

function* sendContent(plan: TransactionPlan, { accepted, rejected }: Sorted): Dialogue<TransactionResult> {
  const leaving = forData(plan.content, plan.sevenBit);
  const [reply] = yield* exchange("", FINAL, { commits: true, last: plan.pipelining, ...leaving });
  if (takes(reply!)) return { reply: reply!, accepted, rejected };
  throw contentRefused(reply!, { rejected, phase: "final", sessionUsable: !reply!.early });
}

/** The server waits for content and nobody is left to get it (RFC 2920 section 3.1); what it says to that is all the same. */
function* sendNothing(plan: TransactionPlan): Dialogue<void> {
  yield* exchange(LONE_DOT, FINAL, { last: plan.pipelining });
}

/** DATA is refused or answered by 354; after anything else it is not known whether the server waits for content. */
function settleData(reply: Reply): Reply {
  if (reply.code !== 354 && !reply.negative) throw refused("DATA", "data", reply);
  return reply;
}
