/**
 * One mail transaction: MAIL, RCPT for each recipient, DATA, the content, and the reply that says what became of it (RFC
 * 5321 section 3.3).
 *
 * Where the server offers PIPELINING (RFC 2920), MAIL, every RCPT and DATA go out as one group. DATA in the group means
 * that the server may say 354 although no recipient is left; the content is then the single dot that RFC 2920 section 3.1
 * prescribes. It also means that the content cannot be held back any more once the server waits for it, so under the
 * policy `all`, with several recipients, DATA waits until each one is accepted.
 *
 * @module
 */
import { concat } from "../bytes/ascii.ts";
import { type Phase, type RefusedRecipient, RejectedError, type ReplyInfo, type SmtpError } from "../errors.ts";
import { encodeLines, mailLine, type MailParameters, recipientLine } from "../wire/command.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import { Transparency, transparent } from "../wire/transparency.ts";
import { type Dialogue, exchange, type ExchangeOptions } from "./step.ts";
import { refused, reset } from "./upkeep.ts";

/** Everything about a transaction, checked: nothing here can fail for a reason of the caller's. */
export interface TransactionPlan {
  /** Reverse-path without angle brackets; empty for the null reverse-path. */
  readonly from: string;
  /** Forward-paths without angle brackets; at least one. */
  readonly to: readonly string[];
  readonly parameters: MailParameters;
  /** The whole content before transparency, or its pieces. */
  readonly content: Uint8Array | (() => AsyncIterable<Uint8Array>);
  /** Octets above 127 in the content's pieces are an error: 8BITMIME is not offered. */
  readonly sevenBit: boolean;
  /** `some`: go on with the recipients that were accepted. `all`: send to every recipient or to none. */
  readonly recipients: "some" | "all";
  readonly pipelining: boolean;
}

/** How a transaction ended well. */
export interface TransactionResult {
  /** The reply to the content. */
  readonly reply: Reply;
  readonly accepted: readonly string[];
  readonly rejected: readonly RefusedRecipient[];
}

const DATA = "DATA\r\n";
const LONE_DOT = encodeLines(".\r\n");
const FINAL: readonly Phase[] = ["final"];

/**
 * Sends one message.
 *
 * @throws {RejectedError} the sender, every recipient (under `all`: any) or the content was refused
 * @throws {ProtocolError} a reply that makes no sense
 */
