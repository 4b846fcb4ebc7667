/**
 * Addresses as callers give them: a text, or a name and an address.
 *
 * Nothing is trimmed or rewritten: what cannot be sent as it stands is refused, with its place.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { checkText } from "./characters.ts";
import { readMailbox, readMailboxList } from "./header_list.ts";
import { type Mailbox, MAX_MAILBOX_INPUT, parseAddress } from "./path.ts";
import { simpleAddress, simpleMailbox, simpleMailboxes } from "./simple.ts";

export { type Mailbox, parseAddress } from "./path.ts";

/** UTF-16 code units of a list in one string. */
const MAX_LIST_INPUT = 1024 * 1024;
/** Mailboxes in one list, groups included. */
const MAX_MAILBOXES = 10_000;

/** A mailbox in two parts. */
export interface MailboxInput {
  /** Display name as plain text, without quotes or encoding. */
  readonly name?: string;
  /** The address alone, as `ada@example.com`. */
  readonly address: string;
}

/** `ada@example.com`, `Ada <ada@example.com>`, or the two parts apart. */
export type AddressInput = string | MailboxInput;

/**
 * Parses one mailbox: a bare address, `Ada <ada@example.com>`, `"Lovelace, Ada" <ada@example.com>`, or name and address.
 *
 * Comments and the blanks around things are dropped, an encoded word in a name stays the text it is. The address follows
 * the rules of `parseAddress`. A text takes at most 2,048 characters, and so does a name.
 *
 * @throws {InputError} also for a list or a group, and for an object with any other key
 */
export function parseMailbox(input: AddressInput, field: string): Mailbox {
  if (typeof input === "string") {
    return simpleMailbox(input) ?? readMailbox(checkText(input, { field, limit: MAX_MAILBOX_INPUT }), field);
  }
  const { name, address } = ownParts(input, field);
  const simple = typeof address === "string" ? simpleAddress(address, undefined) : undefined;
  const mailbox = simple ?? parseAddress(address as string, `${field}.address`);
  if (name === undefined) return mailbox;
  const checked = checkText(name, { field: `${field}.name`, limit: MAX_MAILBOX_INPUT });
  return checked === "" ? mailbox : { ...mailbox, name: checked };
}

/**
 * Parses mailboxes: an array of single ones, or one input, which as a string may hold a list.
 *
 * A string is an address list of RFC 5322 section 3.4, of at most 1 MiB: mailboxes with commas between, and groups
 * (`name: a@x, b@x;`), of which the members stay; it must name something, though a group may be empty. Element `i` of an
 * array is one mailbox, and errors call it `field[i]`; the array may be empty. At most 10,000 mailboxes.
 *
 * @throws {InputError}
 */
export function parseMailboxList(input: AddressInput | readonly AddressInput[], field: string): readonly Mailbox[] {
  if (typeof input === "string") {
    const about = { field, limit: MAX_MAILBOXES };
    return (input.length > MAX_LIST_INPUT ? undefined : simpleMailboxes(input, MAX_MAILBOXES)) ??
      readMailboxList(checkText(input, { field, limit: MAX_LIST_INPUT }), about);
  }
  if (!isArray(input)) return [parseMailbox(input, field)];
  if (input.length > MAX_MAILBOXES) throw new InputError(field, `more than ${MAX_MAILBOXES} mailboxes`);
  return Array.from(
    input,
    (element, i) =>
      (typeof element === "string" ? simpleMailbox(element) : undefined) ?? parseMailbox(element, `${field}[${i}]`),
  );
}

/** `Array.isArray`, which does not know `readonly` arrays. */
function isArray(input: AddressInput | readonly AddressInput[]): input is readonly AddressInput[] {
  return Array.isArray(input);
}

/** Own properties only: what a prototype was given elsewhere does not address mail. */
function ownParts(input: unknown, field: string): { readonly name: unknown; readonly address: unknown } {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new InputError(field, "must be a string or { name, address }");
  }
  const own = { name: undefined as unknown, address: undefined as unknown };
  for (const key of Object.keys(input)) {
    if (key !== "name" && key !== "address") {
      const shown = /^\w{1,40}$/.test(key) ? `"${key}"` : "a key";
      throw new InputError(field, `${shown} is none of name, address, which may stand here`);
    }
    own[key] = (input as Record<typeof key, unknown>)[key];
  }
  return own;
}
