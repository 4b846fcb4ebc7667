/**
 * Random text from the platform's generator for cryptography, drawn in blocks: one call into the platform serves many
 * messages.
 *
 * @module
 */

/** Octets drawn at a time. */
const BLOCK = 2_048;

const DIGITS = "0123456789abcdef";

const block = new Uint8Array(BLOCK);
let used = BLOCK;

/** Makes a text of `octets` random octets in hexadecimal digits: 8 bits of chance in two characters. */
export function randomHex(octets: number): string {
  // Drawn at first use: some platforms refuse randomness while files are imported.
  if (used + octets > BLOCK) {
    crypto.getRandomValues(block);
    used = 0;
  }
  let text = "";
  for (const end = used + octets; used < end; used++) text += DIGITS[block[used] >> 4] + DIGITS[block[used] & 15];
  return text;
}
