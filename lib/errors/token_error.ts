/**
 * What went wrong where access tokens come from.
 *
 * @module
 */
import { setKnown } from "./known.ts";
import { SmtpError, type SmtpErrorOptions } from "./smtp_error.ts";

/** What a {@link TokenError} adds. */
export interface TokenErrorOptions extends SmtpErrorOptions {
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The error code of RFC 6749 section 5.2, such as `invalid_grant`, where one was given. */
  readonly oauthError?: string | undefined;
}

/** The server for access tokens gave none. No secret is in it. */
export class TokenError extends SmtpError {
  /** The name of the class. */
  override readonly name = "TokenError";
  /** The HTTP status; absent where there was no answer. */
  declare readonly status?: number;
  /** The error code of RFC 6749 section 5.2, such as `invalid_grant`; absent where none was given. */
  declare readonly oauthError?: string;

  /** Made by this library; tests of a program may make one too. */
  constructor(message: string, options: TokenErrorOptions = {}) {
    super("TOKEN_FAILED", "auth", message, options);
    setKnown<TokenError>(this, { status: options.status, oauthError: options.oauthError });
  }
}
