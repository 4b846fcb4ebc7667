/**
 * The errors of this package: every failure that a server, a network, a file or a configuration causes is an
 * {@link SmtpError}; a caller's mistake in a call is a `TypeError` or `RangeError`, thrown before any octet is written.
 *
 * @module
 */
export { fateOf, noteCancelled } from "./errors/cancelled.ts";
export { ConfigError, type ConfigPlace } from "./errors/config_error.ts";
export { InputError } from "./errors/input_error.ts";
export { AuthenticationError, RejectedError, ReplyError } from "./errors/reply_error.ts";
export type { RefusedRecipient, ReplyInfo } from "./errors/reply_info.ts";
export {
  ClosedError,
  ConnectionError,
  type ConnectionErrorOptions,
  ContentError,
  ProtocolError,
  TimeoutError,
  UnsupportedError,
} from "./errors/session_error.ts";
export {
  advise,
  type Fate,
  nameRefused,
  type Phase,
  SmtpError,
  type SmtpErrorCode,
  type SmtpErrorOptions,
  type TlsFailure,
} from "./errors/smtp_error.ts";
export { TokenError, type TokenErrorOptions } from "./errors/token_error.ts";
