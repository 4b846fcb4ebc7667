/**
 * A message as a caller writes it down, and its fields.
 *
 * @module
 */
import { type AddressInput, type Mailbox, parseMailbox, parseMailboxList } from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { addressField } from "./address_field.ts";
import type { Attachment } from "./attachment.ts";
import { checkDate, formatDate } from "./date.ts";
import { customFields } from "./custom_fields.ts";
import { checkFieldText, unstructuredField } from "./field.ts";
import { checkMessageId, newMessageId } from "./message_id.ts";
import { ownKeys } from "./own_keys.ts";
import type { BodyText } from "./part.ts";
import { type Priority, priorityFields } from "./priority.ts";
import { type Part, reusedText } from "./reusable.ts";
import { checkBodyText } from "./source.ts";

/** One mailbox, several, or a string that holds a list. */
export type AddressList = AddressInput | readonly AddressInput[];

/** Fields beyond those that have a name in {@link Message}; a value array makes a field for each value. */
export type CustomFields =
  | Readonly<Record<string, string | readonly string[]>>
  | readonly (readonly [name: string, value: string])[];

/**
 * A message to be composed. It is data: nothing in it is opened by name, and a key that is not listed here is an error.
 */
export interface Message {
  /** Who wrote it (RFC 5322 section 3.6.2). */
  readonly from: AddressInput;
  /** Who sends it, when that is somebody else. */
  readonly sender?: AddressInput;
  readonly replyTo?: AddressList;
  readonly to?: AddressList;
  readonly cc?: AddressList;
  /** Recipients that no field names. */
  readonly bcc?: AddressList;
  readonly subject?: string;
  /** Line ends of any kind; sent as UTF-8. */
  readonly text?: string | Part<"text">;
  /** As `text`; with both, the reader shows the one it likes better. */
  readonly html?: string | Part<"text">;
  readonly attachments?: readonly (Attachment | Part<"attachment">)[];
  readonly headers?: CustomFields;
  /** Default: now. */
  readonly date?: Date;
  /** With or without angle brackets. Default: a new one in the domain of `from`. */
  readonly messageId?: string;
  /** 1 is highest, `high` is 1, `normal` is 3, `low` is 5. Default: no field. */
  readonly priority?: Priority;
  /** Where the message goes, when not to those it names. */
  readonly envelope?: EnvelopeInput;
}

/** The envelope, where it differs from the fields. */
export interface EnvelopeInput {
  /** The reverse-path; `null` for the empty one, to which nothing is ever returned. Default: `sender`, else `from`. */
  readonly from?: AddressInput | null;
  /** The forward-paths. Default: `to`, `cc` and `bcc`. */
  readonly to?: AddressList;
}

const ABOUT = {
  place: "",
  what: "a message",
  keys: {
    from: undefined,
    sender: undefined,
    replyTo: undefined,
    to: undefined,
    cc: undefined,
    bcc: undefined,
    subject: undefined,
    text: undefined,
    html: undefined,
    attachments: undefined,
    headers: undefined,
    date: undefined,
    messageId: undefined,
    priority: undefined,
    envelope: undefined,
  },
};

/** A message after its fields were checked. */
export interface ReadMessage {
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
  readonly text: string | BodyText | undefined;
  readonly html: string | BodyText | undefined;
  readonly attachments: readonly unknown[];
  readonly envelope: unknown;
}

/**
 * Checks a message's fields and writes them.
 *
 * @throws {InputError}
 */
export function readMessage(input: unknown): ReadMessage {
  const own = ownKeys(input, ABOUT);
  if (own.from === undefined) throw new InputError("from", "is required: who the message is from");
  const { mailbox: from, field } = readFrom(own.from as AddressInput);
  const sender = own.sender === undefined ? undefined : parseMailbox(own.sender as AddressInput, "sender");
  const replyTo = readList(own.replyTo, "replyTo");
  const to = readList(own.to, "to");
  const cc = readList(own.cc, "cc");
  const bcc = readList(own.bcc, "bcc");
  const text = readText(own.text, "text");
  const html = readText(own.html, "html");
  if (own.attachments !== undefined && !Array.isArray(own.attachments)) {
    throw new InputError("attachments", "must be an array");
  }

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
    text,
    html,
    attachments: own.attachments ?? NONE,
    envelope: own.envelope,
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

function readText(value: unknown, place: string): string | BodyText | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return checkBodyText(value, place);
  const reused = reusedText(value);
  if (reused === undefined) throw new InputError(place, "must be a string, or a text that reusable() made");
  return reused;
}
