/**
 * What is fuzzed: a parser, the promise that it gives for whatever comes, and how one finds out whether it keeps it.
 *
 * @module
 */
import { SmtpError } from "../../lib/errors.ts";
import type { Grammar } from "./grammar.ts";

/** One parser. */
export interface Target {
  /** In snake_case; the folder of its corpus. */
  readonly name: string;
  /** What holds for every input, in one sentence. */
  readonly promise: string;
  /** Words of its language, for mutations and for texts made of them. */
  readonly words: readonly string[];
  /** Inputs of its language, and such as nearly are. */
  readonly grammar?: Grammar;
  /** Inputs to begin with, beside those in the corpus; characters beyond U+00FF as UTF-8, others an octet each. */
  readonly seeds: readonly string[];
  /** Holds the promise against an input; what it throws is how it was broken. */
  run(input: Uint8Array): void | Promise<void>;
}

/** An input as text. What is no UTF-8 becomes surrogates without a partner: those come from callers too. */
export function textOf(input: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(input).replaceAll("\ufffd", "\ud800");
}

/** A text as octets, one each. */
export function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

/** Octets as a text, one each. */
export function binaryOf(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 8_192) text += String.fromCharCode(...octets.subarray(at, at + 8_192));
  return text;
}

/** Calls a parser: what it gives, or `undefined` for a refusal that has the right form. Everything else is a fault. */
export function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    requireRefusal(error);
    return undefined;
  }
}

/** The same for a parser that takes time. */
export async function attemptLater<T>(parse: () => Promise<T>): Promise<T | undefined> {
  try {
    return await parse();
  } catch (error) {
    requireRefusal(error);
    return undefined;
  }
}

/** Errors that the library names by itself. An engine's own are none of them. */
function requireRefusal(error: unknown): void {
  const named = error instanceof SmtpError || (error instanceof Error && error.name === "InputError") ||
    (error instanceof Error && error.name === "TokenError");
  if (!named) throw error;
  // deno-lint-ignore no-control-regex
  const at = error.message.search(/[\x00-\x1f\x7f-\x9f\u2028\u2029]|[\ud800-\udfff]/u);
  if (at >= 0) {
    throw new Error(`The text of an error holds what does not print, at ${at}: ${JSON.stringify(error.message)}`);
  }
}

/** Fails with what was expected. */
export function require(condition: boolean, what: () => string): asserts condition {
  if (!condition) throw new Error(what());
}

/** Pieces of octets, cut where the octets themselves say so: the same input is always cut in the same ways. */
export function cuttings(input: Uint8Array): readonly (readonly Uint8Array[])[] {
  const isShort = input.length <= 4_096;
  const every = isShort ? [...input].map((_, at) => input.slice(at, at + 1)) : [input];
  const some: Uint8Array[] = [];
  for (let from = 0; from < input.length;) {
    const size = (1 + input[from]! % 7) * (isShort ? 1 : 500);
    some.push(input.slice(from, from + size));
    from += size;
  }
  return [[input], every, some];
}
