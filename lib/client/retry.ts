/**
 * Which failures are about a session or a host and not about a message.
 *
 * @module
 */
import { ClosedError, ReplyError, SmtpError } from "../errors.ts";
import type { Session } from "../session/session.ts";

/**
 * Whether a session was over before anything of a message's content had been taken, so that the message can go out over
 * another one: its fate is `unsent`, and nothing was said about it.
 */
export function wasLost(error: unknown, session: Session): boolean {
  if (!(error instanceof SmtpError) || session.closed === undefined || !error.retryable) return false;
  // A server that was tired of waiting may say so only when it is spoken to (RFC 5321 section 3.8).
  if (isClosing(error)) return error.phase === "rset" || error.phase === "mail" || error.phase === "noop";
  return error.fate === "unsent" && error.phase !== "content" && error.phase !== "final";
}

/** Whether a session ended for a reason that was not the message's own: with another message, or because the server was tired. */
export function endedOtherwise(error: unknown): boolean {
  return error instanceof ClosedError || isClosing(error);
}

/** Whether a host refuses for now, and may be asked again after a while: 421 or another 4yz reply. */
export function isForNow(error: unknown): error is ReplyError {
  return error instanceof ReplyError && error.transient;
}

/** 421 (RFC 5321 section 3.8). */
export function isClosing(error: unknown): boolean {
  return error instanceof ReplyError && error.reply.code === 421;
}
