/**
 * Header fields that hold mailboxes (RFC 5322 section 3.4), written from the same parsed mailboxes that the envelope uses.
 *
 * @module
 */
import { has } from "../given.ts";
import type { Group, Mailbox } from "../address/mailbox.ts";
import { isAscii } from "../bytes/ascii.ts";
import { ENCODED_WORD_LIMIT, encodeWords, looksEncoded } from "./encoded_word.ts";
import { tokenField } from "./field.ts";

/** Characters of a display name in ASCII; a longer one is encoded, because encoded words can be folded anywhere. */
const PLAIN_LIMIT = 60;

/** Words of atoms, single blanks between them (`phrase`, RFC 5322 section 3.2.5). */
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;

/** Writes a field with one or more mailboxes and groups, CRLF included. */
export function addressField(name: string, list: readonly (Mailbox | Group)[]): string {
  const [first] = list;
  if (list.length === 1 && has(first, "address") && first.name === undefined) return `${name}: ${first.address}\r\n`;
  const tokens: string[] = [];
  addTokens(tokens, list, { name, last: "" });
  return tokenField(name, tokens);
}

/** Adds the tokens of a list, with commas between its elements and `last` behind them. */
function addTokens(
  tokens: string[],
  list: readonly (Mailbox | Group)[],
  about: { readonly name: string; readonly last: string },
): void {
  for (let index = 0; index < list.length; index++) {
    const element = list[index];
    const end = index === list.length - 1 ? about.last : ",";
    const room = tokens.length === 0 ? ENCODED_WORD_LIMIT - about.name.length - 1 : ENCODED_WORD_LIMIT;
    if (has(element, "members")) {
      const { group, members } = element;
      for (const word of phrase(group, room)) tokens.push(word);
      const colon = members.length === 0 ? `:;${end}` : ":";
      // An encoded word ends where white space does (RFC 2047 section 5, rule 3).
      if (tokens[tokens.length - 1].endsWith("?=")) tokens.push(colon);
      else tokens[tokens.length - 1] += colon;
      addTokens(tokens, members, { name: about.name, last: `;${end}` });
    } else if (element.name === undefined || element.name === "") {
      tokens.push(element.address + end);
    } else {
      for (const word of phrase(element.name, room)) tokens.push(word);
      tokens.push(`<${element.address}>${end}`);
    }
  }
}

/** A display name as atoms, a quoted string or encoded words, whichever keeps it exactly and fits in a line. */
export function phrase(name: string, room: number): readonly string[] {
  if (name.length > PLAIN_LIMIT || !isAscii(name) || looksEncoded(name)) return encodeWords(name, room);
  const plain = ATOMS.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
  // Each `"` and `\` counts twice, and in some fields there is less room.
  return plain.length > room ? encodeWords(name, room) : [plain];
}
