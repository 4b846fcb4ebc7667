/**
 * The hash of a body (RFC 6376 sections 3.4.3, 3.4.4 and 3.7), taken while the body passes by: whatever its size and
 * wherever its pieces are cut, what has to wait for the next octet is a number and two bits.
 *
 * Most of a body is its own canonical form. So it is looked through for the places where it is not, and what stands between
 * these goes to the hash as it lies.
 *
 * @module
 */
import type { Sha256 } from "../bytes/sha256.ts";

/** How a header or a body may change on its way without breaking the signature (RFC 6376 section 3.4). */
export type CanonicalForm = "simple" | "relaxed";

/** A body hash under way. The body's CR and LF come as pairs only, which whoever calls has made sure of. */
export interface BodyHash {
  /** Takes the next octets, which are not held on to. */
  push(piece: Uint8Array): void;
  /** The hash of the whole, 32 octets. */
  end(): Uint8Array;
}

/** Begins the hash of a body. */
export function bodyHash(form: CanonicalForm, hash: Sha256): BodyHash {
  return form === "simple" ? new SimpleBodyHash(hash) : new RelaxedBodyHash(hash);
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** Octets that are gathered before they go to the hash: its calls cost more than a few octets do. */
const GATHERED = 16_384;
/** From so many on octets go to the hash as they lie. */
const LARGE = 4_096;

/** Gathers small runs of octets for a hash. */
class Gatherer {
  readonly #hash: Sha256;
  #memory: Uint8Array | undefined;
  #size = 0;

  constructor(hash: Sha256) {
    this.#hash = hash;
  }

  write(octets: Uint8Array): void {
    if (octets.length >= LARGE) {
      this.#flush();
      this.#hash.update(octets);
      return;
    }
    this.#room(octets.length).set(octets, this.#size);
    this.#size += octets.length;
  }

  octet(octet: number): void {
    this.#room(1)[this.#size++] = octet;
  }

  lineEnds(count: number): void {
    for (; count > 0; count--) {
      const memory = this.#room(2);
      memory[this.#size++] = CR;
      memory[this.#size++] = LF;
    }
  }

  end(): Uint8Array {
    this.#flush();
    return this.#hash.digest();
  }

  #room(size: number): Uint8Array {
    if (this.#size + size > GATHERED) this.#flush();
    return this.#memory ??= new Uint8Array(GATHERED);
  }

  #flush(): void {
    if (this.#size > 0) this.#hash.update(this.#memory!.subarray(0, this.#size));
    this.#size = 0;
  }
}

/** All line ends at the end count as one, which is there in any case. */
class SimpleBodyHash implements BodyHash {
  readonly #output: Gatherer;
  /** Line ends that wait for a line with something in it. */
  #lineEnds = 0;
  /** The last piece ended between CR and LF. */
  #afterCr = false;

  constructor(hash: Sha256) {
    this.#output = new Gatherer(hash);
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const endsInCr = piece[piece.length - 1] === CR;
    let end = endsInCr ? piece.length - 1 : piece.length;
    let lineEnds = 0;
    for (; end > 0 && piece[end - 1] === LF; end = Math.max(end - 2, 0)) lineEnds++;
    if (end === 0) {
      this.#lineEnds += lineEnds;
    } else {
      // The LF of a pair that a cut went through is in the piece.
      this.#output.lineEnds(this.#lineEnds);
      if (this.#afterCr) this.#output.octet(CR);
      this.#output.write(piece.subarray(0, end));
      this.#lineEnds = lineEnds;
    }
    this.#afterCr = endsInCr;
  }

  end(): Uint8Array {
    this.#output.lineEnds(1);
    return this.#output.end();
  }
}

/** Blanks at a line's end do not count, others as one, and no line end at the end but the last line's. */
class RelaxedBodyHash implements BodyHash {
  readonly #output: Gatherer;
  /** Line ends and, behind them, a blank that wait for something else. */
  #lineEnds = 0;
  #blank = false;
  #empty = true;

  constructor(hash: Sha256) {
    this.#output = new Gatherer(hash);
  }

  push(piece: Uint8Array): void {
    const words = piece.length < WORTH_WORDS ? undefined : new Words(piece);
    for (let at = 0; at < piece.length;) {
      at = this.#wait(piece, at);
      if (at === piece.length) return;
      const end = endOfRun(piece, at, words);
      this.#output.lineEnds(this.#lineEnds);
      if (this.#blank) this.#output.octet(SPACE);
      this.#output.write(at === 0 && end === piece.length ? piece : piece.subarray(at, end));
      this.#lineEnds = 0;
      this.#blank = false;
      this.#empty = false;
      at = end;
    }
  }

  end(): Uint8Array {
    if (!this.#empty) this.#output.lineEnds(1);
    return this.#output.end();
  }

  /** Passes over blanks and line ends, and returns where something else stands. */
  #wait(piece: Uint8Array, begin: number): number {
    let at = begin;
    for (; at < piece.length; at++) {
      const octet = piece[at];
      if (octet === SPACE || octet === TAB) this.#blank = true;
      else if (octet === LF) {
        this.#lineEnds++;
        this.#blank = false;
      } else if (octet !== CR) break;
    }
    return at;
  }
}

/**
 * Where a run ends that is its own canonical form and ends in something that counts: before blanks and line ends that the
 * piece does not show to stay as they are.
 */
function endOfRun(piece: Uint8Array, begin: number, words: Words | undefined): number {
  const { length } = piece;
  let at = begin;
  while (at < length) {
    const octet = piece[at];
    if (octet > SPACE) {
      at = words === undefined ? at + 1 : words.skip(piece, at + 1);
      continue;
    }
    let next = at + 1;
    if (octet === SPACE || octet === CR || octet === TAB) {
      if (octet === CR) { for (next = at; piece[next] === CR && piece[next + 1] === LF;) next += 2; }
      if (octet === TAB || next === at || next >= length || isBlankOrEnd(piece[next])) return at;
    }
    at = next;
  }
  return length;
}

function isBlankOrEnd(octet: number): boolean {
  return octet === SPACE || octet === TAB || octet === CR;
}

/** Octets from which on looking at four in one step pays. */
const WORTH_WORDS = 1_024;

/** The octets of a piece four by four, where its memory lies so. */
class Words {
  readonly #words: Int32Array;
  /** Where in the piece the first one is. */
  readonly #begin: number;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#begin = -byteOffset & 3;
    this.#words = new Int32Array(buffer, byteOffset + this.#begin, (length - this.#begin) >> 2);
  }

  /** Where the first octet from `at` on stands that is a blank, or less; the piece's length when there is none. */
  skip(piece: Uint8Array, at: number): number {
    let next = at;
    while (next < piece.length && piece[next] > SPACE && ((next - this.#begin) & 3) !== 0) next++;
    if (((next - this.#begin) & 3) === 0) {
      let word = (next - this.#begin) >> 2;
      // Taking 33 from each octet borrows from its highest bit where it is less, and the highest bit was not set.
      while (word < this.#words.length && ((this.#words[word] - 0x21212121) & ~this.#words[word] & 0x80808080) === 0) {
        word++;
      }
      next = Math.max(next, this.#begin + (word << 2));
    }
    while (next < piece.length && piece[next] > SPACE) next++;
    return next;
  }
}
