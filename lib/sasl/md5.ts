/**
 * MD5 (RFC 1321) and HMAC-MD5 (RFC 2104), which Web Crypto lacks for good reasons. For CRAM-MD5 and NTLM alone.
 *
 * @module
 */

/** Octets that are digested at a time. */
const BLOCK = 64;

/** How far each of the four rounds rotates, over and over. */
const ROTATIONS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]] as const;
/** T of RFC 1321 section 3.4: 2^32 times the sines of 1 to 64 (in radians), cut to integers. */
const T: readonly number[] = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** The MD5 digest, 16 octets. */
export function md5(message: Uint8Array): Uint8Array {
  return digestOf(message, addBlock);
}

/** What MD4 and MD5 have in common: how a message becomes blocks, and the state that those are added to a digest. */
export function digestOf(message: Uint8Array, add: (state: Uint32Array, block: DataView) => void): Uint8Array {
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  const padded = pad(message);
  for (let at = 0; at < padded.byteLength; at += BLOCK) add(state, new DataView(padded.buffer, at, BLOCK));
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => digest.setUint32(4 * i, word, true));
  return new Uint8Array(digest.buffer);
}

/** The HMAC of a message with MD5, 16 octets. */
export function hmacMd5(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(key.length > BLOCK ? md5(key) : key);
  const inner = md5(joined(block.map((octet) => octet ^ 0x36), message));
  return md5(joined(block.map((octet) => octet ^ 0x5c), inner));
}

/** The message, a one bit, zeros, and the message's length in bits: a whole number of blocks. */
function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * 8n, true);
  return padded;
}

/** RFC 1321 section 3.4. */
function addBlock(state: Uint32Array, block: DataView): void {
  let [a, b, c, d] = state;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const word = block.getUint32(4 * wordOf(round, step), true);
    const sum = (a + mix(round, [b, c, d]) + word + T[step]) >>> 0;
    const by = ROTATIONS[round][step & 3];
    [a, b, c, d] = [d, (b + ((sum << by) | (sum >>> (32 - by)))) >>> 0, b, c];
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

/** Which of the block's 16 words a step takes. */
function wordOf(round: number, step: number): number {
  return [step, 5 * step + 1, 3 * step + 5, 7 * step][round] & 15;
}

/** F, G, H and I. */
function mix(round: number, [x, y, z]: readonly [number, number, number]): number {
  if (round === 0) return (x & y) | (~x & z);
  if (round === 1) return (x & z) | (y & ~z);
  if (round === 2) return x ^ y ^ z;
  return y ^ (x | ~z);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
