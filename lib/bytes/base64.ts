/**
 * Base64 (RFC 4648 section 4) as one string, in both directions, and as the lines of a MIME body (RFC 2045 section 6.8).
 *
 * Nothing written here is as quick as what platforms have built in: lines are made of its text, a block at a time.
 *
 * @module
 */
import { encodeUtf8Into } from "./ascii.ts";
import { type Allocate, allocate } from "./memory.ts";

/** Octets in a full line: 57 become 76 characters, the most that RFC 2045 section 6.8 allows. */
const LINE_OCTETS = 57;
const LINE_CHARACTERS = 76;
/** Octets of a full line with its CRLF. */
const LINE_SIZE = 78;
/** Lines that are encoded in one step, an even number: their text has 19 KiB, and a larger one is slower to have. */
const BLOCK_LINES = 256;

/** Encodes octets as one string with padding and without line breaks. */
export type Base64Encoder = (octets: Uint8Array) => string;

/** ECMAScript's own, which not every platform has yet. */
interface Encodable {
  toBase64?(): string;
}

let platformEncoder: Base64Encoder | undefined = (Uint8Array.prototype as Encodable).toBase64 === undefined
  ? undefined
  : (octets) => (octets as Encodable).toBase64!();

/** Takes what a platform has for this, unless it has ECMAScript's own. */
export function offerBase64(encoder: Base64Encoder): void {
  platformEncoder ??= encoder;
}

/** Encodes octets as one string with padding and without line breaks. */
export function toBase64(octets: Uint8Array): string {
  return platformEncoder === undefined ? encodeByBtoa(octets) : platformEncoder(octets);
}

/** What every platform has, and the slowest. */
export function encodeByBtoa(octets: Uint8Array): string {
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
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const octets = new Uint8Array(binary.length);
  for (let at = 0; at < octets.length; at++) octets[at] = binary.charCodeAt(at);
  // The platform's decoder lets more pass than is canonical; only that comes out again as it went in.
  return toBase64(octets) === text ? octets : undefined;
}

/** Where a text goes wrong that {@link fromBase64} does not take: its first fault, or its end where something is missing. */
export function findBase64Fault(text: string): number {
  const end = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  const fault = text.slice(0, end).search(/[^A-Za-z0-9+/]/);
  if (fault !== -1) return fault;
  // Of padding that is not what the length asks for, the first character; else the last digit has bits that nobody reads.
  if (text.length % 4 !== 0) return end < text.length ? end : text.length;
  return Math.max(0, end - 1);
}

/** Number of octets that {@link encodeBase64Lines} makes of `size` octets. */
export function base64LinesSize(size: number): number {
  return Math.ceil(size / 3) * 4 + Math.ceil(size / LINE_OCTETS) * 2;
}

/** Encodes octets as lines of 76 characters, each ended by CRLF, the last one too; no octets make no line. */
export function encodeBase64Lines(octets: Uint8Array, make: Allocate = allocate): Uint8Array<ArrayBuffer> {
  const lines = make(base64LinesSize(octets.length));
  writeBase64Lines(octets, lines, 0);
  return lines;
}

/**
 * {@link encodeBase64Lines} into `target`, from `at` on; quickest where that is at a multiple of four octets.
 *
 * @returns octets written
 */
export function writeBase64Lines(octets: Uint8Array, target: Uint8Array, at: number): number {
  const step = LINE_OCTETS * BLOCK_LINES;
  let to = at;
  for (let from = 0; from < octets.length; from += step) {
    to = writeBlock(from === 0 && octets.length <= step ? octets : octets.subarray(from, from + step), target, to);
  }
  return to - at;
}

/** Memory that every block is made in. */
interface Workplace {
  /** The text of a block. */
  readonly text: Uint8Array;
  /** The same memory in words, for what is copied in words. */
  readonly words: Uint32Array;
  /** Lines, where the target does not lie as words do. */
  readonly lines: Uint32Array;
}

let workplace: Workplace | undefined;

function makeWorkplace(): Workplace {
  const words = new Uint32Array(LINE_CHARACTERS * BLOCK_LINES / 4);
  const lines = new Uint32Array(LINE_SIZE * BLOCK_LINES / 4);
  return workplace = { words, text: new Uint8Array(words.buffer), lines };
}

