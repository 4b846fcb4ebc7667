/**
 * The fields of a message that are not about its content: who it is from, where it goes, and what it says of itself.
 *
 * @module
 */
import { type AddressInput, type Mailbox, parseMailbox, parseMailboxList } from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { addressField } from "./address_field.ts";
import { customFields } from "./custom_fields.ts";
import { checkDate, formatDate } from "./date.ts";
import { checkFieldText, unstructuredField } from "./field.ts";
import type { AddressList, MessageKeys } from "./message.ts";
import { checkMessageId, newMessageId } from "./message_id.ts";
import { priorityFields } from "./priority.ts";

/** A message's fields, checked and written. */
export interface MessageFields {
  readonly from: Mailbox;
  readonly sender: Mailbox | undefined;
  /** `to`, `cc` and `bcc`, in this order. */
  readonly recipients: readonly Mailbox[];
  /** All fields that are not about the content, each with its CRLF. */
  readonly fields: string;
  /** Whether a mailbox in the fields has a local part outside ASCII. */
  readonly smtpUtf8: boolean;
  /** Without angle brackets. */
  readonly messageId: string;
}

/**
 * Checks a message's fields and writes them.
 *
 * @throws {InputError}
 */
export function writeFields(own: MessageKeys): MessageFields {
  if (own.from === undefined) throw new InputError("from", "is required: who the message is from");
  const { mailbox: from, field } = readFrom(own.from as AddressInput);
  const sender = own.sender === undefined ? undefined : parseMailbox(own.sender as AddressInput, "sender");
  const replyTo = readList(own.replyTo, "replyTo");
  const to = readList(own.to, "to");
  const cc = readList(own.cc, "cc");
  const bcc = readList(own.bcc, "bcc");
  let fields = field;
  if (sender !== undefined) fields += addressField("Sender", [sender]);
  if (replyTo.length > 0) fields += addressField("Reply-To", replyTo);
  if (to.length > 0) fields += addressField("To", to);
  if (cc.length > 0) fields += addressField("Cc", cc);
  if (own.subject !== undefined) {
    fields += unstructuredField("Subject", checkFieldText(own.subject, "subject"), "subject");
  }
  const date = formatDate(own.date === undefined ? Date.now() : checkDate(own.date, "date"));
  const messageId = own.messageId === undefined
    ? newMessageId(from.domain)
    : checkMessageId(own.messageId, "messageId");
  fields += `Date: ${date}\r\nMessage-ID: <${messageId}>\r\n`;
  if (own.priority !== undefined) fields += priorityFields(own.priority, "priority");
  if (own.headers !== undefined) fields += customFields(own.headers, { hasPriority: own.priority !== undefined });

  return {
    from,
    sender,
    recipients: cc.length === 0 && bcc.length === 0 ? to : [...to, ...cc, ...bcc],
    fields: `${fields}MIME-Version: 1.0\r\n`,
    smtpUtf8: from.needsSmtpUtf8 || sender?.needsSmtpUtf8 === true || replyTo.some(isUnicode) || to.some(isUnicode) ||
      cc.some(isUnicode),
    messageId,
  };
}

const NONE: readonly never[] = [];

function isUnicode(mailbox: Mailbox): boolean {
  return mailbox.needsSmtpUtf8;
}

interface From {
  readonly text: string | undefined;
  readonly mailbox: Mailbox;
  /** The field that names it. */
  readonly field: string;
}

let lastFrom: From | undefined;

/** Who sends many messages is mostly one: what was made of the last one is kept. */
function readFrom(input: AddressInput): From {
  if (lastFrom !== undefined && input === lastFrom.text) return lastFrom;
  const mailbox = parseMailbox(input, "from");
  const from = { text: typeof input === "string" ? input : undefined, mailbox, field: addressField("From", [mailbox]) };
  if (from.text !== undefined) lastFrom = from;
  return from;
}

function readList(value: unknown, place: string): readonly Mailbox[] {
  return value === undefined ? NONE : parseMailboxList(value as AddressList, place);
}
