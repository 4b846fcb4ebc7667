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
import { ClosedError, fateOf, type Phase, type RefusedRecipient, UnsupportedError } from "../errors.ts";
import { helloLine } from "../wire/command.ts";
import { type Extensions, parseExtensions } from "../wire/extension.ts";
import type { Reply } from "../wire/reply.ts";

const FINAL: readonly Phase[] = ["final"];

/**
 * Speaks LMTP with a server that delivers to mailboxes, such as Dovecot's. The receipt names those it delivered to; those
 * whom it refused, before the content or behind it, stand in `rejected`, each with its reply. `reply` is the first that
 * says yes. All or none (`recipients: "all"`) cannot be had with several recipients: each has its own fate.
 *
 * When the connection is lost before each recipient has its reply, the fate of the message is `unknown`, though it may
 * have been delivered to some.
 *
 * A port is needed, and never 25 (RFC 2033 section 5), or the `path` of a Unix socket.
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
  check(port) {
    if (port === undefined || port === 25) throw new RangeError("port: LMTP needs one, and never 25");
  },
  hello,
  transaction(plan, open) {
    if (plan.recipients === "some" || plan.to.length === 1) return dataTransaction(plan, { open, deliver });
    const text = "All or none is asked for, and LMTP delivers to each recipient by itself";
    throw new UnsupportedError("EXTENSION_UNSUPPORTED", "mail", "LMTP", text, { sessionUsable: true });
  },
};

/** There is nothing before LHLO to fall back to (RFC 2033 section 4.1). */
function* hello(clientName: string): Dialogue<Extensions> {
  const [reply] = yield* exchange(helloLine("LHLO", clientName), ["ehlo"]);
  if (reply!.code !== 250) throw refused("LHLO", "ehlo", reply!);
  return parseExtensions(reply!);
}

/** Sends the content, and hears of each recipient (RFC 2033 section 4.2). */
function* deliver(plan: TransactionPlan, { accepted, rejected }: Sorted): Dialogue<TransactionResult> {
  const delivered: string[] = [];
  const refusals = new Map(rejected.map((one) => [one.recipient, one]));
  let first: Reply | undefined;
  let telling: Reply | undefined;
  for (const [place, recipient] of accepted.entries()) {
    const leaving = place === 0 ? forData(plan.content, plan.sevenBit) : {};
    // The next message may be written when this one is, and its last reply is waited for.
    const last = plan.pipelining && place === accepted.length - 1;
    let reply: Reply | undefined;
    try {
      [reply] = yield* exchange("", FINAL, { commits: true, last, ...leaving });
    } catch (error) {
      // Whatever the session ends with says too little: sent again, the message would reach those twice.
      if (first === undefined || fateOf(error) === "unknown") throw error;
      const text = "The session ended when the server had taken the message for some of its recipients";
      throw new ClosedError("final", text, { fate: "unknown", cause: error });
    }
    if (reply!.positive) {
      first ??= reply;
      delivered.push(recipient);
      continue;
    }
    const sorted = { rejected: inOrder(plan, refusals), phase: "final", sessionUsable: !reply!.early } as const;
    if (!reply!.negative || reply!.early) throw contentRefused(reply!, sorted);
    refusals.set(recipient, { recipient, reply: reply!.info() });
    // One that may do better later is worth another attempt.
    if (telling === undefined || (reply!.code < 500 && telling.code >= 500)) telling = reply;
  }
  const all = inOrder(plan, refusals);
  if (first !== undefined) return { reply: first, accepted: delivered, rejected: all };
  throw contentRefused(telling!, { rejected: all, phase: "final", sessionUsable: true });
}

function inOrder(
  { to }: TransactionPlan,
  refusals: ReadonlyMap<string, RefusedRecipient>,
): readonly RefusedRecipient[] {
  return to.flatMap((recipient) => refusals.get(recipient) ?? []);
}
