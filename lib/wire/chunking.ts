/**
 * Content in chunks, each with its length in front of it (BDAT, RFC 3030): nothing has to be made transparent, and nothing
 * has to be searched for.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { prefixed } from "../bytes/memory.ts";

/** `BDAT length`, or `BDAT length LAST`, with its CRLF. */
export function bdatLine(length: number, last: boolean): string {
  return `BDAT ${length}${last ? " LAST" : ""}\r\n`;
}

/** Puts the command before each piece; the last one, with `LAST`, is what the generator returns. */
export async function* inChunks(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, Uint8Array, undefined> {
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    if (held !== undefined) yield chunk(held, false);
    held = piece;
  }
  return chunk(held ?? NOTHING, true);
}

const NOTHING = new Uint8Array(0);

function chunk(piece: Uint8Array, last: boolean): Uint8Array {
  return prefixed(encodeUtf8(bdatLine(piece.length, last)), piece);
}
