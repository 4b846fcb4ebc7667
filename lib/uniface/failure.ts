/**
 * From what went wrong to a status.
 *
 * @module
 */
import {
  ClosedError,
  ConfigError,
  ConnectionError,
  InputError,
  ProtocolError,
  RejectedError,
  ReplyError,
  SmtpError,
  TimeoutError,
  UnsupportedError,
} from "../errors.ts";
import { STATUS } from "./status.ts";

/** A failure whose status is known where it happens; it never leaves this folder. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly status: number;
  /** What a caller sees as `lastError`. */
  readonly reason: unknown;

  constructor(status: number, reason: unknown) {
    super(`Status ${status}`);
    this.status = status;
    this.reason = reason;
  }
}

/** The server is out of room: for now, or for the size of this message (RFC 5321 section 4.2.3). */
const QUOTA_REPLIES: readonly number[] = [452, 552];
/** The server wants TLS or an authentication first (RFC 3207 section 4, RFC 4954 section 6). */
const AUTHENTICATION_REQUIRED = 530;
/** The server is about to close the connection. */
const CLOSING = 421;

/** Whether it was the network or the clock, whatever was under way. */
function isNetwork(error: unknown): boolean {
  return error instanceof ConnectionError || error instanceof TimeoutError || error instanceof ClosedError;
}

/**
 * The status of a logon that failed.
 *
 * @param securing whether a driver had begun its work, so that what the server does wrong is -8 and not -9
 */
export function logonStatus(error: unknown, securing: boolean): number {
  const code = codeOf(error);
  if (code === "EXTENSION_UNSUPPORTED" || code === "MECHANISM_UNSUPPORTED") return STATUS.UNSUPPORTED;
  if (code === "STARTTLS_FAILED") return STATUS.SECURITY_FAILED;
  return securing && !isNetwork(error) ? STATUS.SECURITY_FAILED : STATUS.NETWORK;
}

/** The status of a driver that was not taken. */
export function driverStatus(error: unknown): number {
  const unknown = error instanceof ConfigError || error instanceof UnsupportedError;
  return unknown ? STATUS.UNKNOWN_ENTRY_POINT : STATUS.INVALID;
}

/** The status of a value that was not taken. */
export function inputStatus(): number {
  return STATUS.INVALID;
}

/** The status of a file that was not added. */
export function fileStatus(error: unknown): number {
  return error instanceof InputError ? STATUS.INVALID : STATUS.FAILED;
}

/** The status of a message that was not sent, the logging on aside. */
export function sendStatus(error: unknown): number {
  if (error instanceof InputError) return STATUS.INVALID;
  if (error instanceof ReplyError) return replyStatus(error);
  if (error instanceof UnsupportedError) {
    if (error.code === "MESSAGE_TOO_LARGE") return STATUS.QUOTA;
    // An address of the message's is what needs it.
    return error.feature === "SMTPUTF8" ? STATUS.INVALID : STATUS.FAILED;
  }
  return isNetwork(error) || error instanceof ProtocolError ? STATUS.NETWORK : STATUS.FAILED;
}

function replyStatus(error: ReplyError): number {
  const { reply, phase } = error;
  // A server that is confused may take what it has refused: no other status leaves that open.
  if (reply.code === CLOSING || error.fate === "unknown") return STATUS.NETWORK;
  if (QUOTA_REPLIES.includes(reply.code)) return STATUS.QUOTA;
  if (reply.code === AUTHENTICATION_REQUIRED) return STATUS.SECURITY_FAILED;
  return error instanceof RejectedError && (phase === "mail" || phase === "rcpt") ? STATUS.INVALID : STATUS.FAILED;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof SmtpError ? error.code : undefined;
}
