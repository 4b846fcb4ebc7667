/**
 * The fields of a message that are not about its content: who it is from, where it goes, and what it says of itself.
 *
 * @module
 */
import {
  type AddressInput,
  type AddressList,
  type Group,
  type Mailbox,
  mailboxesOf,
  type MailboxList,
  parseAddressList,
  parseMailbox,
  parseMailboxes,
} from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { addressField } from "./address_field.ts";
import { autoSubmittedField } from "./auto_submitted.ts";
import { customFields } from "./custom_fields.ts";
import { checkDate, formatDate } from "./date.ts";
import { checkFieldText, structuredField, unstructuredField } from "./field.ts";
import { listFields } from "./list_fields.ts";
import type { MessageKeys } from "./message.ts";
import { checkMessageId, newMessageId, readMessageIds } from "./message_id.ts";
import { priorityFields } from "./priority.ts";

/** A message's fields, checked and written. */
export interface MessageFields {
  /** The first author. */
  readonly from: Mailbox;
  /** Never `undefined` where there are several authors. */
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
  const { authors, field, unicode } = readFrom(own.from as MailboxList);
  const sender = own.sender === undefined ? undefined : parseMailbox(own.sender as AddressInput, "sender");
  if (sender === undefined && authors.length > 1) {
    throw new InputError("sender", "is required where from names several authors (RFC 5322 section 3.6.2)");
  }
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
    ? newMessageId(authors[0].domain)
    : checkMessageId(own.messageId, "messageId");
  fields += `Date: ${date}\r\nMessage-ID: <${messageId}>\r\n`;
  let more = "";
  if (own.inReplyTo !== undefined || own.references !== undefined) more += threadFields(own);
  if (own.priority !== undefined) more += priorityFields(own.priority, "priority");
  if (own.list !== undefined) more += listFields(own.list);
  if (own.autoSubmitted !== undefined) more += autoSubmittedField(own.autoSubmitted, "autoSubmitted");
  let notified = NONE;
  if (own.dispositionNotificationTo !== undefined) {
    notified = parseMailboxes(own.dispositionNotificationTo as MailboxList, "dispositionNotificationTo");
    if (notified.length > 0) more += addressField("Disposition-Notification-To", notified);
  }
  if (own.headers !== undefined) more += customFields(own.headers, more);

  const shown = mailboxesOf(to);
  const copied = mailboxesOf(cc);
  return {
    from: authors[0],
    sender,
    recipients: copied.length === 0 && bcc.length === 0 ? shown : [...shown, ...copied, ...mailboxesOf(bcc)],
    fields: `${fields}${more}MIME-Version: 1.0\r\n`,
    smtpUtf8: unicode || sender?.needsSmtpUtf8 === true || mailboxesOf(replyTo).some(isUnicode) ||
      shown.some(isUnicode) || copied.some(isUnicode) || notified.some(isUnicode),
    messageId,
  };
}

const NONE: readonly Mailbox[] = [];

function isUnicode(mailbox: Mailbox): boolean {
  return mailbox.needsSmtpUtf8;
}

interface From {
  readonly text: string | undefined;
  readonly authors: readonly Mailbox[];
  /** The field that names them. */
  readonly field: string;
  readonly unicode: boolean;
}

let lastFrom: From | undefined;

/** Who sends many messages is mostly one: what was made of the last one is kept. */
function readFrom(input: MailboxList): From {
  if (lastFrom !== undefined && input === lastFrom.text) return lastFrom;
  const authors = parseMailboxes(input, "from");
  if (authors.length === 0) throw new InputError("from", "is required: who the message is from");
  const text = typeof input === "string" ? input : undefined;
  const from = { text, authors, field: addressField("From", authors), unicode: authors.some(isUnicode) };
  if (text !== undefined) lastFrom = from;
  return from;
}

function readList(value: unknown, place: string): readonly (Mailbox | Group)[] {
  return value === undefined ? NONE : parseAddressList(value as AddressList, place);
}

/** Without references of its own, a message that answers one belongs to the conversation that this one began or is in. */
function threadFields({ inReplyTo, references }: MessageKeys): string {
  const answered = inReplyTo === undefined ? "" : readMessageIds(inReplyTo, "inReplyTo");
  const before = references !== undefined
    ? readMessageIds(references, "references")
    : answered.includes(" ")
    ? ""
    : answered;
  return (answered === "" ? "" : structuredField("In-Reply-To", answered, "inReplyTo")) +
    (before === "" ? "" : structuredField("References", before, "references"));
}
