/**
 * What ends a session: the network, the clock, the server's way of talking, the caller.
 *
 * @module
 */
import { setKnown } from "./known.ts";
import { type Phase, SmtpError, type SmtpErrorCode, type SmtpErrorOptions, type TlsFailure } from "./smtp_error.ts";

/** What a {@link ConnectionError} adds. */
export interface ConnectionErrorOptions extends SmtpErrorOptions {
  /** Why TLS failed, when it did. */
  readonly reason?: TlsFailure;
}

/** The network or TLS failed: name resolution, connecting, the handshake, or a connection that was lost. */
export class ConnectionError extends SmtpError {
  /** The name of the class. */
  override readonly name = "ConnectionError";
  /** Why TLS failed; absent where TLS had no part. */
  declare readonly reason?: TlsFailure;

  /** Made by this library; tests of a program may make one too. */
  constructor(code: SmtpErrorCode, phase: Phase, message: string, options: ConnectionErrorOptions = {}) {
    super(code, phase, message, {
      ...options,
      retryable: options.retryable ?? (options.fate !== "unknown" && !isVerdict(options.reason)),
    });
    setKnown<ConnectionError>(this, { reason: options.reason });
  }
}

/** Another attempt may do where nothing is in doubt, unless it is known better. */
function repeatable(options: SmtpErrorOptions): SmtpErrorOptions {
  return { ...options, retryable: options.retryable ?? options.fate !== "unknown" };
}

/** A certificate that was looked at and refused stays refused until somebody changes something. */
function isVerdict(reason: TlsFailure | undefined): boolean {
  return reason !== undefined && reason !== "handshake";
}

/** A limit of time ran out; the session is closed. */
export class TimeoutError extends SmtpError {
  /** The name of the class. */
  override readonly name = "TimeoutError";
  /** The limit that ran out, in milliseconds. */
  readonly limit: number;

  /** Made by this library; tests of a program may make one too. */
  constructor(phase: Phase, message: string, limit: number, options: SmtpErrorOptions = {}) {
    super("TIMEOUT", phase, message, repeatable(options));
    this.limit = limit;
  }
}

/** The server did not speak SMTP, or went over a bound; the session is closed. */
export class ProtocolError extends SmtpError {
  /** The name of the class. */
  override readonly name = "ProtocolError";

  /** Made by this library; tests of a program may make one too. */
  constructor(phase: Phase, message: string, options: SmtpErrorOptions & { readonly code?: SmtpErrorCode } = {}) {
    super(options.code ?? "PROTOCOL_ERROR", phase, message, options);
  }
}

/** The server or the runtime lacks something that was asked for; found out before the message was begun. */
export class UnsupportedError extends SmtpError {
  /** The name of the class. */
  override readonly name = "UnsupportedError";
  /** The extension (EHLO keyword), mechanism or option that is missing. */
  readonly feature: string;

  /** Made by this library; tests of a program may make one too. */
  constructor(code: SmtpErrorCode, phase: Phase, feature: string, message: string, options: SmtpErrorOptions = {}) {
    super(code, phase, message, options);
    this.feature = feature;
  }
}

/** The session was closed before or while it was asked for something. */
export class ClosedError extends SmtpError {
  /** The name of the class. */
  override readonly name = "ClosedError";

  /** Made by this library; tests of a program may make one too. */
  constructor(phase: Phase, message: string, options: SmtpErrorOptions = {}) {
    super("SESSION_CLOSED", phase, message, repeatable(options));
  }
}

/** The message's own content failed: a stream of the caller's threw, or did not hold what was promised. */
export class ContentError extends SmtpError {
  /** The name of the class. */
  override readonly name = "ContentError";

  /** Made by this library; tests of a program may make one too. */
  constructor(message: string, options: SmtpErrorOptions = {}) {
    super("CONTENT_FAILED", "content", message, options);
  }
}
