/**
 * Holding what is read a second time against what was read the first: a signature covers the octets that were signed, and
 * a file or a function may give others when it is asked again.
 *
 * @module
 */
import { ContentError } from "../errors.ts";
import { sha256Maker } from "./sha256.ts";

/** What one source gave when it was first read to its end, in 32 octets and a number. */
export class SameOctets {
  readonly #what: string;
  #size: number | undefined;
  #digest: Uint8Array | undefined;

  /** @param what names the content in an error */
  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Passes a reading of the source on, piece by piece. The first one that comes to its end is remembered; in each other one
   * the last piece is held back until all are known to be the same octets, so that nobody sends the end of something else.
   *
   * @throws {ContentError} while reading, where the octets differ
   */
  async *check(reading: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    const hash = (await sha256Maker())();
    const limit = this.#size;
    let size = 0;
    let held: Uint8Array | undefined;
    for await (const piece of reading) {
      if (piece.length === 0) continue;
      size += piece.length;
      if (limit !== undefined && size > limit) throw this.#changed();
      hash.update(piece);
      if (held !== undefined) yield held;
      held = piece;
    }
    const digest = hash.digest();
    if (this.#digest === undefined) {
      this.#size = size;
      this.#digest = digest;
    } else if (size !== this.#size || !this.#digest.every((octet, at) => octet === digest[at])) {
      throw this.#changed();
    }
    if (held !== undefined) yield held;
  }

  #changed(): ContentError {
    return new ContentError(`${this.#what} did not give the same octets when it was read again`);
  }
}
