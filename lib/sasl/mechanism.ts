/**
 * A SASL mechanism as a client sees it (RFC 4422), two methods wide.
 *
 * @module
 */

/** One run of a mechanism; made anew for each authentication. Octets are raw: the base64 of RFC 4954 is not its business. */
export interface Mechanism {
  /** Registered name, upper case, such as `PLAIN`. */
  readonly name: string;
  /** Whether a listener learns the secret or a token from it, so that it must not be used without TLS. */
  readonly revealsSecret: boolean;
  /** What the server said in a challenge about why it refuses, fit to be shown; set before the final reply comes. */
  readonly failure?: string | undefined;
  /** The initial response; `undefined` when the server speaks first. */
  initial(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /**
   * The response to a challenge.
   *
   * @throws {SmtpError} when the challenge is not acceptable: the exchange is then cancelled and the session closed
   */
  next(challenge: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Called when the server says success; throws when the mechanism has not been convinced of the server yet. */
  finish?(): void;
}
