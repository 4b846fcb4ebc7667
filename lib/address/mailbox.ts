/**
 * Addresses as callers give them: a text, or a name and an address, or a group of them.
 *
 * Nothing is trimmed or rewritten: what cannot be sent as it stands is refused, with its place.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { given } from "../given.ts";
import { checkText } from "./characters.ts";
import { readAddressList, readMailbox } from "./header_list.ts";
import { type Group, type Mailbox, MAX_MAILBOX_INPUT, parseAddress } from "./path.ts";
import { simpleAddress, simpleMailbox, simpleMailboxes } from "./simple.ts";

export { type Group, type Mailbox, parseAddress } from "./path.ts";

/** UTF-16 code units of a list in one string. */
const MAX_LIST_INPUT = 1024 * 1024;
/** Mailboxes in one list, those in groups included. */
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

/** One mailbox, several, or a string that holds a list. */
export type MailboxList = AddressInput | readonly AddressInput[];

/** Several mailboxes under a name, as `Team: ada@example.com, bob@example.net;` has them (RFC 5322 section 3.4). */
export interface GroupInput {
  /** The group's name as plain text, without quotes or encoding. */
  readonly group: string;
  /** Mailboxes, and no further group; an empty array for none. */
  readonly members: MailboxList;
}

/** Mailboxes and groups, or a string that holds a list of them. */
export type AddressList = AddressInput | GroupInput | readonly (AddressInput | GroupInput)[];

/** What a list may hold, and what errors call it. */
interface ListPlace {
  readonly field: string;
  /** Whether groups may stand in it. */
  readonly groups: boolean;
}

/**
 * Parses one mailbox: a bare address, `Ada <ada@example.com>`, `"Lovelace, Ada" <ada@example.com>`, or name and address.
 *
 * Comments and the blanks around things are dropped, an encoded word in a name stays the text it is. The address must be
 * one that an envelope takes: a dot-string or quoted string of at most 64 octets, `@`, a domain or an IP address in
 * brackets, 254 octets together (RFC 5321 sections 4.1.2 and 4.5.3.1). A text takes at most 2,048 characters, and so does a name.
 *
 * @param field what errors call it
 * @throws {InputError} also for a list or a group, for a source route and other obsolete forms, and for an object with any
 * other key
 */
export function parseMailbox(input: AddressInput, field: string = "mailbox"): Mailbox {
  if (typeof input === "string") {
    return simpleMailbox(input) ?? readMailbox(checkText(input, { field, limit: MAX_MAILBOX_INPUT }), field);
  }
  return parseObject(input, { field, groups: false }) as Mailbox;
}

/**
 * Parses mailboxes: an array of single ones, or one input, which as a string may hold a list.
 *
 * Takes what {@link parseAddressList} takes, and returns the mailboxes alone: of a group, its members stay.
 *
 * @param field what errors call it
 * @throws {InputError}
 *
 * @example
 * ```ts
 * import { parseMailboxList } from "@posthaste/smtp";
 *
 * for (const { name, address } of parseMailboxList('"Lovelace, Ada" <ada@example.com>, bob@example.net')) {
 *   console.log(address, name);
 * }
 * ```
 */
export function parseMailboxList(input: AddressList, field: string = "list"): readonly Mailbox[] {
  return mailboxesOf(parseAddressList(input, field));
}

/**
 * Parses mailboxes and groups: an array, or one input, which as a string may hold a list.
 *
 * A string is an address list of RFC 5322 section 3.4, of at most 1 MiB: mailboxes with commas between, and groups
 * (`name: a@x, b@x;`); it must name something, though a group may be empty. The obsolete forms of section 4.4 are read:
 * source routes (`<@relay:a@x>`) and empty elements are passed over, and `"a" . b@x` is `a.b@x`. Element `i` of an array is
 * one mailbox or `{ group, members }`, and errors call it `field[i]`; the array may be empty. At most 10,000 mailboxes,
 * each of which follows the rules of {@link parseMailbox}. A group has `members`, a mailbox has not.
 *
 * @param field what errors call it
 * @throws {InputError}
 */
