/**
 * What operations give beside a status.
 *
 * @module
 */

/** What the server said last. */
export interface SmtpResponse {
  /** 200 to 599; 0 when the server has not said anything. */
  readonly code: number;
  /** The reply without its code, on one line; an enhanced status code stands at its beginning. */
  readonly text: string;
}

/** What `addInlineFromFile` tells of a file. */
export interface InlineInformation {
  /** 0; -1: the file cannot be read; -2: something about it cannot be sent. */
  readonly status: number;
  /** The file's content identifier, without angle brackets; empty unless the status is 0. */
  readonly contentId: string;
  /** How the HTML refers to it, such as `cid:logo.png` (RFC 2392); empty as above. */
  readonly url: string;
}
