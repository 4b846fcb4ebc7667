/**
 * The short conversations beside the main one: RSET, NOOP, QUIT (RFC 5321 section 4.1.1).
 *
 * @module
 */
import { type Phase, ProtocolError, ReplyError, type SmtpErrorOptions } from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import type { OpenTransaction } from "./open_transaction.ts";
import { type Dialogue, exchange } from "./step.ts";

const RSET = "RSET\r\n";
const NOOP = "NOOP\r\n";
const QUIT = "QUIT\r\n";

/** Forgets the transaction under way; with `pipelining`, what comes next is written right behind it. */
export function* reset(pipelining: boolean): Dialogue<void> {
  const [reply] = yield* exchange(RSET, ["rset"], { last: pipelining });
  if (!reply!.positive) throw refused("RSET", "rset", reply!);
}

/** Makes the server forget a transaction that may be open, before something that cannot stand in one. */
export function* settleOpen(open: OpenTransaction): Dialogue<void> {
  const own = open.begin();
  yield* reset(false);
  open.end(own);
}

/** Asks for a sign of life; nothing may be written behind it in its group (RFC 2920 section 3.1). */
export function* noop(): Dialogue<Reply> {
  const [reply] = yield* exchange(NOOP, ["noop"]);
  if (!reply!.positive) throw refused("NOOP", "noop", reply!, { sessionUsable: reply!.negative });
  return reply!;
}

/** Says goodbye; the server closes the connection behind its reply. */
export function* quit(): Dialogue<Reply> {
  const [reply] = yield* exchange(QUIT, ["quit"]);
  if (!reply!.positive) throw refused("QUIT", "quit", reply!);
  return reply!;
}

/** The error for a reply that is not what the command needs: a refusal, or nothing that RFC 5321 knows there. */
export function refused(
  command: string,
  phase: Phase,
  reply: Reply,
  options: SmtpErrorOptions = {},
): ReplyError | ProtocolError {
  const info = reply.info();
  if (reply.negative) {
    const what = phase === "greeting" ? "The session" : command;
    return new ReplyError("REPLY_REFUSED", phase, `${what} was refused: ${replyText(info)}`, {
      reply: info,
      command,
    }, options);
  }
  return new ProtocolError(phase, `The server's reply makes no sense (${phase}): ${replyText(info)}`, {
    fate: options.fate,
  });
}
