/**
 * The message that the composing form prepares, value by value, for `send`.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Attachment } from "../mime/attachment.ts";
import type { Message } from "../mime/message.ts";
import { type AddressEntries, mailboxesIn } from "./address_items.ts";
import { StatusError } from "./failure.ts";
import type { Mail } from "./mail.ts";
import { STATUS } from "./status.ts";

/** What can be set, each value checked before; `undefined` takes it away. */
export interface PreparedValues extends Partial<Omit<Message, "to" | "cc" | "bcc" | "attachments">> {
  readonly to?: AddressEntries | undefined;
  readonly cc?: AddressEntries | undefined;
  readonly bcc?: AddressEntries | undefined;
}

/** One message, which stays until it is cleared. */
export class PreparedMessage {
  /** Without a prototype, in which one that is not set could be found. */
  #values: PreparedValues = Object.create(null);
  #attachments: readonly Attachment[] = [];

  /** Takes values in place of those that were set before. */
  set(values: PreparedValues): void {
    Object.assign(this.#values, values);
  }

  /**
   * Adds an attachment, behind the others.
   *
   * @throws {InputError} when it has the content identifier of another one
   */
  attach(attachment: Attachment): void {
    const { cid } = attachment;
    if (cid !== undefined && this.#attachments.some((other) => other.cid === cid)) {
      throw new InputError("contentId", "another inline file of the message has it");
    }
    this.#attachments = [...this.#attachments, attachment];
  }

  /** Takes everything away. */
  clear(): void {
    this.#values = Object.create(null);
    this.#attachments = [];
  }

  /**
   * The message as it is now.
   *
   * @throws {StatusError} -12: nobody is set whom it is from, or nobody whom it goes to
   */
  toMail(): Mail {
    const { from, to = [], cc = [], bcc = [] } = this.#values;
    const lists = { to: mailboxesIn(to), cc: mailboxesIn(cc), bcc: mailboxesIn(bcc) };
    if (from === undefined) throw incomplete("setFrom", "nobody is set whom the message is from");
    if (lists.to.length + lists.cc.length + lists.bcc.length === 0) {
      throw incomplete("setToList", "no recipient is set; setCcList and setBccList set some too");
    }
    return { message: { ...this.#values, from, attachments: this.#attachments }, lists };
  }
}

function incomplete(operation: string, reason: string): StatusError {
  return new StatusError(STATUS.INCOMPLETE, new InputError(operation, reason));
}
