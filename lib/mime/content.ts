/**
 * A message's content as the protocol takes it: octets in order, and what they ask of the server.
 *
 * @module
 */

/** Octets of an RFC 5322 message, before transparency (dot-stuffing), every line ended by CRLF. */
export interface Content {
  /** Exact number of octets, or `undefined` when it is only known at the end. */
  readonly size: number | undefined;
  /** `7bit`: only ASCII. `8bit`: needs 8BITMIME (RFC 6152). `unknown`: found out while reading. */
  readonly body: "7bit" | "8bit" | "unknown";
  /** Whether header fields hold UTF-8, so that SMTPUTF8 is needed (RFC 6531 section 3.6). */
  readonly smtpUtf8: boolean;
  /** Whether it can be read once only, because a stream of the caller's stands in it. Default `false`. */
  readonly once?: boolean;
  /** All octets, when the whole content is in memory and small; then `stream` is not used. */
  readonly octets: Uint8Array | undefined;
  /** The octets in pieces; each piece is the reader's to keep. A content may be read once, or as often as its sources allow. */
  stream(): AsyncIterable<Uint8Array>;
  /** Closes the caller's streams that were not read, when the content is not going to be. */
  release?(): Promise<void>;
}
