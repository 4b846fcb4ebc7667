/**
 * Pieces of a message as one {@link Content}: at once when all is in memory and small, step by step when it is large or
 * has to be read.
 *
 * @module
 */
import { encodeUtf8, encodeUtf8Into } from "../bytes/ascii.ts";
import { Base64LineEncoder, base64LinesSize, encodeBase64Lines, writeBase64Lines } from "../bytes/base64.ts";
import { type Allocate, allocate } from "../bytes/memory.ts";
import { ContentError, InputError } from "../errors.ts";
import { has } from "../given.ts";
import { inChunks, STEP, steps } from "./chunks.ts";
import { isClean } from "./clean.ts";
import { ComposedContent, type Content, type Knowledge, type Traits } from "./content.ts";
import { messageLines } from "./message_lines.ts";
import type { BinaryBody } from "./part.ts";
import { PIECE_LEAST, SharedBody } from "./shared_body.ts";
import { READ_ONCE, readSource, type Source, type StreamSource } from "./source.ts";
import type { Piece } from "./structure.ts";

/** Octets before encoding, up to which a message is made in one go: about what is sent in a few milliseconds. */
const SMALL = 524_288;

/** Octets of what messages share, up to which a message has it at hand; a larger one is written step by step. */
const SHARED_SMALL = 2_097_152;

/**
 * Makes a content of pieces, which hold CR and LF as pairs only, and end the last line; a binary one's parts hold any
 * octets.
 *
 * @param traits `ours`: octets among the pieces are no memory of the caller's
 */
export function serialize(pieces: readonly Piece[], traits: Traits & { readonly ours?: boolean }): Content {
  const [text] = pieces;
  if (pieces.length === 1 && typeof text === "string" && traits.body === "7bit" && text.length <= SMALL) {
    return new ComposedContent(text, traits, text.length);
  }
  // Where all text is ASCII, its octets are counted without being made.
  const ready = traits.body === "7bit"
    ? pieces
    : pieces.map((piece) => typeof piece === "string" ? encodeUtf8(piece) : piece);
  let size: number | undefined = 0;
  let memory = 0;
  let shared = 0;
  const sources: Source[] = [];
  for (const piece of ready) {
    const length = sizeOf(piece);
    size = size === undefined || length === undefined ? undefined : size + length;
    const source = sourceOf(piece);
    if (source !== undefined) sources.push(source);
    if (piece instanceof SharedBody) shared += piece.size;
    else memory += source === undefined ? length! : source.octets?.length ?? Infinity;
  }
  const isText = traits.body !== "binary";
  const dotless = isText && ready.every(isCleanPiece);
  if (memory <= SMALL && shared <= SHARED_SMALL) {
    return new ComposedContent({ pieces: atOnce(ready), paired: isText, clean: dotless }, traits, size);
  }
  // What the caller's memory holds is known when it is sent.
  const paired = isText && (traits.ours === true || !pieces.some((piece) => piece instanceof Uint8Array));
  const about = { ...traits, size, paired, clean: paired && dotless };
  return streamedContent(about, { sources, pieces: (make) => encodeEach(ready, make) });
}

/**
 * A content that is made while it is read. If one of its sources is a stream of the caller's, it can be read once, and
 * reading it closes all such streams, also when it ends early.
 *
 * @throws {InputError} when a stream stands in it twice
 */
export function streamedContent(
  about: Traits & Knowledge & { readonly size: number | undefined },
  making: { readonly sources: readonly Source[]; pieces(make: Allocate): AsyncIterable<Uint8Array> },
): Content {
  const streams = making.sources.filter((source) => source.octets === undefined);
  const once = streams.find((source) => source.once);
  const seen = new Set<object>();
  const repeated = streams.find(({ stream }) => stream !== undefined && (seen.has(stream) || !seen.add(stream)));
  if (repeated !== undefined) throw new InputError(repeated.place, `is a stream that stands here twice; ${READ_ONCE}`);
  let begun = false;
  const form = {
    paired: about.paired === true,
    clean: about.clean,
    once: once !== undefined,
    get spent(): boolean {
      return streams.some((source) => source.spent);
    },
    async release(): Promise<void> {
      if (begun) return;
      begun = once !== undefined;
      for (const stream of streams) await stream.closeUnopened();
    },
    async *stream(make: Allocate = allocate): AsyncGenerator<Uint8Array, void> {
      if (begun && once !== undefined) throw new ContentError(`${once.place}: ${READ_ONCE}`);
      begun = true;
      try {
        yield* inChunks(making.pieces(make), make);
      } finally {
        for (const stream of streams) await stream.closeUnopened();
      }
    },
  };
  return new ComposedContent(form, about, about.size);
}

