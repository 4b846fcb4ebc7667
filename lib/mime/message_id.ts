/**
 * Message identifiers (RFC 5322 section 3.6.4), and content identifiers, which have the same form (RFC 2045 section 7).
 *
 * @module
 */
import { inputError } from "../address/characters.ts";
import { InputError } from "../errors.ts";
import { randomHex } from "./random.ts";

/** Characters of an identifier: it fits in one line with its field's name. */
export const ID_LIMIT = 900;

/** `dot-atom-text`. Each run ends at a character that is not in it: linear. */
const DOT_ATOM = "[\\w!#$%&'*+\\-/=?^`{|}~]+(?:\\.[\\w!#$%&'*+\\-/=?^`{|}~]+)*";

/** `msg-id` without its angle brackets: `id-left "@" id-right`. */
const ID = new RegExp(`^${DOT_ATOM}@(?:${DOT_ATOM}|\\[[!-Z^-~]*\\])$`);

/** `id-left` alone. */
const BARE_ID = new RegExp(`^${DOT_ATOM}$`);

/** What is right at the beginning of an identifier; how far, tells where it goes wrong. */
const BEGINNING = new RegExp(`^(?:${DOT_ATOM}(?:@(?:${DOT_ATOM})?)?)?`);

let prefix: string | undefined;
let count = 0;

/**
 * Makes a new identifier: a prefix of 128 random bits, drawn once, and a counter. It tells nothing of the machine.
 *
 * @param domain the sender's, in ASCII
 * @returns without angle brackets
 */
export function newMessageId(domain: string): string {
  prefix ??= randomHex(16);
  return `${prefix}.${(count++).toString(36)}@${domain}`;
}

/**
 * Checks an identifier of the caller's, given with or without angle brackets.
 *
 * @returns without angle brackets
 * @throws {InputError}
 */
export function checkMessageId(value: unknown, place: string): string {
  const text = typeof value === "string" ? value : "";
  const id = text.startsWith("<") && text.endsWith(">") ? text.slice(1, -1) : text;
  if (id.length <= ID_LIMIT && ID.test(id)) return id;
  const reason = `must be an identifier such as <part1.2026@example.com>, ASCII, at most ${ID_LIMIT} characters`;
  if (typeof value !== "string") throw new InputError(place, reason);
  const offset = Math.min(BEGINNING.exec(id)![0].length, ID_LIMIT) + (id === text ? 0 : 1);
  throw inputError({ field: place, offset }, reason);
}

/**
 * Checks a content identifier of the caller's. By RFC 2045 it is an identifier like that of a message; without the `@` it
 * is what most programs write, and every reader understands.
 *
 * @returns without angle brackets
 * @throws {InputError}
 */
export function checkContentId(value: unknown, place: string): string {
  return typeof value === "string" && BARE_ID.test(value) && value.length <= ID_LIMIT
    ? value
    : checkMessageId(value, place);
}

/**
 * Checks a list of identifiers as `References` and `In-Reply-To` hold it: each in angle brackets, blanks between. Inside the
 * brackets any printable ASCII passes, because identifiers that others made are to be kept as they are.
 *
 * @throws {InputError}
 */
export function checkMessageIds(value: string, place: string): void {
  let offset = 0;
  for (const id of value.split(" ")) {
    if (id !== "" && !/^<[!-;=?-~]+>$/.test(id)) {
      throw inputError(
        { field: place, offset },
        "must be message identifiers in angle brackets, with blanks between them",
      );
    }
    offset += id.length + 1;
  }
}

/**
 * Reads identifiers: an array of single ones, or a string that holds one or more with blanks between, each with or without
 * angle brackets. As in {@link checkMessageIds}, they are kept as they are; without brackets, commas and the like are no part
 * of one.
 *
 * @returns each in angle brackets, blanks between; empty for an empty array
 * @throws {InputError}
 */
export function readMessageIds(value: unknown, place: string): string {
  if (!Array.isArray(value)) return bracketed(value, place);
  return Array.from(value, (id, index) => bracketed(id, `${place}[${index}]`)).join(" ");
}

function bracketed(value: unknown, place: string): string {
  if (typeof value !== "string") throw new InputError(place, "must be message identifiers");
  let ids = "";
  let offset = 0;
  for (const id of value.split(" ")) {
    if (id !== "") {
      const bare = /^<[!-;=?-~]+>$/.test(id) ? id.slice(1, -1) : /[^!#-'*+\-.-:=?-~]/.test(id) ? "" : id;
      if (bare === "" || bare.length > ID_LIMIT) {
        const reason =
          `must be message identifiers such as <part1.2026@example.com>, blanks between, ASCII, at most ${ID_LIMIT} characters`;
        throw inputError({ field: place, offset }, reason);
      }
      ids += `${ids === "" ? "" : " "}<${bare}>`;
    }
    offset += id.length + 1;
  }
  if (ids === "") throw new InputError(place, "must be message identifiers");
  return ids;
}
