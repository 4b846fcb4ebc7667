/**
 * Transparency (RFC 5321 section 4.5.2): a line that starts with a dot gets another, and a line with a single dot ends
 * the content. It is also where the promise is kept that every line end on the wire is CRLF: a lone CR or LF is what SMTP
 * smuggling is made of, and ends the sending here whoever made the content.
 *
 * @module
 */
import { isAscii } from "../bytes/ascii.ts";
import { ContentError } from "../errors.ts";

const LF = 10;
const CR = 13;
const DOT = 46;

/** Doubles dots at line starts, over any number of pieces. */
export class Transparency {
  readonly #sevenBit: boolean;
  readonly #paired: boolean;
  /** The last octet seen; the content starts as if behind a line end. */
  #last = LF;

  /**
   * @param sevenBit an octet above 127 is an error: the server was not told of any (RFC 6152)
   * @param paired the pieces are known to hold CR and LF as pairs only: dots alone are looked for, which is much quicker
   */
  constructor(sevenBit = false, paired = false) {
    this.#sevenBit = sevenBit;
    this.#paired = paired;
  }

  /**
   * The piece as it goes on the wire; the piece itself where nothing has to be doubled.
   *
   * @throws {ContentError} for a lone CR or LF, or an 8-bit octet where none was announced
   */
  push(piece: Uint8Array): Uint8Array {
    if (piece.length === 0) return piece;
    if (this.#sevenBit && !isAscii(piece)) {
      throw new ContentError("The content holds 8-bit octets and the server does not offer 8BITMIME");
    }
    if (this.#last === CR && piece[0] !== LF) throw loneLineEnd();
    const dots = this.#paired ? this.#findOnlyDots(piece) : this.#findDots(piece);
    this.#last = piece[piece.length - 1]!;
    return dots === undefined ? piece : withDots(piece, dots);
  }

  /** What ends the content: a CRLF if its last line has none, and the line with the dot. */
  end(): Uint8Array {
    if (this.#last === CR) throw loneLineEnd();
    return this.#last === LF ? END : CRLF_END;
  }

  #findOnlyDots(piece: Uint8Array): number[] | undefined {
    let dots: number[] | undefined;
    for (let at = piece.indexOf(DOT); at >= 0; at = piece.indexOf(DOT, at + 1)) {
      if ((at === 0 ? this.#last : piece[at - 1]) === LF) (dots ??= []).push(at);
    }
    return dots;
  }

  /** Where dots stand at a line's start; checks on the way that CR and LF come only as pairs. */
  #findDots(piece: Uint8Array): number[] | undefined {
    let dots: number[] | undefined = piece[0] === DOT && this.#last === LF ? [0] : undefined;
    for (let at = 0; at < piece.length; at++) {
      const octet = piece[at]!;
      if (octet > CR) continue;
      if (octet === CR && at + 1 < piece.length && piece[at + 1] !== LF) throw loneLineEnd();
      if (octet !== LF) continue;
      if ((at === 0 ? this.#last : piece[at - 1]) !== CR) throw loneLineEnd();
      if (piece[at + 1] === DOT) (dots ??= []).push(at + 1);
    }
    return dots;
  }
}

/** What is known of pieces, and what may not stand in them. */
export interface TransparencyOptions {
  /** Octets above 127 are an error. */
  readonly sevenBit: boolean;
  /** CR and LF are known to come as pairs only, and the last line to be ended. */
  readonly paired?: boolean | undefined;
  /** All that, and no line begins with a dot: the pieces are not looked at. */
  readonly clean?: boolean | undefined;
}

/** Wraps a content's pieces for DATA; returns what ends the content. */
export async function* transparent(
  pieces: AsyncIterable<Uint8Array>,
  options: TransparencyOptions,
): AsyncGenerator<Uint8Array, Uint8Array, undefined> {
  if (options.clean === true) {
    yield* pieces;
    return END;
  }
  const transparency = new Transparency(options.sevenBit, options.paired);
  for await (const piece of pieces) yield transparency.push(piece);
  return transparency.end();
}

/**
 * A content of text with what ends it, as it goes on the wire: one string, to be encoded with what it is written with.
 *
 * @param text a content that is known to end each line by CRLF, the last one too, and not to begin with a dot
 */
export function transparentText(text: string): string {
  return `${text.includes("\n.") ? text.replaceAll("\n.", "\n..") : text}.\r\n`;
}

/**
 * Pieces in memory with what ends them, as they go on the wire.
 *
 * @throws {ContentError} as {@link Transparency.push}
 */
export function transparentPieces(
  pieces: readonly Uint8Array[],
  options: TransparencyOptions,
): readonly Uint8Array[] {
  if (options.clean === true) return [...pieces, END];
  const transparency = new Transparency(options.sevenBit, options.paired);
  const pushed = pieces.map((piece) => transparency.push(piece));
  return [...pushed, transparency.end()];
}

/**
 * Looks pieces in memory over that go out as they are, and ends their last line.
 *
 * @throws {ContentError} as {@link Transparency.push}
 */
export function checkedPieces(pieces: readonly Uint8Array[], sevenBit: boolean): readonly Uint8Array[] {
  const transparency = new Transparency(sevenBit);
  for (const piece of pieces) transparency.push(piece);
  return transparency.end() === END ? pieces : [...pieces, CRLF];
}

/** As {@link checkedPieces}, for pieces that come one by one. */
export async function* checkedStream(
  pieces: AsyncIterable<Uint8Array>,
  sevenBit: boolean,
): AsyncGenerator<Uint8Array, void> {
  const transparency = new Transparency(sevenBit);
  for await (const piece of pieces) {
    transparency.push(piece);
    yield piece;
  }
  if (transparency.end() !== END) yield CRLF;
}

const CRLF = new Uint8Array([CR, LF]);
/** What ends a content whose last line is ended. */
export const END: Uint8Array = new Uint8Array([DOT, CR, LF]);
const CRLF_END = new Uint8Array([CR, LF, DOT, CR, LF]);

function withDots(piece: Uint8Array, dots: readonly number[]): Uint8Array {
  const stuffed = new Uint8Array(piece.length + dots.length);
  let from = 0;
  let to = 0;
  for (const dot of dots) {
    stuffed.set(piece.subarray(from, dot), to);
    to += dot - from;
    stuffed[to++] = DOT;
    from = dot;
  }
  stuffed.set(piece.subarray(from), to);
  return stuffed;
}

function loneLineEnd(): ContentError {
  return new ContentError("The content holds a CR or LF alone; every line must end with CRLF");
}
