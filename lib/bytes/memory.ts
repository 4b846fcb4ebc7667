/**
 * Memory for large pieces that is used again. A gigabyte that goes through memory of its own each time leaves the collector
 * behind: it waits until tens of megabytes are there to be collected.
 *
 * @module
 */

/** Makes an array of so many octets, which may hold anything. */
export type Allocate = (size: number) => Uint8Array<ArrayBuffer>;

/** An array of its own. */
export const allocate: Allocate = (size) => new Uint8Array(size);

/** Octets of a block. */
const BLOCK = 262_144;

/** Octets that stay free in front of what is lent, for a command. */
const ROOM = 64;

/** Below this an array of its own costs less. */
const LEAST = 16_384;

/** Blocks that are kept for the next one who needs one. */
const KEPT = 8;

const free: ArrayBuffer[] = [];
const lent = new WeakSet<ArrayBufferLike>();

/** Lends memory, which is to be given back by whoever is the last to need it; if nobody does, it is collected. */
export const lend: Allocate = (size) => {
  if (size < LEAST || size > BLOCK - ROOM) return new Uint8Array(size);
  const block = free.pop() ?? new ArrayBuffer(BLOCK);
  lent.add(block);
  return new Uint8Array(block, ROOM, size);
};

/** Takes memory back, if it was lent; nobody may hold on to it. */
export function giveBack({ buffer }: Uint8Array): void {
  if (lent.delete(buffer) && free.length < KEPT) free.push(buffer as ArrayBuffer);
}

/** Puts a few octets in front of others: in the room that there is when these are lent, else in a copy. */
export function prefixed(prefix: Uint8Array, octets: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = octets;
  // All that is in front of them in the block is free; where they begin a little later, so much more is.
  const inPlace = prefix.length <= byteOffset && lent.has(buffer);
  const whole = inPlace
    ? new Uint8Array(buffer, byteOffset - prefix.length, prefix.length + length)
    : new Uint8Array(prefix.length + length);
  whole.set(prefix);
  if (!inPlace) whole.set(octets, prefix.length);
  return whole;
}
