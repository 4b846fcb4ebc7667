/**
 * Addresses as people and header fields write them: RFC 5322 section 3.4, names, comments, groups and lists, and the
 * obsolete forms of section 4.4 that old messages hold.
 *
 * Finds where each mailbox's parts are. Whether the address is one is then asked of `path.ts`, so that nothing gets
 * through here that an envelope does not take.
 *
 * @module
 */

import { codePoint } from "./characters.ts";
import { asciiDomain } from "./domain.ts";
import { type Group, type Mailbox, mailboxAt, MAX_MAILBOX_INPUT } from "./path.ts";
import { type Token, Tokens } from "./tokens.ts";

/** What a list may hold. */
export interface ListAbout {
  readonly field: string;
  /** Mailboxes at most, those in groups included. */
  readonly limit: number;
  /** Whether groups may stand in it. */
  readonly groups: boolean;
}

/** Reads `name <address>` or a bare address, to the end of the text. Comments are dropped. */
export function readMailbox(text: string, field: string): Mailbox {
  const tokens = new Tokens(text, field);
  const words = readWords(tokens);
  if (tokens.is(":")) throw tokens.error("a group may not stand here; a name that holds a colon needs quotes");
  const mailbox = finishMailbox(tokens, { words, field, obsolete: false });
  if (tokens.token.kind === "end") return mailbox;
  if (tokens.is(",") || tokens.is(";")) {
    throw tokens.error("only one mailbox may stand here; a name that holds a comma or semicolon needs quotes");
  }
  if (tokens.is("<")) throw tokens.error(`only one mailbox may stand here; ${QUOTES_FOR_AT}`);
  throw tokens.error(`${codePoint(tokens.token.text, 0)} is not allowed behind an address`);
}

/** Who is asked for a name often gives the address again. */
const QUOTES_FOR_AT = 'a name that holds an "@" needs quotes';

/**
 * Reads a list of mailboxes and groups to the end of the text; without one it is empty.
 *
 * Empty elements and source routes, which old messages hold, are skipped, and a local part of several words with quotes
 * among them is written in one (RFC 5322 section 4.4).
 */
export function readAddressList(text: string, about: ListAbout): (Mailbox | Group)[] {
  const { field, limit } = about;
  const tokens = new Tokens(text, field);
  const list: (Mailbox | Group)[] = [];
  /** Those of the group that is open. */
  let members: Mailbox[] | undefined;
  let count = 0;
  for (;;) {
    while (tokens.skip(","));
    if (tokens.token.kind === "end") break;
    if (members !== undefined && tokens.skip(";")) {
      members = undefined;
      checkSeparator(tokens);
      continue;
    }
    const words = readWords(tokens);
    if (tokens.is(":")) {
      if (members !== undefined) throw tokens.error("a group may not stand in a group");
      if (!about.groups) throw tokens.error("a group may not stand here; a name that holds a colon needs quotes");
      const group = nameOf(words);
      if (!group) throw tokens.error("a group needs a name");
      tokens.next();
      list.push({ group, members: members = [] });
      continue;
    }
    if (count++ === limit) throw tokens.error(`more than ${limit} mailboxes`);
    (members ?? list).push(finishMailbox(tokens, { words, field, obsolete: true }));
    if (!(members !== undefined && tokens.is(";"))) checkSeparator(tokens);
  }
  if (members !== undefined) throw tokens.error('a group is never closed by a ";"');
  return list;
}

function checkSeparator(tokens: Tokens): void {
  if (tokens.is(",") || tokens.token.kind === "end") return;
  const found = tokens.is("@") ? 'a second "@" is not allowed in an address; ' : "";
  const name = tokens.is("<") ? `; ${QUOTES_FOR_AT}` : "";
  throw tokens.error(`${found}a comma must stand between two mailboxes${name}`);
}

/** The atoms, quoted strings and dots that a name or a local part is made of: which of the two, what follows tells. */
function readWords(tokens: Tokens): Token[] {
  const words: Token[] = [];
  while (tokens.token.kind === "atom" || tokens.token.kind === "quoted" || tokens.is(".")) {
    words.push(tokens.next());
    if (words[words.length - 1].end - words[0].begin > MAX_MAILBOX_INPUT) {
      throw tokens.error(`a mailbox is longer than ${MAX_MAILBOX_INPUT} characters`, words[0].begin);
    }
  }
  return words;
}

interface MailboxAbout {
  readonly field: string;
  /** Whether the obsolete forms are read: `<@relay:address>`, of which the route is dropped, and `"a" . b@x`. */
  readonly obsolete: boolean;
}

