/**
 * Base64 (RFC 4648 section 4) as one string, in both directions, and as the lines of a MIME body (RFC 2045 section 6.8).
 *
 * @module
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Octets in a full line: 57 become 76 characters, the most that RFC 2045 section 6.8 allows. */
const LINE_OCTETS = 57;

/** Character pairs in a full line with its CRLF. */
const LINE_PAIRS = 39;

/** Encodes octets as one string with padding and without line breaks. */
export function toBase64(octets: Uint8Array): string {
  let binary = "";
  // In blocks, because an argument list has a limit.
  for (let at = 0; at < octets.length; at += 8_192) {
    binary += String.fromCharCode(...octets.subarray(at, at + 8_192));
  }
  return btoa(binary);
}

/**
 * Decodes strictly: no blank, no line break, padding in place, unused bits zero (RFC 4648 sections 3.1 to 3.5).
 *
 * @returns the octets, or `undefined` for anything else
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digits = text.length - padding;
  const octets = new Uint8Array((text.length / 4) * 3 - padding);
  const values = valueTable();
  let bits = 0;
  let collected = 0;
  let written = 0;
  for (let at = 0; at < digits; at++) {
    const code = text.charCodeAt(at);
    const value = code < 128 ? values[code] : 64;
    if (value === 64) return undefined;
    collected = ((collected << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      octets[written++] = collected >> bits;
    }
  }
  return (collected & ((1 << bits) - 1)) === 0 ? octets : undefined;
}

/** Number of octets that {@link encodeBase64Lines} makes of `size` octets. */
export function base64LinesSize(size: number): number {
  return Math.ceil(size / 3) * 4 + Math.ceil(size / LINE_OCTETS) * 2;
}

/** Encodes octets as lines of 76 characters, each ended by CRLF, the last one too; no octets make no line. */
export function encodeBase64Lines(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  // base64LinesSize is always even, so the whole output is pairs of characters.
  const output = new Uint16Array(base64LinesSize(octets.length) / 2);
  writeLines(octets, output);
  return new Uint8Array(output.buffer);
}

/** Octets that are encoded in one step where the output may lie at an odd place: 256 lines. */
const BLOCK = LINE_OCTETS * 256;

let block: Uint16Array<ArrayBuffer> | undefined;

/** {@link encodeBase64Lines} into `target` from `at` on; returns the number of octets written. */
export function writeBase64Lines(octets: Uint8Array, target: Uint8Array, at: number): number {
  const pairs = block ??= new Uint16Array(base64LinesSize(BLOCK) / 2);
  const lines = new Uint8Array(pairs.buffer);
  let to = at;
  for (let from = 0; from < octets.length; from += BLOCK) {
    const size = writeLines(octets.subarray(from, from + BLOCK), pairs) * 2;
    target.set(size === lines.length ? lines : lines.subarray(0, size), to);
    to += size;
  }
  return to - at;
}

/** Writes the pairs of characters of encoded lines, and returns their number. */
function writeLines(octets: Uint8Array, output: Uint16Array): number {
  const pairs = pairTable();
  const fullLines = Math.floor(octets.length / LINE_OCTETS);
  let from = 0;
  let to = 0;
  for (let line = 0; line < fullLines; line++) {
    for (const end = to + LINE_PAIRS - 1; to < end; from += 3, to += 2) {
      const middle = octets[from + 1];
      output[to] = pairs[(octets[from] << 4) | (middle >> 4)];
      output[to + 1] = pairs[((middle & 15) << 8) | octets[from + 2]];
    }
    output[to++] = pairs[CRLF];
  }
  if (from === octets.length) return to;
  for (; from + 2 < octets.length; from += 3, to += 2) {
    const middle = octets[from + 1];
    output[to] = pairs[(octets[from] << 4) | (middle >> 4)];
    output[to + 1] = pairs[((middle & 15) << 8) | octets[from + 2]];
  }
  if (from < octets.length) {
    const two = from + 1 < octets.length;
    const three = (octets[from] << 16) | (two ? octets[from + 1] << 8 : 0);
    output[to++] = pairs[three >> 12];
    output[to++] = pairs[two ? PADDED_ONE + ((three & 0xfff) >> 6) : PADDED_TWO];
  }
  output[to++] = pairs[CRLF];
  return to;
}

/** Encodes octets that come in pieces, to the same lines as {@link encodeBase64Lines} of the whole. */
export class Base64LineEncoder {
  /** The octets of a line that is not full yet. */
  readonly #line: Uint8Array<ArrayBuffer> = new Uint8Array(LINE_OCTETS);
  #held = 0;

  /** Takes octets and returns the lines they fill; the array is the caller's. */
  push(octets: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#held + octets.length < LINE_OCTETS) {
      this.#hold(octets);
      return new Uint8Array(0);
    }
    const completing = this.#held === 0 ? 0 : LINE_OCTETS - this.#held;
    const full = octets.length - ((octets.length - completing) % LINE_OCTETS);
    const whole = encodeBase64Lines(octets.subarray(completing, full));
    if (completing === 0) {
      this.#hold(octets.subarray(full));
      return whole;
    }
    this.#hold(octets.subarray(0, completing));
    const first = encodeBase64Lines(this.#line);
    this.#held = 0;
    this.#hold(octets.subarray(full));
    const lines = new Uint8Array(first.length + whole.length);
    lines.set(first);
    lines.set(whole, first.length);
    return lines;
  }

  /** Returns the last line, if one is begun; the encoder can then be used again. */
  end(): Uint8Array<ArrayBuffer> {
    const last = encodeBase64Lines(this.#line.subarray(0, this.#held));
    this.#held = 0;
    return last;
  }

  #hold(octets: Uint8Array): void {
    this.#line.set(octets, this.#held);
    this.#held += octets.length;
  }
}

// The table of pairs: 4,096 for twelve bits each, 64 for six bits and a padding character, two constants.
const PADDED_ONE = 4_096;
const PADDED_TWO = 4_160;
const CRLF = 4_161;

let pairCache: Uint16Array | undefined;

/** Built at first use: importing this file costs nothing. Written as octets, so the order of octets in a word does not matter. */
function pairTable(): Uint16Array {
  if (pairCache !== undefined) return pairCache;
  const table = new Uint16Array(CRLF + 1);
  const octets = new Uint8Array(table.buffer);
  const put = (index: number, pair: string) => {
    octets[index * 2] = pair.charCodeAt(0);
    octets[index * 2 + 1] = pair.charCodeAt(1);
  };
  for (let high = 0; high < 64; high++) {
    for (let low = 0; low < 64; low++) put(high * 64 + low, ALPHABET[high] + ALPHABET[low]);
    put(PADDED_ONE + high, ALPHABET[high] + "=");
  }
  put(PADDED_TWO, "==");
  put(CRLF, "\r\n");
  pairCache = table;
  return table;
}

let valueCache: Uint8Array | undefined;

/** The value of each ASCII character; 64 where it is none of the alphabet. */
function valueTable(): Uint8Array {
  if (valueCache !== undefined) return valueCache;
  const table = new Uint8Array(128).fill(64);
  for (let value = 0; value < 64; value++) table[ALPHABET.charCodeAt(value)] = value;
  valueCache = table;
  return table;
}