/** Writes everything into one array, around what is shared, which stays where it is. */
function atOnce(pieces: readonly Piece[]): readonly Uint8Array[] {
  const whole: Uint8Array[] = [];
  for (let from = 0; from < pieces.length;) {
    let size = 0;
    let end = from;
    for (; end < pieces.length && !isApart(pieces[end]); end++) size += sizeOf(pieces[end])!;
    if (size > 0) whole.push(joined(pieces, { from, end, size }));
    const apart = pieces[end];
    if (apart instanceof SharedBody) whole.push(apart.octets);
    from = end + 1;
  }
  return whole;
}

function isApart(piece: Piece): boolean {
  return piece instanceof SharedBody && piece.size >= PIECE_LEAST;
}

function joined(
  pieces: readonly Piece[],
  run: { readonly from: number; readonly end: number; readonly size: number },
): Uint8Array {
  const octets = new Uint8Array(run.size);
  let at = 0;
  for (let index = run.from; index < run.end; index++) {
    const piece = pieces[index];
    if (typeof piece === "string") at += encodeUtf8Into(piece, octets.subarray(at));
    else if (has(piece, "base64")) at += writeBase64Lines(piece.base64.octets!, octets, at);
    else {
      const given = piece instanceof Uint8Array
        ? piece
        : piece instanceof SharedBody
        ? piece.octets
        : (piece as BinaryBody).binary.octets!;
      octets.set(given, at);
      at += given.length;
    }
  }
  return octets;
}

function isCleanPiece(piece: Piece): boolean {
  if (typeof piece === "string" || piece instanceof Uint8Array) return isClean(piece);
  return piece instanceof SharedBody ? piece.clean : has(piece, "base64");
}

/** What a piece is made of, when that is neither text nor octets already. */
function sourceOf(piece: Piece): Source | undefined {
  if (typeof piece === "string" || piece instanceof Uint8Array || piece instanceof SharedBody) return undefined;
  if (has(piece, "base64")) return piece.base64;
  return has(piece, "lines") ? piece.lines : piece.binary;
}

/** Octets of a piece in the message. */
function sizeOf(piece: Piece): number | undefined {
  if (typeof piece === "string" || piece instanceof Uint8Array) return piece.length;
  if (piece instanceof SharedBody) return piece.size;
  if (has(piece, "base64")) {
    const size = lengthOf(piece.base64);
    return size === undefined ? undefined : base64LinesSize(size);
  }
  return has(piece, "lines") ? piece.size : lengthOf(piece.binary);
}

function lengthOf(source: Source): number | undefined {
  return source.octets === undefined ? source.size : source.octets.length;
}

async function* encodeEach(pieces: readonly Piece[], make: Allocate): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) {
    const source = sourceOf(piece);
    if (typeof piece === "string") {
      for (let at = 0; at < piece.length; at += STEP) yield encodeUtf8(piece.slice(at, at + STEP));
    } else if (source === undefined) {
      // A copy: the reader may keep and change what it gets, and read the content again.
      const octets = piece instanceof SharedBody ? piece.octets : piece as Uint8Array;
      for (const step of steps(octets)) yield copied(step, make);
    } else if (source.octets === undefined) {
      if (has(piece, "base64")) yield* encodeStream(source, make);
      else yield* has(piece, "lines") ? messageLines(source) : copyStream(source, make);
    } else {
      for (const step of steps(source.octets)) {
        yield has(piece, "base64") ? encodeBase64Lines(step, make) : copied(step, make);
      }
    }
  }
}

/** Copies, because a source may use its memory again. */
async function* copyStream(source: StreamSource, make: Allocate): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of readSource(source)) {
    for (const step of steps(chunk)) yield copied(step, make);
  }
}

async function* encodeStream(source: StreamSource, make: Allocate): AsyncGenerator<Uint8Array, void> {
  const encoder = new Base64LineEncoder(make);
  for await (const chunk of readSource(source)) {
    for (const step of steps(chunk)) yield encoder.push(step);
  }
  yield encoder.end();
}

function copied(octets: Uint8Array, make: Allocate): Uint8Array {
  const copy = make(octets.length);
  copy.set(octets);
  return copy;
}
