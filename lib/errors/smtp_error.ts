/**
 * The base of all errors of this package, and the closed sets of words that they use.
 *
 * @module
 */

import { setKnown } from "./known.ts";
import type { RefusedRecipient } from "./reply_info.ts";
import { shown } from "./shown.ts";

/**
 * What became of a message when its sending failed.
 *
 * - `unsent`: the server certainly did not take it, and gave no verdict on it; sending it again cannot duplicate it.
 * - `deferred`: the server refused it for now (a 4yz reply, RFC 5321 section 4.2.1); try again later.
 * - `rejected`: the server refused it for good (a 5yz reply).
 * - `unknown`: its content was written to the end and no reply came (RFC 1047): it may have been taken or not.
 */
export type Fate = "unsent" | "deferred" | "rejected" | "unknown";

/** The step of a session in which something failed, named for the commands of RFC 5321. */
export type Phase =
  | "configuration"
  | "connect"
  | "tls"
  | "greeting"
  | "ehlo"
  | "starttls"
  | "auth"
  | "mail"
  | "rcpt"
  | "data"
  | "content"
  | "final"
  | "rset"
  | "noop"
  | "command"
  | "quit"
  | "idle";

/** The stable code of an {@link SmtpError}; the set is closed, and a code never changes its meaning. */
export type SmtpErrorCode =
  // ConfigError
  | "CONFIG_SYNTAX" // the text cannot be read at all
  | "CONFIG_UNKNOWN" // an option, section or key nobody knows
  | "CONFIG_VALUE" // an option with a value it does not take
  | "CONFIG_DUPLICATE" // an option or profile given twice
  | "CONFIG_UNDEFINED" // a profile or path logical that is named and not defined
  | "CONFIG_FILE" // a file that is missing, unreadable or not what it should be
  | "CONFIG_LIMIT" // over a size or depth bound
  | "CONFIG_INSECURE" // credentials would travel in clear text
  // ConnectionError
  | "DNS_FAILED"
  | "CONNECT_FAILED"
  | "PROXY_FAILED" // the proxy cannot be reached, refuses, or does not speak its protocol
  | "CONNECTION_LOST"
  | "TLS_FAILED"
  | "STARTTLS_FAILED"
  // TimeoutError
  | "TIMEOUT"
  // ProtocolError
  | "PROTOCOL_ERROR"
  | "LIMIT_EXCEEDED"
  // UnsupportedError
  | "EXTENSION_UNSUPPORTED"
  | "MECHANISM_UNSUPPORTED"
  | "RUNTIME_UNSUPPORTED"
  | "TOO_MANY_RECIPIENTS" // more than the server takes in one transaction, and they must not or cannot be split
  // ReplyError and below
  | "REPLY_REFUSED"
  | "AUTH_FAILED"
  | "MESSAGE_REFUSED"
  | "MESSAGE_TOO_LARGE"
  // TokenError
  | "TOKEN_FAILED" // no access token could be got
  // ClosedError
  | "SESSION_CLOSED"
  // ContentError
  | "CONTENT_FAILED";

/** Why a TLS handshake failed, in the same words on every runtime. */
export type TlsFailure =
  | "untrusted" // the chain does not lead to a trust anchor (self-signed certificates included)
  | "expired"
  | "not_yet_valid"
  | "name_mismatch"
  | "pin_mismatch"
  | "client_certificate" // the server wants a certificate, or refused ours
  | "handshake"; // anything else: no shared version or cipher, not TLS at all, cut short

/** What every {@link SmtpError} can carry. */
export interface SmtpErrorOptions {
  /** What failed underneath. */
  readonly cause?: unknown;
  /** Default `unsent`. */
  readonly fate?: Fate;
  /** Whether the session can go on with another transaction. Default `false`. */
  readonly sessionUsable?: boolean;
  /** Whether the same attempt, made later, may succeed and cannot duplicate a message. Default by class. */
  readonly retryable?: boolean;
  /** What to change, where that is known. Default: nothing. */
  readonly advice?: string | undefined;
}

/**
 * Base of all errors of this package. `message` is what was attempted and what was said to it; `advice` is what to change.
 * Both are shown where an error is printed whole, or turned into a string.
 */
export class SmtpError extends Error {
  /** The name of the class. */
  override readonly name: string = "SmtpError";
  /** Stable code for programs. */
  readonly code: SmtpErrorCode;
  /** The step in which it failed. */
  readonly phase: Phase;
  /** What became of the message; `unsent` where no message was under way. */
  readonly fate: Fate;
  /** Whether the session can go on with another transaction. */
  readonly sessionUsable: boolean;
  /** Whether the same attempt, made later, may succeed and cannot duplicate a message. */
  readonly retryable: boolean;
  /**
   * What is wrong in the set-up and what to change, in a sentence or two; "probably" where that is inferred. Absent where
   * the message says all that is known. Holds no secret and no words of the server's; its wording may change.
   */
  declare readonly advice?: string;
  /** The server that it is about: `host:port`, or the path of a Unix socket. Absent where none had been turned to. */
  declare readonly server?: string;
  /**
   * Recipients that the server had refused by themselves before it failed, each with its reply: nothing became of the message for
   * them, and `fate` is about the others. Absent where there are none.
   */
  declare readonly rejected?: readonly RefusedRecipient[];

  /** Made by this library; tests of a program may make one too. */
  constructor(code: SmtpErrorCode, phase: Phase, message: string, options: SmtpErrorOptions = {}) {
    super(shown(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.phase = phase;
    this.fate = options.fate ?? "unsent";
    this.sessionUsable = options.sessionUsable ?? false;
    this.retryable = options.retryable ?? this.fate === "deferred";
    setKnown<SmtpError>(this, { advice: options.advice });
  }

  /** What `JSON.stringify` and loggers show: all but the stack and the cause. */
  toJSON(): object {
    return { ...this, message: this.message };
  }

  /** The name, the message and the advice, on one line. */
  override toString(): string {
    const text = super.toString();
    return this.advice === undefined ? text : `${text}${/[.!?]$/.test(text) ? "" : "."} ${this.advice}`;
  }
}

/** Gives an error what is known where it comes by; what it says already stays, for whoever said it knew more. */
export function advise(error: unknown, { advice, server }: Pick<SmtpError, "advice" | "server">): void {
  if (!(error instanceof SmtpError)) return;
  setKnown<SmtpError>(error, { advice: error.advice ?? advice, server: error.server ?? server });
}

/** Has an error name those who were refused, where it names fewer. */
export function nameRefused(error: unknown, rejected: readonly RefusedRecipient[]): void {
  if (!(error instanceof SmtpError) || rejected.length <= (error.rejected?.length ?? 0)) return;
  setKnown<SmtpError>(error, { rejected });
}
