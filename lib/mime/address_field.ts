/**
 * Header fields that hold mailboxes (RFC 5322 section 3.4), written from the same parsed mailboxes that the envelope uses.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import { isAscii } from "../bytes/ascii.ts";
import { ENCODED_WORD_LIMIT, encodeWords, looksEncoded } from "./encoded_word.ts";
import { tokenField } from "./field.ts";

/** Characters of a display name in ASCII; a longer one is encoded, because encoded words can be folded anywhere. */
const PLAIN_LIMIT = 60;

/** Words of atoms, single blanks between them (`phrase`, RFC 5322 section 3.2.5). */
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;

/** Writes a field with one or more mailboxes, CRLF included. */
export function addressField(name: string, mailboxes: readonly Mailbox[]): string {
  if (mailboxes.length === 1 && mailboxes[0].name === undefined) return `${name}: ${mailboxes[0].address}\r\n`;
  const tokens: string[] = [];
  const last = mailboxes.length - 1;
  for (let index = 0; index <= last; index++) {
    const mailbox = mailboxes[index];
    const comma = index === last ? "" : ",";
    if (mailbox.name === undefined || mailbox.name === "") {
      tokens.push(mailbox.address + comma);
    } else {
      const room = index === 0 ? ENCODED_WORD_LIMIT - name.length - 1 : ENCODED_WORD_LIMIT;
      for (const word of phrase(mailbox.name, room)) tokens.push(word);
      tokens.push(`<${mailbox.address}>${comma}`);
    }
  }
  return tokenField(name, tokens);
}

/** A display name as atoms, a quoted string or encoded words, whichever keeps it exactly and fits in a line. */
function phrase(name: string, room: number): readonly string[] {
  if (name.length > PLAIN_LIMIT || !isAscii(name) || looksEncoded(name)) return encodeWords(name, room);
  const plain = ATOMS.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
  // Each `"` and `\` counts twice, and in some fields there is less room.
  return plain.length > room ? encodeWords(name, room) : [plain];
}
