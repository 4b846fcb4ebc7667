/**
 * Message identifiers (RFC 5322 section 3.6.4), and content identifiers, which have the same form (RFC 2045 section 7).
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { randomHex } from "./random.ts";

/** Characters of an identifier: it fits in one line with its field's name. */
const ID_LIMIT = 900;

/** `msg-id` without its angle brackets: `id-left "@" id-right`. Each run ends at a character that is not in it: linear. */
const ID =
  /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*@(?:[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*|\[[!-Z^-~]*\])$/;

/** `id-left` alone. */
const BARE_ID = /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*$/;

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
  if (id.length > ID_LIMIT || !ID.test(id)) {
    throw new InputError(
      place,
      `must be an identifier such as <part1.2026@example.com>, ASCII, at most ${ID_LIMIT} characters`,
    );
  }
  return id;
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
  for (const id of value.split(" ")) {
    if (id !== "" && !/^<[!-;=?-~]+>$/.test(id)) {
      throw new InputError(place, "must be message identifiers in angle brackets, with blanks between them");
    }
  }
}
