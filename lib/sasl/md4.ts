/**
 * MD4 (RFC 1320), which is broken. For NTLM alone, which is built on it.
 *
 * @module
 */
import { digestOf } from "./md5.ts";

/** How far each of the three rounds rotates, over and over. */
const ROTATIONS = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]] as const;
/** In which order each round takes the block's 16 words (RFC 1320 section 3.4). */
const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
];
/** The square roots of 2 and 3, times 2^30. */
const ADDED = [0, 0x5a827999, 0x6ed9eba1] as const;

/** The MD4 digest, 16 octets. */
export function md4(message: Uint8Array): Uint8Array {
  return digestOf(message, addBlock);
}

function addBlock(state: Uint32Array, block: DataView): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let step = 0; step < 48; step++) {
    const round = step >> 4;
    const word = block.getUint32(4 * ORDERS[round]![step & 15]!, true);
    const sum = (a + mix(round, [b, c, d]) + word + ADDED[round]!) >>> 0;
    const by = ROTATIONS[round]![step & 3]!;
    [a, b, c, d] = [d, ((sum << by) | (sum >>> (32 - by))) >>> 0, b, c];
  }
  [a, b, c, d].forEach((word, i) => state[i]! += word);
}

/** F, G and H. */
function mix(round: number, [x, y, z]: readonly [number, number, number]): number {
  if (round === 0) return (x & y) | (~x & z);
  return round === 1 ? (x & y) | (x & z) | (y & z) : x ^ y ^ z;
}
