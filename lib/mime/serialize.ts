/**
 * Pieces of a message as one {@link Content}: at once when all is in memory and small, step by step when it is large or
 * has to be read.
 *
 * @module
 */
import { encodeUtf8, encodeUtf8Into } from "../bytes/ascii.ts";
import { Base64LineEncoder, base64LinesSize, encodeBase64Lines, writeBase64Lines } from "../bytes/base64.ts";
import { ContentError, InputError } from "../errors.ts";
import { inChunks, STEP, steps } from "./chunks.ts";
import { ComposedContent, type Content, type Traits } from "./content.ts";
import { READ_ONCE, readSource, type Source, type StreamSource } from "./source.ts";
import type { Piece } from "./structure.ts";

/** Octets before encoding, up to which a message is made in one go: about what is sent in a few milliseconds. */
const SMALL = 524_288;

const DOT = 0x2e;
const LF = 0x0a;

/** Makes a content of pieces, which hold CR and LF as pairs only, and end the last line. */
export function serialize(pieces: readonly Piece[], traits: Traits): Content {
  const [text] = pieces;
  if (pieces.length === 1 && typeof text === "string" && !traits.smtpUtf8 && text.length <= SMALL) {
    return new ComposedContent(text, traits, text.length);
  }
  // Without SMTPUTF8 all text is ASCII: its octets are counted without being made.
  const ready = traits.smtpUtf8 ? pieces.map((piece) => typeof piece === "string" ? encodeUtf8(piece) : piece) : pieces;
  let size: number | undefined = 0;
  let memory = 0;
  const sources: Source[] = [];
  for (const piece of ready) {
    let length: number | undefined;
    if (typeof piece === "string" || piece instanceof Uint8Array) memory += length = piece.length;
    else {
      const { base64 } = piece;
      sources.push(base64);
      memory += base64.octets?.length ?? Infinity;
      length = encodedSize(base64);
    }
    size = size === undefined || length === undefined ? undefined : size + length;
  }
  if (memory <= SMALL) {
    const whole = { pieces: [allAtOnce(ready, size!)], clean: ready.every(isClean) };
    return new ComposedContent(whole, traits, size);
  }
  // Octets that are no text may be the caller's: what they hold is known when they are sent.
  const clean = !ready.some((piece) => piece instanceof Uint8Array) && ready.every(isClean);
  return streamedContent({ size, clean, ...traits }, { sources, pieces: () => encodeEach(ready) });
}

/** A content of octets in memory; they must not be the caller's. */
export function wholeContent(octets: Uint8Array, traits: Traits): Content {
  return new ComposedContent({ pieces: [octets], clean: isClean(octets) }, traits, octets.length);
}

/**
 * A content that is made while it is read. If one of its sources is a stream of the caller's, it can be read once, and
 * reading it closes all such streams, also when it ends early.
 *
 * @throws {InputError} when a stream stands in it twice
 */
export function streamedContent(
  about: Traits & { readonly size: number | undefined; readonly clean: boolean },
  making: { readonly sources: readonly Source[]; pieces(): AsyncIterable<Uint8Array> },
): Content {
  const streams = making.sources.filter((source) => source.octets === undefined);
  const once = streams.find((source) => source.once);
  const repeated = streams.find(({ stream }, index) =>
    stream !== undefined && streams.findIndex((other) => other.stream === stream) < index
  );
  if (repeated !== undefined) throw new InputError(repeated.place, `is a stream that stands here twice; ${READ_ONCE}`);
  let begun = false;
  const form = {
    clean: about.clean,
    async release(): Promise<void> {
      if (begun) return;
      begun = once !== undefined;
      for (const stream of streams) await stream.closeUnopened();
    },
    async *stream(): AsyncGenerator<Uint8Array, void> {
      if (begun && once !== undefined) throw new ContentError(`${once.place}: ${READ_ONCE}`);
      begun = true;
      try {
        yield* inChunks(making.pieces());
      } finally {
        for (const stream of streams) await stream.closeUnopened();
      }
    },
  };
  return new ComposedContent(form, about, about.size);
}

function allAtOnce(pieces: readonly Piece[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === "string") at += encodeUtf8Into(piece, whole.subarray(at));
    else if (piece instanceof Uint8Array) {
      whole.set(piece, at);
      at += piece.length;
    } else at += writeBase64Lines(piece.base64.octets!, whole, at);
  }
  return whole;
}

/** Whether no line begins with a dot; base64 has none. */
function isClean(piece: Piece): boolean {
  if (typeof piece === "string") return !piece.startsWith(".") && !piece.includes("\n.");
  if (!(piece instanceof Uint8Array)) return true;
  for (let at = piece.indexOf(DOT); at >= 0; at = piece.indexOf(DOT, at + 1)) {
    if (at === 0 || piece[at - 1] === LF) return false;
  }
  return true;
}

function encodedSize(source: Source): number | undefined {
  const size = source.octets === undefined ? source.size : source.octets.length;
  return size === undefined ? undefined : base64LinesSize(size);
}

async function* encodeEach(pieces: readonly Piece[]): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) {
    if (typeof piece === "string") {
      for (let at = 0; at < piece.length; at += STEP) yield encodeUtf8(piece.slice(at, at + STEP));
    } else if (piece instanceof Uint8Array) {
      // A copy: the reader may keep and change what it gets, and read the content again.
      for (const step of steps(piece)) yield step.slice();
    } else if (piece.base64.octets !== undefined) {
      for (const step of steps(piece.base64.octets)) yield encodeBase64Lines(step);
    } else {
      yield* encodeStream(piece.base64);
    }
  }
}

async function* encodeStream(source: StreamSource): AsyncGenerator<Uint8Array, void> {
  const encoder = new Base64LineEncoder();
  for await (const chunk of readSource(source)) {
    for (const step of steps(chunk)) yield encoder.push(step);
  }
  yield encoder.end();
}