/** The rest of a mailbox whose first words are read. */
function finishMailbox(tokens: Tokens, about: MailboxAbout & { readonly words: readonly Token[] }): Mailbox {
  const { words, field, obsolete } = about;
  if (tokens.is("@")) return readAddress(tokens, { localPart: words, field, obsolete, name: undefined });
  if (!tokens.is("<")) {
    const needed = words.length === 0
      ? "an address is missing"
      : 'an address needs an "@"; a name needs an <address> behind it';
    throw tokens.error(`${needed}${unquoted(tokens)}`);
  }
  tokens.next();
  if (tokens.is("@") || tokens.is(",")) {
    if (!obsolete) throw tokens.error("a source route may not stand in an address");
    skipRoute(tokens, field);
  }
  const mailbox = readAddress(tokens, { localPart: readWords(tokens), field, obsolete, name: nameOf(words) });
  if (!tokens.skip(">")) throw tokens.error('a ">" must stand behind the address');
  return mailbox;
}

/** What stands in many a name without the quotes that it needs then. */
function unquoted(tokens: Tokens): string {
  if (tokens.token.kind !== "literal" && !tokens.is(",") && !tokens.is(";")) return "";
  return `; a name that holds ${codePoint(tokens.token.text, 0)} needs quotes`;
}

/** Reads the `@` and the domain of an address whose local part is read, and has the whole checked. */
function readAddress(
  tokens: Tokens,
  about: MailboxAbout & { readonly localPart: readonly Token[]; readonly name: string | undefined },
): Mailbox {
  const offset = about.localPart[0]?.begin ?? tokens.token.begin;
  const localPart = readLocalPart(tokens, about);
  if (!tokens.skip("@")) throw tokens.error('an address needs an "@"');
  const begin = tokens.token.begin;
  const domain = readDomain(tokens);
  return mailboxAt(`${localPart}@${domain}`, { field: about.field, offset, domain: begin }, about.name);
}

/** A local part as an address holds it: quotes are no part of what it says (RFC 5321 section 4.1.2), so `"a".b` is `a.b`. */
function readLocalPart(tokens: Tokens, about: MailboxAbout & { readonly localPart: readonly Token[] }): string {
  const words = about.localPart;
  const text = joined(tokens, words);
  if (words.length < 2 || words.every((word) => word.kind !== "quoted")) return text;
  if (!about.obsolete) {
    throw tokens.error('several words with quotes before the "@" are obsolete: quote them as one', words[0].begin);
  }
  const wrong = words.findIndex((word, index) => (word.kind === "special") !== (index % 2 === 1));
  if (wrong >= 0 || words.length % 2 === 0) {
    throw tokens.error("a dot at an end, or two in a row, needs quotes", words.at(wrong)!.begin);
  }
  const said = words.map(wordOf).join("");
  return DOT_STRING.test(said) ? said : `"${said.replace(/["\\]/g, "\\$&")}"`;
}

const DOT_STRING = /^[^\s()<>[\]:;@\\,."]+(?:\.[^\s()<>[\]:;@\\,."]+)*$/;

function readDomain(tokens: Tokens): string {
  const parts: Token[] = [];
  while (tokens.token.kind === "atom" || tokens.token.kind === "literal" || tokens.is(".")) parts.push(tokens.next());
  return joined(tokens, parts);
}

/** `@a,@b:` of RFC 5322 section 4.4. */
function skipRoute(tokens: Tokens, field: string): void {
  while (!tokens.skip(":")) {
    if (tokens.skip(",")) continue;
    const offset = tokens.token.begin;
    if (!tokens.skip("@")) throw tokens.error('a source route is "@" and a domain, and ends in ":"');
    asciiDomain(readDomain(tokens), { field, offset });
    if (!tokens.is(",") && !tokens.is(":")) throw tokens.error('a source route ends in ":"');
  }
}

/** Tokens written together, with dots between any two: `a b@x` is not `ab@x`. */
function joined(tokens: Tokens, parts: readonly Token[]): string {
  for (let i = 1; i < parts.length; i++) {
    if (parts[i - 1].kind === "special" || parts[i].kind === "special") continue;
    throw tokens.error("two words in an address need a dot between them", parts[i].begin);
  }
  return parts.map((part) => part.text).join("");
}

/** A name's words with a blank wherever blanks or comments stood; `undefined` when there are none. */
function nameOf(words: readonly Token[]): string | undefined {
  if (words.length === 0) return undefined;
  let name = "";
  for (const word of words) {
    if (word.spaced && word !== words[0]) name += " ";
    name += wordOf(word);
  }
  return name;
}

/** What a word says, without its quotes. */
function wordOf(word: Token): string {
  return word.kind === "quoted" ? word.text.slice(1, -1).replace(/\\(.)/gsu, "$1") : word.text;
}
