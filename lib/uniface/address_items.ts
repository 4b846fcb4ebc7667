/**
 * Lists of addresses as the original system has them, split at `;`, and as RFC 5322 has them, split at `,`.
 *
 * @module
 */
import {
  type AddressInput,
  type Group,
  type GroupInput,
  type Mailbox,
  type MailboxInput,
  parseAddressList,
} from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { has } from "../given.ts";

/** Most items of a list: as many as a message may have recipients. */
const MAX_ITEMS = 10_000;

/** A string that holds one address or a list, or an array with one mailbox or group an element. */
export type AddressItems = AddressInput | GroupInput | readonly (AddressInput | GroupInput)[];

/** Mailboxes, each in two parts, and groups of them, as a message has them. */
export type AddressEntries =
  readonly (MailboxInput | { readonly group: string; readonly members: readonly MailboxInput[] })[];

/**
 * Parses a list. In a string, a `;` ends an item as long as it stands in no quoted string, comment or angle brackets and
 * ends no group (`Team: a@x, b@x;`); each item may be an address list of RFC 5322; empty items are passed over. At most 10,000 items.
 *
 * @throws {InputError}
 */
export function parseAddressItems(value: AddressItems, field: string): readonly (Mailbox | Group)[] {
  if (typeof value !== "string") return parseAddressList(value, field);
  const items = splitItems(value).filter((item) => item.trim() !== "");
  if (items.length === 0) throw new InputError(field, "no mailbox in it");
  if (items.length > MAX_ITEMS) throw new InputError(field, `more than ${MAX_ITEMS} items`);
  return items.flatMap((item) => parseAddressList(item, field));
}

/** The mailboxes of a list, those of its groups included. */
export function mailboxesIn(entries: AddressEntries): readonly MailboxInput[] {
  return entries.flatMap((one) => has(one, "members") ? one.members : one);
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "<": ">", "[": "]" };

function splitItems(text: string): string[] {
  const items: string[] = [];
  let start = 0;
  let inGroup = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "(") at = afterComment(text, at);
    else if (Object.hasOwn(CLOSING, character)) at = afterEnclosed(text, { at, end: CLOSING[character]! });
    else if (character === ":") inGroup = true;
    else if (character === ";" && inGroup) inGroup = false;
    else if (character === ";") {
      items.push(text.slice(start, at));
      start = at + 1;
    }
  }
  items.push(text.slice(start));
  return items;
}

/** Where the closing character stands, or the text's end, at which the parser finds out what is wrong. */
function afterEnclosed(text: string, from: { readonly at: number; readonly end: string }): number {
  let at = from.at + 1;
  while (at < text.length && text[at] !== from.end) at += text[at] === "\\" ? 2 : 1;
  return at;
}

function afterComment(text: string, from: number): number {
  let depth = 1;
  let at = from + 1;
  for (; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return at;
}
