/**
 * The quick way for what nearly every address looks like: `ada@example.com`, `Ada Lovelace <ada@example.com>`, and lists of
 * them. One pass and no token; what is not simple, or wrong, goes the long way, which knows all of it and has the
 * words for what is wrong.
 *
 * @module
 */
import { findForbidden, isAtext } from "./characters.ts";
import { type Mailbox, MAX_ADDRESS, MAX_LOCAL_PART } from "./path.ts";
import { MAX_DOMAIN_LENGTH, MAX_LABEL_LENGTH } from "./domain.ts";

/** Characters; longer ones are rare. */
const LIMIT = 512;

const BLANK = 0x20;
const HYPHEN = 0x2d;
const DOT = 0x2e;
const AT = 0x40;
const EQUALS = 0x3d;
const QUESTION_MARK = 0x3f;

/** The mailboxes of a list, as the long way reads them; `undefined` where a single one is not simple. */
export function simpleMailboxes(text: string, limit: number): Mailbox[] | undefined {
  if (!text.includes(",")) {
    const only = simpleMailbox(text);
    return only === undefined ? undefined : [only];
  }
  const mailboxes: Mailbox[] = [];
  for (let begin = 0; begin < text.length;) {
    const comma = text.indexOf(",", begin);
    const end = comma < 0 ? text.length : comma;
    const mailbox = simpleMailbox(text.slice(text.charCodeAt(begin) === BLANK ? begin + 1 : begin, end));
    if (mailbox === undefined || mailboxes.length === limit) return undefined;
    mailboxes.push(mailbox);
    begin = end + 1;
  }
  return mailboxes;
}

/** A mailbox, as the long way reads it; `undefined` where it is not simple. */
export function simpleMailbox(text: string): Mailbox | undefined {
  if (text.length > LIMIT) return undefined;
  if (!text.endsWith(">")) return simpleAddress(text, undefined);
  const open = text.indexOf("<");
  if (open < 0) return undefined;
  const address = text.slice(open + 1, -1);
  if (open === 0) return simpleAddress(address, undefined);
  const name = text.slice(0, open - 1);
  return text.charCodeAt(open - 1) === BLANK && isSimpleName(name) ? simpleAddress(address, name) : undefined;
}

/** Words of atoms and dots, one blank between any two. */
function isSimpleName(name: string): boolean {
  let before = BLANK;
  let ascii = true;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === BLANK ? before === BLANK : !isAtext(code) && code !== DOT) return false;
    if (code >= 0x80) ascii = false;
    before = code;
  }
  return before !== BLANK && (ascii || findForbidden(name) < 0);
}

/** An address of ASCII alone: a dot-string, and a domain that needs no mapping but to lower case. */
export function simpleAddress(text: string, name: string | undefined): Mailbox | undefined {
  const length = text.length;
  if (length > MAX_ADDRESS) return undefined;
  let at = 0;
  let atom = 0;
  for (;; at++) {
    const code = text.charCodeAt(at); // NaN at the end, which is no atext
    if (code < 0x80 && isAtext(code)) {
      // Perhaps an encoded word.
      if (code === QUESTION_MARK && text.charCodeAt(at - 1) === EQUALS) return undefined;
      continue;
    }
    if (at === atom) return undefined;
    if (code === AT) break;
    if (code !== DOT) return undefined;
    atom = at + 1;
  }
  if (at > MAX_LOCAL_PART || length - at - 1 > MAX_DOMAIN_LENGTH) return undefined;
  let label = at + 1;
  let mixed = false;
  for (let i = label; i <= length; i++) {
    const code = i === length ? DOT : text.charCodeAt(i);
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)) continue;
    if (code >= 0x41 && code <= 0x5a) mixed = true;
    else if (code === DOT) {
      if (i === label || i - label > MAX_LABEL_LENGTH || text.charCodeAt(i - 1) === HYPHEN) return undefined;
      label = i + 1;
    } else if (code !== HYPHEN || i === label || i - label === 3) return undefined; // `xn--` is not simple
  }
  const localPart = text.slice(0, at);
  const domain = mixed ? text.slice(at + 1).toLowerCase() : text.slice(at + 1);
  const address = mixed ? `${localPart}@${domain}` : text;
  return { name, localPart, domain, address, needsSmtpUtf8: false };
}
