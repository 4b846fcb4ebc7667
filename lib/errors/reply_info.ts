/**
 * What a server has said, as errors and receipts show it.
 *
 * @module
 */

/** What the server said, as errors and receipts show it (RFC 5321 section 4.2, RFC 3463). */
export interface ReplyInfo {
  /** Three digits, 200 to 599. */
  readonly code: number;
  /** Enhanced status code such as `5.1.1` (RFC 3463), where the server gave one. */
  readonly enhanced: string | undefined;
  /** The lines' text without codes, joined by line feeds; control characters replaced, at most 1,024 characters. */
  readonly text: string;
}

/** A recipient that the server refused, with its words. */
export interface RefusedRecipient {
  /** The forward-path as it was sent, without angle brackets. */
  readonly recipient: string;
  /** What the server said to it. */
  readonly reply: ReplyInfo;
  /** `final`: behind the content, where each recipient has a reply of its own (LMTP, PRDR). Absent: before it, to RCPT. */
  readonly phase?: "final";
}
