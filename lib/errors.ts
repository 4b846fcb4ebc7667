/**
 * The errors of this package: every failure that a server, a network, a file or a configuration causes is an
 * {@link SmtpError}; a caller's mistake in a call is a `TypeError` or `RangeError`, thrown before any octet is written.
 *
 * @module
 */

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
  // ReplyError and below
  | "REPLY_REFUSED"
  | "AUTH_FAILED"
  | "MESSAGE_REFUSED"
  | "MESSAGE_TOO_LARGE"
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
}

/** Base of all errors of this package. */
export class SmtpError extends Error {
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

  constructor(code: SmtpErrorCode, phase: Phase, message: string, options: SmtpErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.phase = phase;
    this.fate = options.fate ?? "unsent";
    this.sessionUsable = options.sessionUsable ?? false;
    this.retryable = options.retryable ?? this.fate === "deferred";
  }
}

/** Where in a configuration something stands. Lines and columns count from 1, columns in UTF-16 code units. */
export interface ConfigPlace {
  /** File, URL or `connection string`; never a secret. */
  readonly source?: string;
  readonly line?: number;
  readonly column?: number;
  /** The profile or section it stands in. */
  readonly profile?: string;
  /** The option it is about. */
  readonly option?: string;
}

/** A configuration that cannot be understood or would be unsafe; nothing was connected. */
export class ConfigError extends SmtpError {
  override readonly name = "ConfigError";
  readonly source: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly profile: string | undefined;
  readonly option: string | undefined;

  constructor(code: SmtpErrorCode, message: string, place: ConfigPlace = {}, options: SmtpErrorOptions = {}) {
    super(code, "configuration", place.source === undefined ? message : `${placeText(place)}: ${message}`, options);
    this.source = place.source;
    this.line = place.line;
    this.column = place.column;
    this.profile = place.profile;
    this.option = place.option;
  }
}

function placeText(place: ConfigPlace): string {
  const line = place.line === undefined ? "" : `:${place.line}`;
  const column = place.line === undefined || place.column === undefined ? "" : `:${place.column}`;
  return `${place.source}${line}${column}`;
}

/** What a {@link ConnectionError} adds. */
export interface ConnectionErrorOptions extends SmtpErrorOptions {
  /** Why TLS failed, when it did. */
  readonly reason?: TlsFailure;
}

/** The network or TLS failed: name resolution, connecting, the handshake, or a connection that was lost. */
export class ConnectionError extends SmtpError {
  override readonly name = "ConnectionError";
  /** Why TLS failed; `undefined` where TLS had no part. */
  readonly reason: TlsFailure | undefined;

  constructor(code: SmtpErrorCode, phase: Phase, message: string, options: ConnectionErrorOptions = {}) {
    super(code, phase, message, {
      ...options,
      retryable: options.retryable ?? (options.fate !== "unknown" && !isVerdict(options.reason)),
    });
    this.reason = options.reason;
  }
}

/** A certificate that was looked at and refused stays refused until somebody changes something. */
function isVerdict(reason: TlsFailure | undefined): boolean {
  return reason !== undefined && reason !== "handshake";
}

/** A limit of time ran out; the session is closed. */
export class TimeoutError extends SmtpError {
  override readonly name = "TimeoutError";
  /** The limit that ran out, in milliseconds. */
  readonly limit: number;

  constructor(phase: Phase, message: string, limit: number, options: SmtpErrorOptions = {}) {
    super("TIMEOUT", phase, message, { ...options, retryable: options.retryable ?? options.fate !== "unknown" });
    this.limit = limit;
  }
}

/** The server did not speak SMTP, or went over a bound; the session is closed. */
export class ProtocolError extends SmtpError {
  override readonly name = "ProtocolError";

  constructor(phase: Phase, message: string, options: SmtpErrorOptions & { readonly code?: SmtpErrorCode } = {}) {
    super(options.code ?? "PROTOCOL_ERROR", phase, message, options);
  }
}

/** The server or the runtime lacks something that was asked for; found out before the message was begun. */
export class UnsupportedError extends SmtpError {
  override readonly name = "UnsupportedError";
  /** The extension (EHLO keyword), mechanism or option that is missing. */
  readonly feature: string;

  constructor(code: SmtpErrorCode, phase: Phase, feature: string, message: string, options: SmtpErrorOptions = {}) {
    super(code, phase, message, options);
    this.feature = feature;
  }
}

/** What the server said, as errors and receipts show it (RFC 5321 section 4.2, RFC 3463). */
export interface ReplyInfo {
  /** Three digits, 200 to 599. */
  readonly code: number;
  /** Enhanced status code such as `5.1.1` (RFC 3463), where the server gave one. */
  readonly enhanced: string | undefined;
  /** The lines' text without codes, joined by line feeds; control characters replaced, at most 1,024 characters. */
  readonly text: string;
}

