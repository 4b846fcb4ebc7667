/**
 * Pieces of a size that is good to write: small ones are joined, large ones cut.
 *
 * @module
 */
import { type Allocate, giveBack } from "../bytes/memory.ts";

/** Octets: fewer are kept back until more come. */
const LEAST = 65_536;

/** Octets that are handed on or encoded in one step, 2,048 full base64 lines: about 114 KiB, encoded 156 KiB. */
export const STEP: number = 57 * 2_048;

/** Joins and cuts until every piece but the last has 64 to 256 KiB; empty ones are dropped. The pieces are the reader's. */
export async function* inChunks(
  pieces: AsyncIterable<Uint8Array>,
  make: Allocate,
): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    held.push(piece);
    size += piece.length;
    if (size < LEAST) continue;
    yield held.length === 1 ? piece : joined(held, size, make);
    held = [];
    size = 0;
  }
  if (size > 0) yield joined(held, size, make);
}

function joined(pieces: readonly Uint8Array[], size: number, make: Allocate): Uint8Array {
  const whole = make(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    giveBack(piece);
  }
  return whole;
}

/** Cuts octets into views of at most {@link STEP} octets. */
export function* steps(octets: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < octets.length; at += STEP) yield octets.subarray(at, at + STEP);
}
