/**
 * LMTP (RFC 2033): delivery to mailboxes, with a reply to the content for each recipient that was accepted.
 *
 * @module
 */
import { forData } from "../dialogue/body.ts";
import type { SessionProtocol } from "../dialogue/protocol.ts";
import { type Dialogue, exchange } from "../dialogue/step.ts";
import { dataTransaction } from "../dialogue/transaction.ts";
import type { TransactionPlan, TransactionResult } from "../dialogue/transaction_plan.ts";
import { refused } from "../dialogue/upkeep.ts";
import { contentRefused, type Sorted } from "../dialogue/verdict.ts";
import { ClosedError, fateOf, nameRefused, type Phase, type SmtpError, UnsupportedError } from "../errors.ts";
import { helloLine } from "../wire/command.ts";
import { type Extensions, parseExtensions } from "../wire/extension.ts";
import type { Reply } from "../wire/reply.ts";
import { afterContent, settles } from "./recipient_replies.ts";

const FINAL: readonly Phase[] = ["final"];

/**
 * Speaks LMTP with a server that delivers to mailboxes, such as Dovecot's. The receipt names those it delivered to; those
 * whom it refused, before the content or behind it, stand in `rejected`, each with its reply. `reply` is the first that
 * says yes. All or none (`recipients: "all"`) cannot be had with several recipients: each has its own fate.
 *
 * When the session ends before each recipient has its reply, be it by 421, those who had one are in the receipt as ever,
 * and the others in `failed`, with the fate `unknown`: the message may have been delivered to them. Where nobody was
 * answered with a yes, that is an error with this fate, whose `rejected` names those who were refused. With several
 * recipients the next message waits for their replies.
 *
 * A port is needed, and never 25 (RFC 2033 section 5), or a Unix socket:
 * `{ path: "/run/dovecot/lmtp", protocol: lmtp }`.
 *
 * @example
 * ```ts
 * import { lmtp, Session } from "@posthaste/smtp";
 *
 * await using session = await Session.open({ host: "127.0.0.1", port: 24, tls: "off", protocol: lmtp });
 * const { accepted, rejected } = await session.send({
 *   from: "ada@example.com",
 *   to: ["bob@example.com", "eve@example.com"],
 *   text: "Hi",
 * });
 * ```
 */
export const lmtp: SessionProtocol = {
  name: "LMTP",
  check({ path, port }) {
    if (path === undefined && (port === undefined || port === 25)) {
      throw new RangeError("port: LMTP needs one, and never 25, or the path of a Unix socket");
    }
  },
  hello,
  transaction(plan, open) {
    if (plan.deliver !== undefined) throw unsupported("PRDR", "PRDR is asked for, and LMTP has replies of its own");
    if (plan.recipients === "some" || plan.to.length === 1) return dataTransaction(plan, { open, deliver });
    throw unsupported("LMTP", "All or none is asked for, and LMTP delivers to each recipient by itself");
  },
};

/** There is nothing before LHLO to fall back to (RFC 2033 section 4.1). */
function* hello(clientName: string): Dialogue<Extensions> {
  const [reply] = yield* exchange(helloLine("LHLO", clientName), ["ehlo"]);
  if (reply!.code !== 250) throw refused("LHLO", "ehlo", reply!);
  return parseExtensions(reply!);
}

/** Sends the content, and hears of each recipient (RFC 2033 section 4.2). */
function* deliver(plan: TransactionPlan, sorted: Sorted): Dialogue<TransactionResult> {
  const { length } = sorted.accepted;
  const replies: Reply[] = [];
  while (replies.length < length) {
    const leaving = replies.length === 0 ? forData(plan.content, plan.sevenBit) : {};
    // The next message is written when this one is, where there is one reply to come: a server that counts recipients
    // otherwise, such as one that is named twice, would have its reply to MAIL taken for the last recipient's.
    const last = plan.pipelining && length === 1;
    const heard: Reply[] = [];
    try {
      yield* exchange("", FINAL, { commits: true, last, heard, ...leaving });
    } catch (error) {
      // Nobody has a content that was not whole.
      const isWhole = replies.length > 0 || fateOf(error) === "unknown" || (error as SmtpError).phase === "final";
      if (!isWhole) throw error;
      // 421 in the place of the last reply is that recipient's. With several left, nobody knows which it is meant for.
      const told = replies.length === length - 1 ? [...replies, ...heard] : replies;
      return withoutSome(plan, { ...sorted, replies: told }, error as SmtpError);
    }
    const [reply] = heard as [Reply];
    if (reply.early || !settles(reply)) {
      const error = contentRefused(reply, { rejected: sorted.rejected, phase: "final", sessionUsable: false });
      if (reply.early) throw error;
      return withoutSome(plan, { ...sorted, replies }, error);
    }
    replies.push(reply);
  }
  const { accepted, rejected, telling } = afterContent(plan, { ...sorted, replies });
  const reply = replies.find((one) => one.positive);
  if (reply !== undefined) return { reply, accepted, rejected };
  throw contentRefused(telling!, { rejected, phase: "final", sessionUsable: true });
}

/**
 * What is known when the session has ended before each recipient had its reply: those who were answered have the message
 * or were refused it. The others may have it, as a server may deliver first and answer then.
 */
function withoutSome(
  plan: TransactionPlan,
  about: Sorted & { readonly replies: readonly Reply[] },
  cause: SmtpError,
): TransactionResult {
  const { accepted, rejected, left } = afterContent(plan, about);
  const text = "The session ended before the server had answered for each recipient; some may have the message";
  const isTold = left.length === 0 || cause.fate === "unknown";
  const error = isTold ? cause : new ClosedError("final", text, { fate: "unknown", cause });
  const reply = about.replies.find((one) => one.positive);
  if (reply !== undefined) {
    return { reply, accepted, rejected, failed: left.length === 0 ? undefined : { recipients: left, error } };
  }
  nameRefused(error, rejected);
  throw error;
}

function unsupported(feature: string, text: string): UnsupportedError {
  return new UnsupportedError("EXTENSION_UNSUPPORTED", "mail", feature, text, { sessionUsable: true });
}
