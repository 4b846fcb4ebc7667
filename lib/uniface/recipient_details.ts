/**
 * The recipients that a server refused, told apart by the list in which they stand.
 *
 * @module
 */
import type { MailboxInput } from "../address/mailbox.ts";
import { type RefusedRecipient, SmtpError } from "../errors.ts";
import { replyText } from "../wire/reply.ts";

/** The lists of a message's recipients. */
export interface RecipientLists {
  readonly to: readonly MailboxInput[];
  readonly cc: readonly MailboxInput[];
  readonly bcc: readonly MailboxInput[];
}

/** A recipient that the server refused. */
export interface RecipientDetail {
  /** The address, as it was sent. */
  readonly recipient: string;
  /** The server's reply, 400 to 599. */
  readonly code: number;
  /** The reply without its code, on one line; an enhanced status code stands at its beginning. */
  readonly text: string;
}

/** The refused recipients of each list; one that stands in several lists is told of in each. */
export interface RecipientDetails {
  /** Of To. */
  readonly to: readonly RecipientDetail[];
  /** Of Cc. */
  readonly cc: readonly RecipientDetail[];
  /** Of Bcc. */
  readonly bcc: readonly RecipientDetail[];
}

/** Nobody was refused: lists of the caller's own. */
export function noDetails(): RecipientDetails {
  return { to: [], cc: [], bcc: [] };
}

/** The recipients that an error says were refused. */
export function refusedBy(error: unknown): readonly RefusedRecipient[] {
  return error instanceof SmtpError ? error.rejected ?? [] : [];
}

/** Sorts refused recipients by lists; whom none of the lists names, because `compose` has added it, goes to `to`. */
export function detailsOf(rejected: readonly RefusedRecipient[], lists: RecipientLists): RecipientDetails {
  if (rejected.length === 0) return noDetails();
  const details = rejected.map(({ recipient, reply }) => {
    return { recipient, code: reply.code, text: replyText(reply).slice(4) };
  });
  const [cc, bcc] = [addressesOf(lists.cc), addressesOf(lists.bcc)];
  const to = addressesOf(lists.to);
  return {
    to: details.filter(({ recipient }) => to.has(recipient) || !(cc.has(recipient) || bcc.has(recipient))),
    cc: details.filter(({ recipient }) => cc.has(recipient)),
    bcc: details.filter(({ recipient }) => bcc.has(recipient)),
  };
}

function addressesOf(list: readonly MailboxInput[]): ReadonlySet<string> {
  return new Set(list.map(({ address }) => address));
}
