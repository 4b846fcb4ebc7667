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
import { ClosedError, fateOf, type Phase, SmtpError, UnsupportedError } from "../errors.ts";
import { helloLine } from "../wire/command.ts";
import { type Extensions, parseExtensions } from "../wire/extension.ts";
import type { Reply } from "../wire/reply.ts";
import { afterContent } from "./recipient_replies.ts";

const FINAL: readonly Phase[] = ["final"];

/**
 * Speaks LMTP with a server that delivers to mailboxes, such as Dovecot's. The receipt names those it delivered to; those
 * whom it refused, before the content or behind it, stand in `rejected`, each with its reply. `reply` is the first that
 * says yes. All or none (`recipients: "all"`) cannot be had with several recipients: each has its own fate.
 *
 * When the session ends before each recipient has its reply, be it by 421, the fate of the message is `unknown`: it may
 * have been delivered to some. With several recipients the next message waits for their replies.
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
    let reply: Reply | undefined;
    try {
      [reply] = yield* exchange("", FINAL, { commits: true, last, ...leaving });
    } catch (error) {
      // Nobody has a content that was not whole; of the last reply, and of no yes before it, 421 tells.
      const isTold = replies.length === length - 1 && !replies.some((one) => one.positive);
      if (isTold || fateOf(error) === "unknown" || !(error instanceof SmtpError) || error.phase !== "final") {
        throw error;
      }
      // Sent again, the message would reach those twice whom the server has taken it for, and may not have come to yet.
      const text = "The session ended before the server had answered for each recipient; some may have the message";
      throw new ClosedError("final", text, { fate: "unknown", cause: error });
    }
    if (!reply!.positive && (!reply!.negative || reply!.early)) {
      const { rejected } = afterContent(plan, { ...sorted, replies });
      throw contentRefused(reply!, { rejected, phase: "final", sessionUsable: !reply!.early });
    }
    replies.push(reply!);
  }
  const { accepted, rejected, telling } = afterContent(plan, { ...sorted, replies });
  const reply = replies.find((one) => one.positive);
  if (reply !== undefined) return { reply, accepted, rejected };
  throw contentRefused(telling!, { rejected, phase: "final", sessionUsable: true });
}

function unsupported(feature: string, text: string): UnsupportedError {
  return new UnsupportedError("EXTENSION_UNSUPPORTED", "mail", feature, text, { sessionUsable: true });
}
