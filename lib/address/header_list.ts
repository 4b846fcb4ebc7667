/**
 * Addresses as people and header fields write them: RFC 5322 section 3.4, names, comments, groups and lists.
 *
 * Finds where each mailbox's parts are. Whether the address is one is then asked of `path.ts`, so that nothing gets
 * through here that an envelope does not take.
 *
 * @module
 */

import { codePoint } from "./characters.ts";
import { asciiDomain } from "./domain.ts";
import { type Mailbox, mailboxAt, MAX_MAILBOX_INPUT } from "./path.ts";
import { type Token, Tokens } from "./tokens.ts";

/** Reads `name <address>` or a bare address, to the end of the text. Comments are dropped. */
export function readMailbox(text: string, field: string): Mailbox {
  const tokens = new Tokens(text, field);
  const mailbox = readOne(tokens, field);
  if (tokens.token.kind === "end") return mailbox;
  if (tokens.is(",") || tokens.is(";")) {
    throw tokens.error("only one mailbox may stand here; a name that holds a comma or semicolon needs quotes");
  }
  throw tokens.error(`${codePoint(tokens.token.text, 0)} is not allowed behind an address`);
}

/**
 * Reads a list of mailboxes and groups, groups flattened, to the end of the text.
 *
 * Empty elements and source routes, which old messages hold, are skipped (RFC 5322 section 4.4).
 */
export function readMailboxList(text: string, about: { readonly field: string; readonly limit: number }): Mailbox[] {
  const tokens = new Tokens(text, about.field);
  const mailboxes: Mailbox[] = [];
  let inGroup = false;
  let elements = 0;
  for (;;) {
    while (tokens.skip(","));
    if (tokens.token.kind === "end") break;
    if (inGroup && tokens.skip(";")) {
      inGroup = false;
      checkSeparator(tokens);
      continue;
    }
    const words = readWords(tokens);
    elements++;
    if (tokens.is(":")) {
      startGroup(tokens, { words, inGroup });
      inGroup = true;
      continue;
    }
    if (mailboxes.length === about.limit) throw tokens.error(`more than ${about.limit} mailboxes`);
    mailboxes.push(finishMailbox(tokens, { words, field: about.field, route: true }));
    if (!(inGroup && tokens.is(";"))) checkSeparator(tokens);
  }
  if (inGroup) throw tokens.error('a group is never closed by a ";"');
  if (elements === 0) throw tokens.error("no mailbox in it");
  return mailboxes;
}

function checkSeparator(tokens: Tokens): void {
  if (!tokens.is(",") && tokens.token.kind !== "end") throw tokens.error("a comma must stand between two mailboxes");
}

function startGroup(tokens: Tokens, at: { readonly words: readonly Token[]; readonly inGroup: boolean }): void {
  if (at.inGroup) throw tokens.error("a group may not stand in a group");
  if (at.words.length === 0) throw tokens.error("a group needs a name");
  tokens.next();
}

function readOne(tokens: Tokens, field: string): Mailbox {
  const words = readWords(tokens);
  if (tokens.is(":")) throw tokens.error("a group may not stand here; a name that holds a colon needs quotes");
  return finishMailbox(tokens, { words, field, route: false });
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

/** The rest of a mailbox whose first words are read. `route`: whether `<@relay:address>` is accepted, and the route dropped. */
function finishMailbox(
  tokens: Tokens,
  about: { readonly words: readonly Token[]; readonly field: string; readonly route: boolean },
): Mailbox {
  const { words, field } = about;
  if (tokens.is("@")) return readAddress(tokens, { localPart: words, field, name: undefined });
  if (!tokens.is("<")) {
    throw tokens.error(
      words.length === 0 ? "an address is missing" : 'an address needs an "@"; a name needs an <address> behind it',
    );
  }
  tokens.next();
  if (tokens.is("@") || tokens.is(",")) {
    if (!about.route) throw tokens.error("a source route may not stand in an address");
    skipRoute(tokens, field);
  }
  const mailbox = readAddress(tokens, { localPart: readWords(tokens), field, name: nameOf(words) });
  if (!tokens.skip(">")) throw tokens.error('a ">" must stand behind the address');
  return mailbox;
}

/** Reads the `@` and the domain of an address whose local part is read, and has the whole checked. */
function readAddress(
  tokens: Tokens,
  about: { readonly localPart: readonly Token[]; readonly field: string; readonly name: string | undefined },
): Mailbox {
  const offset = about.localPart[0]?.begin ?? tokens.token.begin;
  const localPart = joined(tokens, about.localPart);
  if (!tokens.skip("@")) throw tokens.error('an address needs an "@"');
  const domain = readDomain(tokens);
  return mailboxAt(`${localPart}@${domain}`, { field: about.field, offset }, about.name);
}

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
    name += word.kind === "quoted" ? word.text.slice(1, -1).replace(/\\(.)/gsu, "$1") : word.text;
  }
  return name;
}
