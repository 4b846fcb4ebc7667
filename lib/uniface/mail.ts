/**
 * What `sendMail` is given, as a message.
 *
 * @module
 */
import type { AddressInput } from "../address/mailbox.ts";
import { fromFile } from "../client/from_file.ts";
import { InputError } from "../errors.ts";
import { entriesOf } from "../given.ts";
import type { Attachment } from "../mime/attachment.ts";
import type { Message } from "../mime/message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type AddressEntries, type AddressItems, mailboxesIn } from "./address_items.ts";
import { requireList, requireText } from "./arguments.ts";
import { StatusError } from "./failure.ts";
import { parseItems } from "./item_list.ts";
import { isEmpty, readEntries, readPriority } from "./message_values.ts";
import type { RecipientLists } from "./recipient_details.ts";
import { STATUS } from "./status.ts";

/** The labels of a header list; their case counts. TO and FROM are compulsory. */
export const HEADER_LABELS = ["TO", "FROM", "CC", "BCC", "SUBJECT", "PRIORITY", "REPLY"] as const;

/** A label of a header list. */
export type HeaderLabel = typeof HEADER_LABELS[number];

/** A header's value: text or addresses, or for PRIORITY a number from 1, the highest, to 5. */
export type HeaderValue = string | number | AddressItems;

/**
 * The headers of a message: an object, pairs, or a list in the form `TO=bob@example.net;FROM=ada@example.com`, in which no
 * value can hold a `;`. A label stands once. An empty value is as good as none.
 */
export type HeaderList =
  | string
  | Readonly<Partial<Record<HeaderLabel, HeaderValue>>>
  | readonly (readonly [label: string, value: HeaderValue])[];

/** Paths of files, in an array or split at `;` in a string, and attachments of any other kind. */
export type AttachmentList = string | readonly (string | Attachment)[];

/** The message in parts. */
export interface MailParts {
  readonly headerList: HeaderList;
  readonly text: string;
  readonly attachmentList: AttachmentList;
}

/** A message, and the lists of its recipients. */
export interface Mail {
  readonly message: Message;
  readonly lists: RecipientLists;
}

/** A message whose files are not opened yet. */
export interface ReadMail extends Mail {
  readonly attachments: readonly (string | Attachment)[];
}

/**
 * Reads the parts of a message, and opens nothing.
 *
 * @throws {TypeError} one of the parts has a type that it does not take
 * @throws {StatusError} -12: TO or FROM is missing
 * @throws {InputError} a value that cannot be sent
 */
export function readMail({ headerList, text, attachmentList }: MailParts): ReadMail {
  requireText({ text });
  requireList(headerList, "headerList");
  if (typeof attachmentList !== "string" && !Array.isArray(attachmentList)) {
    throw new TypeError("attachmentList: must be a string or an array");
  }
  const headers = readHeaders(headerList);
  const addresses = (label: HeaderLabel): AddressEntries | undefined => {
    return readEntries(headers.get(label) as AddressItems | undefined, label);
  };
  const [to = [], cc = [], bcc = []] = [addresses("TO"), addresses("CC"), addresses("BCC")];
  const message: Message = {
    from: headers.get("FROM") as AddressInput,
    to,
    cc,
    bcc,
    replyTo: addresses("REPLY"),
    subject: headers.get("SUBJECT") as string | undefined,
    priority: readPriority(headers.get("PRIORITY"), "PRIORITY"),
    text,
  };
  const lists = { to: mailboxesIn(to), cc: mailboxesIn(cc), bcc: mailboxesIn(bcc) };
  return { message, lists, attachments: readPaths(attachmentList) };
}

/**
 * Opens a message's files to see that they are there; they are read when it is sent.
 *
 * @throws {ConfigError} {@link UnsupportedError} a file that cannot be read
 */
export async function withFiles(
  { message, lists, attachments }: ReadMail,
  runtime: Runtime | undefined,
): Promise<Mail> {
  const opened: Attachment[] = [];
  for (const attachment of attachments) {
    opened.push(typeof attachment === "string" ? await fromFile(attachment, { runtime }) : attachment);
  }
  return { message: { ...message, attachments: opened }, lists };
}

function readHeaders(list: HeaderList): ReadonlyMap<HeaderLabel, HeaderValue> {
  const pairs = typeof list === "string"
    ? parseItems(list, "headerList")
    : isPairs(list)
    ? list
    : entriesOf(list, "headerList") as [HeaderLabel, HeaderValue][];
  const headers = new Map<HeaderLabel, HeaderValue>();
  const given = new Set<unknown>();
  for (const pair of pairs) {
    // What is no pair is an unknown label.
    const [label, value] = [pair].flat() as [unknown, HeaderValue];
    if (given.has(label)) throw new InputError("headerList", `${nameOf(label)} is given twice`);
    given.add(label);
    if (isLabel(label) && !isEmpty(value)) headers.set(label, value);
  }
  const missing = (["TO", "FROM"] as const).find((label) => !headers.has(label));
  if (missing !== undefined) {
    const reason = `${missing} is missing; labels are upper case: ${HEADER_LABELS.join(", ")}`;
    throw new StatusError(STATUS.INCOMPLETE, new InputError("headerList", reason));
  }
  const unknown = [...given].find((label) => !isLabel(label));
  if (unknown !== undefined) {
    const reason = `${nameOf(unknown)} is unknown; labels are upper case: ${HEADER_LABELS.join(", ")}`;
    throw new InputError("headerList", reason);
  }
  return headers;
}

function isPairs(list: Exclude<HeaderList, string>): list is readonly (readonly [string, HeaderValue])[] {
  return Array.isArray(list);
}

function isLabel(label: unknown): label is HeaderLabel {
  return HEADER_LABELS.includes(label as HeaderLabel);
}

function nameOf(label: unknown): string {
  return typeof label === "string" && /^\w{1,40}$/.test(label) ? label : "a label";
}

function readPaths(list: AttachmentList): readonly (string | Attachment)[] {
  if (list === "") return [];
  const attachments = typeof list === "string" ? list.split(";") : list;
  if (attachments.includes("")) throw new InputError("attachmentList", "an empty path stands in it");
  return [...attachments];
}