/** The server refused a command; transient or permanent by the reply's first digit. */
export class ReplyError extends SmtpError {
  override readonly name: string = "ReplyError";
  /** What the server said. */
  readonly reply: ReplyInfo;
  /** The command it answered, without any secret. */
  readonly command: string;

  constructor(
    code: SmtpErrorCode,
    phase: Phase,
    message: string,
    about: { readonly reply: ReplyInfo; readonly command: string },
    options: SmtpErrorOptions = {},
  ) {
    const transient = about.reply.code < 500;
    super(code, phase, message, { ...options, retryable: options.retryable ?? transient });
    this.reply = about.reply;
    this.command = about.command;
  }

  /** Whether the server said that a later attempt may succeed (4yz). */
  get transient(): boolean {
    return this.reply.code >= 400 && this.reply.code < 500;
  }
}

/** The server refused the credentials or broke off the authentication (RFC 4954). */
export class AuthenticationError extends ReplyError {
  override readonly name = "AuthenticationError";
  /** The SASL mechanism that was tried. */
  readonly mechanism: string;

  constructor(
    mechanism: string,
    message: string,
    about: { readonly reply: ReplyInfo; readonly command: string },
    options: SmtpErrorOptions = {},
  ) {
    super("AUTH_FAILED", "auth", message, about, options);
    this.mechanism = mechanism;
  }
}

/** A recipient that the server refused, with its words. */
export interface RefusedRecipient {
  /** The forward-path as it was sent, without angle brackets. */
  readonly recipient: string;
  readonly reply: ReplyInfo;
}

/** The server refused the message: its sender, every recipient, or its content. */
export class RejectedError extends ReplyError {
  override readonly name = "RejectedError";
  /** Each refused recipient with its reply; empty when the sender or the content was refused. */
  readonly rejected: readonly RefusedRecipient[];

  constructor(
    phase: Phase,
    message: string,
    about: {
      readonly reply: ReplyInfo;
      readonly command: string;
      readonly rejected?: readonly RefusedRecipient[];
      readonly code?: SmtpErrorCode;
    },
    options: SmtpErrorOptions = {},
  ) {
    super(about.code ?? "MESSAGE_REFUSED", phase, message, about, {
      fate: about.reply.code < 500 ? "deferred" : "rejected",
      ...options,
    });
    this.rejected = about.rejected ?? [];
  }
}

/** The session was closed before or while it was asked for something. */
export class ClosedError extends SmtpError {
  override readonly name = "ClosedError";

  constructor(phase: Phase, message: string, options: SmtpErrorOptions = {}) {
    super("SESSION_CLOSED", phase, message, { ...options, retryable: options.retryable ?? options.fate !== "unknown" });
  }
}

const cancelled = new WeakMap<object, Fate>();

/** Notes what became of a message whose sending was cancelled; of several under one reason the worst is kept. */
export function noteCancelled(reason: unknown, fate: Fate): void {
  if (typeof reason !== "object" || reason === null) return;
  if (cancelled.get(reason) !== "unknown") cancelled.set(reason, fate);
}

/**
 * What became of the message whose sending was rejected with `error`: of an {@link SmtpError} its `fate`; of the reason
 * of an `AbortSignal` that cancelled the sending, what is known, `unknown` when the content had been written to its end.
 * `undefined` for anything else: nothing was begun then.
 */
export function fateOf(error: unknown): Fate | undefined {
  if (error instanceof SmtpError) return error.fate;
  return typeof error === "object" && error !== null ? cancelled.get(error) : undefined;
}

/** The message's own content failed: a stream of the caller's threw, or did not hold what was promised. */
export class ContentError extends SmtpError {
  override readonly name = "ContentError";

  constructor(message: string, options: SmtpErrorOptions = {}) {
    super("CONTENT_FAILED", "content", message, options);
  }
}

/**
 * A value of the caller's that cannot be sent as it stands: an address, a header field, a name. Nothing was written, and
 * nothing is ever rewritten into something else.
 */
export class InputError extends TypeError {
  override readonly name = "InputError";
  /** The value's place in the call, such as `to[1]`, `subject` or `attachments[0].filename`. */
  readonly field: string;
  /** Where in the value it goes wrong, in UTF-16 code units from 0; `undefined` when it is about the whole. */
  readonly position: number | undefined;

  constructor(field: string, message: string, position?: number) {
    super(`${field}: ${message}`);
    this.field = field;
    this.position = position;
  }
}
