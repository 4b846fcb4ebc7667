/**
 * Bodies that many messages share: their octets are made once, and are not copied into each message.
 *
 * @module
 */
import { has } from "../given.ts";
import { encodeUtf8 } from "../bytes/ascii.ts";
import { base64LinesSize, encodeBase64Lines } from "../bytes/base64.ts";
import { isClean } from "./clean.ts";

/** Octets of a body that is kept as it is written; a larger one is made anew for each message. */
export const KEPT_LIMIT: number = 32 * 1_024 * 1_024;

/** Octets from which on a body is a piece of its own: fewer are copied sooner than written by themselves. */
export const PIECE_LEAST = 16_384;

/** What a body's octets are made of: ASCII text, other text, octets as they stand, or octets that are encoded. */
export type SharedSource = string | { readonly utf8: string } | Uint8Array | { readonly base64: Uint8Array };

/** A body whose octets are made at first use, and kept. Nobody changes them. */
export class SharedBody {
  readonly #source: SharedSource;
  #octets: Uint8Array | undefined;
  #clean: boolean | undefined;

  /** @param source ours: a snapshot */
  constructor(source: SharedSource) {
    this.#source = source;
  }

  get size(): number {
    const source = this.#source;
    if (typeof source === "string" || source instanceof Uint8Array) return source.length;
    return has(source, "base64") ? base64LinesSize(source.base64.length) : this.octets.length;
  }

  /** Whether no line of it begins with a dot; base64 has none. */
  get clean(): boolean {
    const source = this.#source;
    if (typeof source === "object" && has(source, "base64")) return true;
    return this.#clean ??= isClean(typeof source === "object" && has(source, "utf8") ? source.utf8 : source);
  }

  get octets(): Uint8Array {
    return this.#octets ??= octetsOf(this.#source);
  }
}

function octetsOf(source: SharedSource): Uint8Array {
  if (typeof source === "string") return encodeUtf8(source);
  if (source instanceof Uint8Array) return source;
  return has(source, "utf8") ? encodeUtf8(source.utf8) : encodeBase64Lines(source.base64);
}