export function* transaction(plan: TransactionPlan): Dialogue<TransactionResult> {
  const { mail, recipients, data } = plan.pipelining ? yield* envelopeInGroups(plan) : yield* envelopeInSteps(plan);
  const { accepted, rejected } = sort(plan.to, recipients);
  const willing = mail.positive && accepted.length > 0 && (plan.recipients === "some" || rejected.length === 0);
  if (willing && data?.intermediate === true) {
    const reply = yield* sendContent(plan);
    if (reply.positive) return { reply, accepted, rejected };
    throw contentRefused(reply, rejected);
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
  const dataWaits = plan.recipients === "all" && plan.to.length > 1;
  const owed: Phase[] = ["mail"];
  let lines = mailLine(plan.from, plan.parameters);
  for (const path of plan.to) {
    lines += recipientLine(path, { utf8: plan.parameters.smtpUtf8 === true });
    owed.push("rcpt");
  }
  if (!dataWaits) {
    lines += DATA;
    owed.push("data");
  }
  const replies = yield* exchange(encodeLines(lines), owed);
  const mail = settle(replies[0]!, "MAIL", "mail");
  const recipients = replies.slice(1, plan.to.length + 1).map((reply) => settle(reply, "RCPT", "rcpt"));
  if (!dataWaits) return { mail, recipients, data: settleData(replies[plan.to.length + 1]!) };
  const data = mail.positive && recipients.every((reply) => reply.positive) ? yield* askForData() : undefined;
  return { mail, recipients, data };
}

function* envelopeInSteps(plan: TransactionPlan): Dialogue<EnvelopeReplies> {
  const [first] = yield* exchange(encodeLines(mailLine(plan.from, plan.parameters)), ["mail"]);
  const mail = settle(first!, "MAIL", "mail");
  const recipients: Reply[] = [];
  if (!mail.positive) return { mail, recipients, data: undefined };
  for (const path of plan.to) {
    const line = recipientLine(path, { utf8: plan.parameters.smtpUtf8 === true });
    const [reply] = yield* exchange(encodeLines(line), ["rcpt"]);
    recipients.push(settle(reply!, "RCPT", "rcpt"));
    if (plan.recipients === "all" && !reply!.positive) return { mail, recipients, data: undefined };
  }
  const data = recipients.some((reply) => reply.positive) ? yield* askForData() : undefined;
  return { mail, recipients, data };
}

function* askForData(): Dialogue<Reply> {
  const [reply] = yield* exchange(encodeLines(DATA), ["data"]);
  return settleData(reply!);
}

function* sendContent(plan: TransactionPlan): Dialogue<Reply> {
  const { content } = plan;
  const options: ExchangeOptions = { commits: true, last: plan.pipelining };
  if (content instanceof Uint8Array) {
    const transparency = new Transparency(plan.sevenBit);
    const octets = concat([transparency.push(content), transparency.end()]);
    const [reply] = yield* exchange(octets, FINAL, { ...options, shown: `(${octets.length} octets of content)` });
    return reply!;
  }
  const pieces = transparent(content(), { sevenBit: plan.sevenBit });
  const [reply] = yield* exchange(NOTHING, FINAL, { ...options, content: pieces });
  return reply!;
}

const NOTHING = new Uint8Array(0);

/** The server waits for content and nobody is left to get it (RFC 2920 section 3.1); what it says to that is all the same. */
function* sendNothing(plan: TransactionPlan): Dialogue<void> {
  yield* exchange(LONE_DOT, FINAL, { last: plan.pipelining });
}

function sort(to: readonly string[], replies: readonly Reply[]): {
  readonly accepted: readonly string[];
  readonly rejected: readonly RefusedRecipient[];
} {
  if (replies.every((reply) => reply.positive)) return { accepted: to.slice(0, replies.length), rejected: [] };
  const accepted: string[] = [];
  const rejected: RefusedRecipient[] = [];
  replies.forEach((reply, index) => {
    if (reply.positive) accepted.push(to[index]!);
    else rejected.push({ recipient: to[index]!, reply: reply.info() });
  });
  return { accepted, rejected };
}

/** A command of the envelope is accepted or refused; anything else is no answer to it. */
function settle(reply: Reply, command: string, phase: Phase): Reply {
  if (reply.intermediate) throw refused(command, phase, reply);
  return reply;
}

/** DATA is refused or answered by 354; after anything else it is not known whether the server waits for content. */
function settleData(reply: Reply): Reply {
  if (reply.code !== 354 && !reply.negative) throw refused("DATA", "data", reply);
  return reply;
}

/** Why the message did not get as far as its content. */
function verdict(
  { from, recipients }: TransactionPlan,
  said: {
    readonly mail: Reply;
    readonly data: Reply | undefined;
    readonly accepted: readonly string[];
    readonly rejected: readonly RefusedRecipient[];
  },
  sessionUsable: boolean,
): RejectedError {
  const { mail, data, accepted, rejected } = said;
  if (!mail.positive) {
    const reply = mail.info();
    const text = `The server refuses the sender <${from}>: ${replyText(reply)}`;
    const code = isTooLarge(reply) ? "MESSAGE_TOO_LARGE" as const : undefined;
    return new RejectedError("mail", text, { reply, command: "MAIL", code }, { sessionUsable });
  }
  // With nobody left, what is said to DATA follows from what was said to each recipient.
  if (data !== undefined && accepted.length > 0) {
    const reply = data.info();
    const text = `The server refuses to take the content: ${replyText(reply)}`;
    return new RejectedError("data", text, { reply, command: "DATA", rejected }, { sessionUsable });
  }
  // For some, one recipient that may do better later is worth another attempt; for all, one that never will is the end.
  const isPassing = ({ reply }: RefusedRecipient) => reply.code < 500 || isTooMany(reply);
  const telling = rejected.find((one) => isPassing(one) === (recipients === "some")) ?? rejected[0]!;
  const { recipient, reply } = telling;
  const others = rejected.length === 1 ? "" : ` (and ${rejected.length - 1} more)`;
  const text = `Cannot deliver to <${recipient}>${others}: ${replyText(reply)}`;
  const later = isPassing(telling) ? { fate: "deferred", retryable: true } as const : {};
  return new RejectedError("rcpt", text, { reply, command: "RCPT", rejected }, { sessionUsable, ...later });
}

/** "Too many recipients" in an older RFC's words, to be taken for 452 (RFC 5321 section 4.5.3.1.10). */
function isTooMany(reply: ReplyInfo): boolean {
  return reply.code === 552 && (reply.enhanced === undefined || reply.enhanced === "5.5.3");
}

/** Too big for this system, or for this mailbox (RFC 3463 sections 3.3 and 3.4); 552 alone may as well be a quota. */
function isTooLarge(reply: ReplyInfo): boolean {
  return reply.enhanced === "5.3.4" || reply.enhanced === "5.2.3";
}

function contentRefused(reply: Reply, rejected: readonly RefusedRecipient[]): SmtpError {
  if (!reply.negative) return refused("the content", "final", reply, { fate: "unknown" });
  const info = reply.info();
  const text = `The server refuses the message: ${replyText(info)}`;
  const code = isTooLarge(info) ? "MESSAGE_TOO_LARGE" as const : undefined;
  const about = { reply: info, command: "content", rejected, code };
  return new RejectedError("final", text, about, { sessionUsable: !reply.early });
}
