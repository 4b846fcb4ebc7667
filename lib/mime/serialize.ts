/**
 * Pieces of a message as one {@link Content}: at once into one array when all is in memory and small, step by step when
 * it is large or has to be read.
 *
 * @module
 */
import { concat, encodeUtf8 } from "../bytes/ascii.ts";
import { Base64LineEncoder, base64LinesSize, encodeBase64Lines } from "../bytes/base64.ts";
import { ContentError, InputError } from "../errors.ts";
import { inChunks, steps } from "./chunks.ts";
import type { Content } from "./content.ts";
import { READ_ONCE, readSource, type Source, type StreamSource } from "./source.ts";
import type { Piece } from "./structure.ts";

/** Octets before encoding, up to which a message is made in one go: about what is sent in a few milliseconds. */
const SMALL = 524_288;

/** What the protocol has to know of a content, apart from its octets. */
export interface Traits {
  readonly body: Content["body"];
  readonly smtpUtf8: boolean;
}

/** Makes a content of pieces. */
export function serialize(pieces: readonly Piece[], traits: Traits): Content {
  let memory = 0;
  for (const piece of pieces) {
    const octets = typeof piece === "string" || piece instanceof Uint8Array ? piece : piece.base64.octets;
    memory += octets === undefined ? Infinity : octets.length;
  }
  if (memory <= SMALL) return wholeContent(allAtOnce(pieces), traits);
  const encoded = pieces.map((piece) => typeof piece === "string" ? encodeUtf8(piece) : piece);
  const sources = encoded.flatMap((piece) => piece instanceof Uint8Array ? [] : [piece.base64]);
  let size: number | undefined = 0;
  for (const piece of encoded) {
    const length = piece instanceof Uint8Array ? piece.length : encodedSize(piece.base64);
    size = size === undefined || length === undefined ? undefined : size + length;
  }
  return streamedContent({ size, ...traits }, { sources, pieces: () => encodeEach(encoded) });
}

/** A content of octets in memory; they must not be the caller's. */
export function wholeContent(octets: Uint8Array, traits: Traits): Content {
  return {
    size: octets.length,
    ...traits,
    octets,
    async *stream(): AsyncGenerator<Uint8Array, void> {
      if (octets.length > 0) yield octets;
    },
  };
}

/**
 * A content that is made while it is read. If one of its sources is a stream of the caller's, it can be read once, and
 * reading it closes all such streams, also when it ends early.
 *
 * @throws {InputError} when a stream stands in it twice
 */
export function streamedContent(
  about: Traits & { readonly size: number | undefined },
  making: { readonly sources: readonly Source[]; pieces(): AsyncIterable<Uint8Array> },
): Content {
  const streams = making.sources.filter((source) => source.octets === undefined);
  const once = streams.find((source) => source.once);
  const repeated = streams.find(({ stream }, index) =>
    stream !== undefined && streams.findIndex((other) => other.stream === stream) < index
  );
  if (repeated !== undefined) throw new InputError(repeated.place, `is a stream that stands here twice; ${READ_ONCE}`);
  let begun = false;
  return {
    size: about.size,
    body: about.body,
    smtpUtf8: about.smtpUtf8,
    once: once !== undefined,
    octets: undefined,
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
}

function allAtOnce(pieces: readonly Piece[]): Uint8Array {
  if (pieces.length === 1 && typeof pieces[0] === "string") return encodeUtf8(pieces[0]);
  return concat(pieces.map((piece) => {
    if (typeof piece === "string") return encodeUtf8(piece);
    return piece instanceof Uint8Array ? piece : encodeBase64Lines(piece.base64.octets!);
  }));
}

function encodedSize(source: Source): number | undefined {
  const size = source.octets === undefined ? source.size : source.octets.length;
  return size === undefined ? undefined : base64LinesSize(size);
}

async function* encodeEach(
  pieces: readonly (Uint8Array | Exclude<Piece, string | Uint8Array>)[],
): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
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
