/**
 * What signs a composed message as a whole, such as DKIM (RFC 6376).
 *
 * @module
 */
import type { Content } from "./content.ts";

/** Makes fields that vouch for a message. */
export interface Signer {
  /**
   * Signs a message, which it may read as often as it likes.
   *
   * @returns the fields that go before the message, each ended by CRLF, in ASCII
   */
  sign(content: Content): Promise<string>;
}
