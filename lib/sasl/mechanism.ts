/**
 * A SASL mechanism as a client sees it (RFC 4422), two methods wide.
 *
 * @module
 */

/** What a mechanism may know of the connection that it is used on. */
export interface MechanismContext {
  /** The host that was connected to. */
  readonly host?: string;
  /** The server's port. */
  readonly port?: number;
  /** The mechanisms that the server offers, upper case. */
  readonly offered?: readonly string[];
  /**
   * Octets that only the two ends of this TLS connection know (`tls-exporter`, RFC 9266); `undefined` without TLS 1.3 and
   * where the runtime does not tell.
   */
  channelBinding?(): Uint8Array | undefined;
}

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
  /**
   * Called when the server has refused the credentials (535): the run to try after this one, with others, such as a newer
   * token; `undefined` when there are none. It is called once, and not for that other run.
   */
  again?(): Promise<Mechanism | undefined> | undefined;
}
