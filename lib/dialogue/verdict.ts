/**
 * What the replies to a transaction say of the message and of its recipients.
 *
 * @module
 */
import {
  type Fate,
  type Phase,
  ProtocolError,
  type RefusedRecipient,
  RejectedError,
  type ReplyInfo,
  type SmtpError,
} from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import type { TransactionPlan } from "./transaction_plan.ts";
import { refused } from "./upkeep.ts";

/** The forward-paths that were accepted, and those that were not, each with its reply. */
export interface Sorted {
  readonly accepted: readonly string[];
  readonly rejected: readonly RefusedRecipient[];
}

/** Sorts forward-paths by their replies. */
export function sort(to: readonly string[], replies: readonly Reply[]): Sorted {
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
export function settle(reply: Reply, command: string, phase: Phase, fate?: Fate): Reply {
  if (reply.intermediate) throw refused(command, phase, reply, { fate });
  return reply;
}

/** Why the message did not get as far as its content. */
export function verdict(
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

/** Service closing transmission channel (RFC 5321 section 4.2.3). */
const CLOSING = 221;

/**
 * Whether a reply takes responsibility for a content. A server that says goodbye answers the QUIT behind it, and has left
 * out what it was to say of the content.
 */
export function takes(reply: Reply): boolean {
  return reply.positive && reply.code !== CLOSING;
}

/** The error for a content, or a chunk of it, that was not accepted. */
export function contentRefused(
  reply: Reply,
  { rejected, phase, sessionUsable }: {
    readonly rejected: readonly RefusedRecipient[];
    readonly phase: "content" | "final";
    readonly sessionUsable: boolean;
  },
): SmtpError {
  if (!reply.negative) return refused("the content", phase, reply, { fate: "unknown" });
  const info = reply.info();
  const text = `The server refuses the message: ${replyText(info)}`;
  const code = isTooLarge(info) ? "MESSAGE_TOO_LARGE" as const : undefined;
  return new RejectedError(phase, text, { reply: info, command: "content", rejected, code }, { sessionUsable });
}

/** The error for a server that takes a message whose sender, or every recipient, it has refused: nobody knows where it goes. */
export function contradiction(reply: Reply): ProtocolError {
  const text = `The server took a content that belongs to no transaction it had accepted: ${replyText(reply.info())}`;
  return new ProtocolError("final", text, { fate: "unknown" });
}
