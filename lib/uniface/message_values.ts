/**
 * What the operations are given about a message, checked and in the composer's form. Each gives the part of a message that
 * it is about; what an empty value was given for is `undefined` in it.
 *
 * @module
 */
import { type AddressInput, type Mailbox, type MailboxInput, parseMailbox } from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { has } from "../given.ts";
import { compose } from "../mime/compose.ts";
import type { Message } from "../mime/message.ts";
import type { Priority } from "../mime/priority.ts";
import { type AddressEntries, type AddressItems, parseAddressItems } from "./address_items.ts";
import { requireList, requireOne, requireText, requireType } from "./arguments.ts";
import { type OptionList, readOptions, textOption } from "./option_list.ts";

/** Whether a value is as good as none. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || (typeof value === "string" && /^[ \t]*$/.test(value))) return true;
  return Array.isArray(value) && value.length === 0;
}

/**
 * Who a message is from.
 *
 * @throws {InputError} also for more than one mailbox
 */
export function readFrom(value: AddressInput): Pick<Partial<Message>, "from"> {
  requireOne(value, "from");
  return { from: isEmpty(value) ? undefined : twoParts(parseMailbox(value, "from")) };
}

/**
 * A field's list of mailboxes and groups.
 *
 * @throws {InputError}
 */
export function readList<Field extends "to" | "cc" | "bcc" | "replyTo">(
  field: Field,
  value: AddressItems,
): { readonly [field in Field]?: AddressEntries | undefined } {
  requireList(value, field);
  return { [field]: readEntries(value, field) } as { readonly [field in Field]?: AddressEntries };
}

/**
 * A list of mailboxes and groups.
 *
 * @throws {InputError}
 */
export function readEntries(value: AddressItems | undefined, field: string): AddressEntries | undefined {
  if (isEmpty(value)) return undefined;
  return parseAddressItems(value!, field).map((one) => {
    return has(one, "members") ? { group: one.group, members: one.members.map(twoParts) } : twoParts(one);
  });
}

function twoParts({ name, address }: Mailbox): MailboxInput {
  return name === undefined ? { address } : { name, address };
}

/**
 * A priority from 1, the highest, to 5, as a number or a digit.
 *
 * @throws {InputError}
 */
export function readPriority(value: unknown, field: string): Priority | undefined {
  if (isEmpty(value)) return undefined;
  if (/^[1-5]$/.test(String(value))) return Number(value) as Priority;
  throw new InputError(field, "must be 1, the highest, to 5");
}

/**
 * A priority of a message.
 *
 * @throws {InputError}
 */
export function readMessagePriority(value: number | string): Pick<Message, "priority"> {
  requireType(value, { name: "priority", types: ["number", "string"] });
  return { priority: readPriority(value, "priority") };
}

/**
 * A subject.
 *
 * @throws {InputError}
 */
export function readSubject(value: string): Pick<Message, "subject"> {
  requireText({ subject: value });
  return composable({ subject: isEmpty(value) ? undefined : value });
}

/**
 * A message identifier, with or without angle brackets.
 *
 * @throws {InputError}
 */
export function readMessageId(value: string): Pick<Message, "messageId"> {
  requireText({ messageId: value });
  return composable({ messageId: value === "" ? undefined : value });
}

/**
 * A text, and of which of the two types it is: `MIMEType=text/html` as a list or an object, or the type alone. Without a
 * type it is `text/plain`.
 *
 * @throws {InputError}
 */
export function readBody(text: string, mimeType: OptionList): Pick<Message, "text" | "html"> {
  requireText({ text });
  requireOne(mimeType, "mimeType");
  const body = text === "" ? undefined : text;
  switch (typeOf(mimeType).toLowerCase()) {
    case "":
    case "text/plain":
      return composable({ text: body });
    case "text/html":
      return composable({ html: body });
  }
  throw new InputError("mimeType", "must be text/plain or text/html");
}

function typeOf(mimeType: OptionList): string {
  if (typeof mimeType === "string" && !mimeType.includes("=")) return mimeType;
  const options = readOptions(mimeType, { field: "mimeType", keys: ["MIMEType"] });
  return textOption(options.get("MIMEType"), "mimeType");
}

const MAILBOX: MailboxInput = { address: "nobody@example.com" };

/**
 * Makes sure that the composer takes a part of a message, by having it compose one that has nothing else.
 *
 * @throws {InputError}
 */
export function composable<Values extends Partial<Message>>(values: Values): Values {
  compose({ from: MAILBOX, to: MAILBOX, ...values });
  return values;
}
