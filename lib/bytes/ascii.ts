/**
 * Text and octets: UTF-8 in both directions, and the question whether all of it is ASCII.
 *
 * @module
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Encodes text as UTF-8. A lone surrogate becomes U+FFFD: callers refuse those first, with `isWellFormed`. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Writes text as UTF-8 to the start of `target` and returns the number of octets written. */
export function encodeUtf8Into(text: string, target: Uint8Array): number {
  return encoder.encodeInto(text, target).written;
}

/** As {@link encodeUtf8}, in memory that the next call here uses again: for octets that are looked at once. */
export function utf8View(text: string): Uint8Array {
  if (text.length * 3 > SCRATCH) return encoder.encode(text);
  scratch ??= new Uint8Array(SCRATCH);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Decodes UTF-8; octets that are not UTF-8 become U+FFFD, and a byte order mark is kept. */
export function decodeUtf8(octets: Uint8Array): string {
  return decoder.decode(octets);
}

/** Tells whether every octet, or every character, is below 128. */
export function isAscii(value: Uint8Array | string): boolean {
  if (typeof value !== "string") return areAscii(value);
  if (value.length < LONG) return isAsciiText(value);
  for (let at = 0; at < value.length; at += SCRATCH) if (!isAsciiText(value.slice(at, at + SCRATCH))) return false;
  return true;
}

/** Characters from which on a text is worth a call into the platform's encoder. */
const LONG = 128;
/** Octets. */
const SCRATCH = 24_576;

let scratch: Uint8Array | undefined;

/** Only ASCII has as many octets as characters, and the encoder is quicker than a regular expression, and that than a loop. */
function isAsciiText(text: string): boolean {
  if (text.length < LONG) return !/[\u0080-\uffff]/.test(text);
  const { read, written } = encoder.encodeInto(text, scratch ??= new Uint8Array(SCRATCH));
  return read === text.length && written === read;
}

/** Four octets a step where the memory is aligned for it. */
function areAscii(octets: Uint8Array): boolean {
  let at = 0;
  if (octets.length >= 64) {
    while ((octets.byteOffset + at) % 4 !== 0) if (octets[at++] > 0x7f) return false;
    const words = new Uint32Array(octets.buffer, octets.byteOffset + at, (octets.length - at) >> 2);
    for (let word = 0; word < words.length; word++) if ((words[word] & 0x80808080) !== 0) return false;
    at += words.length * 4;
  }
  for (; at < octets.length; at++) if (octets[at] > 0x7f) return false;
  return true;
}

/** Joins pieces into one new array; its memory is the caller's alone. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