export function parseAddressList(input: AddressList, field: string = "list"): readonly (Mailbox | Group)[] {
  return parseList(input, { field, groups: true });
}

/** {@link parseAddressList} for a list in which there may be no groups. */
export function parseMailboxes(input: MailboxList, field: string): readonly Mailbox[] {
  return parseList(input, { field, groups: false }) as readonly Mailbox[];
}

/** The mailboxes of a list, those of its groups included: the list itself, where there is no group. */
export function mailboxesOf(list: readonly (Mailbox | Group)[]): readonly Mailbox[] {
  for (const one of list) if (isGroup(one)) return list.flatMap((one) => isGroup(one) ? one.members : one);
  return list as readonly Mailbox[];
}

/** Which of the two it is; what other objects inherit makes no group of a mailbox. */
export function isGroup(one: Mailbox | Group): one is Group {
  return Object.hasOwn(one, "members");
}

function parseList(input: AddressList, place: ListPlace): readonly (Mailbox | Group)[] {
  if (typeof input === "string") {
    return (input.length > MAX_LIST_INPUT ? undefined : simpleMailboxes(input, MAX_MAILBOXES)) ??
      readText(checkText(input, { field: place.field, limit: MAX_LIST_INPUT }), place);
  }
  if (!isArray(input)) return [parseObject(input, place)];
  checkCount(input.length, place.field);
  let inGroups = 0;
  const list = Array.from(input, (element, i) => {
    const simple = typeof element === "string" ? simpleMailbox(element) : undefined;
    if (simple !== undefined) return simple;
    const field = `${place.field}[${i}]`;
    if (typeof element === "string") return parseMailbox(element, field);
    const parsed = parseObject(element, { ...place, field });
    if (isGroup(parsed)) checkCount(inGroups += parsed.members.length, place.field);
    return parsed;
  });
  return list;
}

function checkCount(count: number, field: string): void {
  if (count > MAX_MAILBOXES) throw new InputError(field, `more than ${MAX_MAILBOXES} mailboxes`);
}

function readText(text: string, { field, groups }: ListPlace): readonly (Mailbox | Group)[] {
  const list = readAddressList(text, { field, limit: MAX_MAILBOXES, groups });
  if (list.length === 0) throw new InputError(field, "no mailbox in it", text.length);
  return list;
}

/** `Array.isArray`, which does not know `readonly` arrays. */
function isArray<T>(input: T | readonly T[]): input is readonly T[] {
  return Array.isArray(input);
}

function parseObject(input: unknown, place: ListPlace): Mailbox | Group {
  const { field } = place;
  const { name, address, group, members } = ownParts(input, place);
  if (group !== undefined || members !== undefined) {
    if (name !== undefined || address !== undefined) throw new InputError(field, "is both a mailbox and a group");
    const checked = checkText(group, { field: `${field}.group`, limit: MAX_MAILBOX_INPUT });
    if (checked === "") throw new InputError(`${field}.group`, "a group needs a name");
    return { group: checked, members: parseMailboxes(members as MailboxList, `${field}.members`) };
  }
  const simple = typeof address === "string" ? simpleAddress(address, undefined) : undefined;
  const mailbox = simple ?? parseAddress(address as string, `${field}.address`);
  if (name === undefined) return mailbox;
  const checked = checkText(name, { field: `${field}.name`, limit: MAX_MAILBOX_INPUT });
  return checked === "" ? mailbox : { ...mailbox, name: checked };
}

function ownParts(
  input: unknown,
  { field, groups }: ListPlace,
): { readonly [key in keyof ReturnType<typeof parts>]: unknown } {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new InputError(field, `must be a string or { name, address }${groups ? " or { group, members }" : ""}`);
  }
  const own = given(input, { place: field, what: "a mailbox", keys: parts });
  if (groups || (own.group === undefined && own.members === undefined)) return own;
  throw new InputError(field, "a group may not stand here");
}

const parts = () => ({ name: undefined, address: undefined, group: undefined, members: undefined });
