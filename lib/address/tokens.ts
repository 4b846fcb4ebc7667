/**
 * RFC 5322 section 3.2 as tokens: atoms, quoted strings, domain literals and specials; blanks and comments fall away.
 *
 * One pass from left to right, one token at a time, no recursion: the time is linear, and comments nest to a bound.
 *
 * @module
 */

import { codePoint, inputError, isAtext } from "./characters.ts";
import type { InputError } from "../errors.ts";

/** How deep comments may nest. RFC 5322 sets no bound; nobody needs more than two or three. */
const MAX_COMMENT_DEPTH = 32;

/** A token of an address field. */
export interface Token {
  readonly kind: "atom" | "quoted" | "literal" | "special" | "end";
  /** As it stands in the field: a quoted string with its quotes and backslashes, a special as its one character. */
  readonly text: string;
  /** UTF-16 code units from the field's beginning. */
  readonly begin: number;
  readonly end: number;
  /** Whether blanks or comments stand before it. */
  readonly spaced: boolean;
}

/** The tokens of one text, which must be free of control characters but TAB; `token` is the one to look at now. */
export class Tokens {
  readonly #text: string;
  readonly #field: string;
  #token: Token;

  /** @throws {InputError} as {@link next} */
  constructor(text: string, field: string) {
    this.#text = text;
    this.#field = field;
    this.#token = this.#read(0);
  }

  /** The current token; behind the last one stands an endless `end`. */
  get token(): Token {
    return this.#token;
  }

  /** Whether the current token is this special. */
  is(special: string): boolean {
    return this.#token.kind === "special" && this.#token.text === special;
  }

  /**
   * Moves on, and returns the token that was current.
   *
   * @throws {InputError} when what follows is no token, or a comment or quoted string without end
   */
  next(): Token {
    const token = this.#token;
    this.#token = this.#read(token.end);
    return token;
  }

  /** Moves on if the current token is this special. */
  skip(special: string): boolean {
    const found = this.is(special);
    if (found) this.next();
    return found;
  }

  /** The error for something at `offset`, by default at the current token. */
  error(reason: string, offset: number = this.#token.begin): InputError {
    return inputError({ field: this.#field, offset }, reason);
  }

  #read(from: number): Token {
    const begin = this.#skipBlanks(from);
    const end = this.#endOf(begin);
    const text = this.#text.slice(begin, end);
    return { kind: kindOf(text), text, begin, end, spaced: begin > from };
  }

  #endOf(begin: number): number {
    const text = this.#text;
    if (begin === text.length) return begin;
    if (text[begin] === '"') return this.#closing('"', begin) + 1;
    if (text[begin] === "[") return this.#closing("]", begin) + 1;
    if ("<>@,;:.".includes(text[begin])) return begin + 1;
    let end = begin;
    while (isAtext(text.charCodeAt(end))) end++;
    if (end === begin) throw this.error(`${codePoint(text, begin)} is not allowed outside quotes`, begin);
    return end;
  }

  /** Where the quoted string or literal that begins at `begin` closes. */
  #closing(mark: string, begin: number): number {
    for (let i = begin + 1; i < this.#text.length; i++) {
      if (this.#text[i] === "\\") i++;
      else if (this.#text[i] === mark) return i;
    }
    throw this.error(`the ${codePoint(this.#text, begin)} is never closed by a ${codePoint(mark, 0)}`, begin);
  }

  /** The first place from `from` on that is neither blank nor comment. */
  #skipBlanks(from: number): number {
    const text = this.#text;
    let depth = 0;
    let opened = from;
    let i = from;
    for (; i < text.length; i++) {
      const char = text[i];
      if (char === "(") {
        if (depth === 0) opened = i;
        if (++depth > MAX_COMMENT_DEPTH) throw this.error(`comments nest deeper than ${MAX_COMMENT_DEPTH}`, i);
      } else if (depth === 0) {
        if (char !== " " && char !== "\t") return i;
      } else if (char === ")") depth--;
      else if (char === "\\") i++;
    }
    if (depth > 0) throw this.error("a comment is never closed", opened);
    return text.length;
  }
}

function kindOf(text: string): Token["kind"] {
  if (text === "") return "end";
  if (text[0] === '"') return "quoted";
  if (text[0] === "[") return "literal";
  return "<>@,;:.".includes(text[0]) ? "special" : "atom";
}