/** Words are put together of two halves, the first of which is the lower one on nearly every machine. */
const LOW_FIRST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const CRLF = 0x0a0d;

/** Writes the lines of a block, and returns where they end. */
function writeBlock(octets: Uint8Array, target: Uint8Array, at: number): number {
  const { text, words, lines } = workplace ?? makeWorkplace();
  const size = encodeUtf8Into(toBase64(octets), text);
  const pairs = LOW_FIRST ? Math.floor(octets.length / LINE_OCTETS / 2) : 0;
  let to = at + pairs * 2 * LINE_SIZE;
  if (pairs > 0) {
    const begin = target.byteOffset + at;
    const inPlace = begin % 4 === 0;
    const output = inPlace ? new Uint32Array(target.buffer, begin, (to - at) / 4) : lines.subarray(0, (to - at) / 4);
    breakLines(words, output);
    if (!inPlace) target.set(new Uint8Array(lines.buffer, 0, to - at), at);
  }
  for (let from = pairs * 2 * LINE_CHARACTERS; from < size; from += LINE_CHARACTERS) {
    const line = text.subarray(from, Math.min(from + LINE_CHARACTERS, size));
    target.set(line, to);
    to += line.length;
    target[to++] = 0x0d;
    target[to++] = 0x0a;
  }
  return to;
}

/**
 * Copies lines two by two, 39 words of 38: of the second line's words each holds halves of two. Six words a turn, because a
 * turn costs more than a word.
 */
function breakLines(from: Uint32Array, to: Uint32Array): void {
  let next = 0;
  for (let at = 0; at < to.length;) {
    for (const end = at + 18; at < end; at += 6, next += 6) {
      to[at] = from[next];
      to[at + 1] = from[next + 1];
      to[at + 2] = from[next + 2];
      to[at + 3] = from[next + 3];
      to[at + 4] = from[next + 4];
      to[at + 5] = from[next + 5];
    }
    to[at] = from[next];
    let last = from[next + 1];
    to[at + 1] = CRLF | (last << 16);
    at += 2;
    next += 2;
    for (const end = at + 18; at < end; at += 6, next += 6) {
      const a = from[next], b = from[next + 1], c = from[next + 2];
      const d = from[next + 3], e = from[next + 4], f = from[next + 5];
      to[at] = (last >>> 16) | (a << 16);
      to[at + 1] = (a >>> 16) | (b << 16);
      to[at + 2] = (b >>> 16) | (c << 16);
      to[at + 3] = (c >>> 16) | (d << 16);
      to[at + 4] = (d >>> 16) | (e << 16);
      to[at + 5] = (e >>> 16) | (f << 16);
      last = f;
    }
    to[at++] = (last >>> 16) | (CRLF << 16);
  }
}

/** Encodes octets that come in pieces, to the same lines as {@link encodeBase64Lines} of the whole. */
export class Base64LineEncoder {
  /** The octets of a line that is not full yet. */
  readonly #line: Uint8Array<ArrayBuffer> = new Uint8Array(LINE_OCTETS);
  #held = 0;
  readonly #make: Allocate;

  constructor(make: Allocate = allocate) {
    this.#make = make;
  }

  /** Takes octets and returns the lines they fill; the array is the caller's. */
  push(octets: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#held + octets.length < LINE_OCTETS) {
      this.#hold(octets);
      return new Uint8Array(0);
    }
    const completing = this.#held === 0 ? 0 : LINE_OCTETS - this.#held;
    const full = octets.length - ((octets.length - completing) % LINE_OCTETS);
    const whole = octets.subarray(completing, full);
    if (completing === 0) {
      this.#hold(octets.subarray(full));
      return encodeBase64Lines(whole, this.#make);
    }
    this.#hold(octets.subarray(0, completing));
    // Begun two octets late, so that what follows the first line lies at a multiple of four.
    const lines = this.#make(2 + LINE_SIZE + base64LinesSize(whole.length));
    writeBase64Lines(this.#line, lines, 2);
    writeBase64Lines(whole, lines, 2 + LINE_SIZE);
    this.#held = 0;
    this.#hold(octets.subarray(full));
    return lines.subarray(2);
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
