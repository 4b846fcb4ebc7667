/**
 * Where content comes from: octets in memory, or a stream of the caller's that is opened when it is needed and closed when
 * it is not. Nothing is opened by name: a path or a URL is no content.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { findBase64Fault, fromBase64 } from "../bytes/base64.ts";
import { ContentError, InputError } from "../errors.ts";
import { given, sayingOf, says } from "../given.ts";

/** Why a stream cannot be had again, and what can, for errors. */
export const READ_ONCE = "a stream can be read once; give a source with open() to send it again";

/** Milliseconds that a stream has to be closed in. Own limit: nobody reads it, and somebody waits for what follows. */
const CLOSING = 1_000;

/**
 * Pieces in a row that hold nothing. Own limit: a source that gives such at once and for ever would leave no timer, signal or
 * reply its turn.
 */
const MOST_EMPTY = 10_000;

/** Octets that come in pieces. */
export type OctetStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** Content that can be opened, as often as it is to be sent; functions do not come out of JSON. */
export interface ContentSource {
  /** Octets that a reading will give. When they turn out more or fewer, sending fails. */
  readonly size?: number;
  /** Begins a reading. */
  open(): OctetStream | Promise<OctetStream>;
}

/** Octets in base64 (RFC 4648 section 4): with padding, without blanks and line ends. */
export interface Base64Content {
  /** The content in base64 (RFC 4648 section 4); blanks and line ends are passed over. */
  readonly base64: string;
}

/**
 * What can be content: text (sent as UTF-8), octets, or something to read them from. A stream is read once, a `Blob`, a
 * `File` and a source as often as the message is sent.
 */
export type ContentInput = string | Uint8Array | ArrayBuffer | Blob | OctetStream | ContentSource | Base64Content;

/** Content that has been looked at, but not read. */
export type Source = MemorySource | StreamSource;

/** Octets in memory; they are the caller's, who leaves them alone until the message is sent. */
export interface MemorySource {
  readonly octets: Uint8Array;
}

/** Octets that are read when they are needed. */
export interface StreamSource {
  readonly octets: undefined;
  readonly size: number | undefined;
  /** Its place in the call, for errors. */
  readonly place: string;
  /** Whether it can be opened once only: it is a stream, not something that makes streams. */
  readonly once: boolean;
  /** Whether it was opened, and cannot be opened again. */
  readonly spent: boolean;
  /** The stream itself, or what it stands in, where it can be opened once only. */
  readonly stream?: object | undefined;
  open(): OctetStream | Promise<OctetStream>;
  /** Closes a stream that was given and not opened. */
  closeUnopened(): Promise<void>;
}

/**
 * Looks at content without reading it.
 *
 * @throws {InputError} what is no content, a stream that somebody reads or has read, text with a lone surrogate
 */
export function toSource(input: unknown, place: string): Source {
  if (typeof input === "string") return { octets: encodeUtf8(checkBodyText(input, place)) };
  if (input instanceof Uint8Array) return { octets: input };
  if (input instanceof ArrayBuffer) return { octets: new Uint8Array(input) };
  if (input instanceof Blob) return again({ size: input.size, place, open: () => input.stream() });
  if (isOctetStream(input)) {
    if ("locked" in input && input.locked) throw new InputError(place, "is a stream that is being read already");
    return once(input, place);
  }
  if (isContentSource(input)) {
    const size = sayingOf(input, "size") as number | undefined;
    if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
      throw new InputError(`${place}.size`, "must be a whole number of octets");
    }
    return again({ size, place, open: () => input.open() });
  }
  if (isBase64(input)) return { octets: decoded(input, place) };
  throw new InputError(
    place,
    "must be a string, Uint8Array, ArrayBuffer, Blob, stream of octets, { size, open() } or { base64 }",
  );
}

/** Whether it is something that {@link toSource} looks at as octets, and no object of another kind. */
export function isContent(input: unknown): boolean {
  return typeof input === "string" || input instanceof Uint8Array || input instanceof ArrayBuffer ||
    input instanceof Blob || isOctetStream(input) || isContentSource(input) || isBase64(input);
}

function isBase64(input: unknown): input is object {
  return typeof input === "object" && input !== null && says(input, "base64");
}

function decoded(input: object, place: string): Uint8Array {
  const { base64 } = given(input, { place, what: "content in base64", keys: { base64: undefined } });
  if (typeof base64 !== "string") throw new InputError(`${place}.base64`, "must be a string");
  const octets = fromBase64(base64);
  if (octets !== undefined) return octets;
  throw new InputError(`${place}.base64`, "is no base64 (RFC 4648 section 4)", findBase64Fault(base64));
}

/**
 * Checks text that goes into a body.
 *
 * @throws {InputError} a lone surrogate
 */
export function checkBodyText(text: string, place: string): string {
  if (text.isWellFormed()) return text;
  throw new InputError(place, "has a surrogate without its partner, which UTF-8 cannot hold");
}

function again(source: Pick<StreamSource, "size" | "place" | "open">): StreamSource {
  return { ...source, octets: undefined, once: false, spent: false, closeUnopened: () => Promise.resolve() };
}

/**
 * Streams that a reading was begun of, or that were closed: a generator that has ended looks like one without octets, and
 * would be sent as if it had none.
 */
const spent = new WeakSet<OctetStream>();

function once(stream: OctetStream, place: string): StreamSource {
  const emitter = isEmitter(stream) ? stream : undefined;
  if (spent.has(stream) || emitter?.readableEnded === true) {
    throw new InputError(place, `is a stream that was read already; ${READ_ONCE}`);
  }
  emitter?.on("error", ignore);
  return {
    octets: undefined,
    size: undefined,
    place,
    once: true,
    stream,
    get spent(): boolean {
      return spent.has(stream);
    },
    open: () => {
      if (spent.has(stream)) throw new ContentError(`${place}: the stream was read for another message; ${READ_ONCE}`);
      spent.add(stream);
      return stream;
    },
    closeUnopened: () => closeStream(stream),
  };
}

/**
 * A stream that says what happens to it before anybody reads it. An error that nobody listens to would end the process;
 * who reads is told of it all the same. And it holds what it reads from though its iterator was never begun.
 */
interface Emitter {
  readonly readableEnded?: unknown;
  on(event: "error", listener: () => void): unknown;
  destroy(): unknown;
}

function isEmitter(stream: object): stream is Emitter {
  return "on" in stream && typeof stream.on === "function" && "destroy" in stream &&
    typeof stream.destroy === "function";
}

/** Closes a stream that nobody reads or has read. */
export async function closeStream(stream: OctetStream): Promise<void> {
  if (spent.has(stream)) return;
  spent.add(stream);
  if (isEmitter(stream)) {
    stream.on("error", ignore);
    stream.destroy();
  } else await quietly(() => readerOf(stream).stop());
}

/** Whether it gives octets in pieces, once. */
export function isOctetStream(input: unknown): input is OctetStream {
  if (typeof input !== "object" || input === null) return false;
  return ("getReader" in input && typeof input.getReader === "function") ||
    (Symbol.asyncIterator in input && typeof input[Symbol.asyncIterator] === "function");
}

function isContentSource(input: unknown): input is ContentSource {
  return typeof input === "object" && input !== null && "open" in input && typeof input.open === "function";
}

/**
 * Reads a source's octets in the pieces it gives. When the reader stops early, the stream is cancelled.
 *
 * @throws {ContentError} when the source fails, gives something else than octets, or not as many as it promised
 */
export async function* readSource(source: StreamSource): AsyncGenerator<Uint8Array, void> {
  const { place, size } = source;
  let read = 0;
  let empty = 0;
  let finished = false;
  let reader: Reader | undefined;
  try {
    for (;;) {
      let step: { readonly done?: boolean; readonly value?: unknown };
      try {
        reader ??= readerOf(await source.open());
        step = await reader.next();
      } catch (cause) {
        finished = true;
        if (cause instanceof ContentError) throw cause;
        throw new ContentError(`${place}: reading failed`, { cause });
      }
      if (step.done) break;
      if (!(step.value instanceof Uint8Array)) {
        throw new ContentError(`${place}: gave something else than a Uint8Array`);
      }
      read += step.value.length;
      if (size !== undefined && read > size) {
        throw new ContentError(`${place}: gave more than the ${size} octets promised`);
      }
      if (step.value.length === 0) {
        if (++empty > MOST_EMPTY) {
          throw new ContentError(`${place}: gave no octets`);
        }
        continue;
      }
      empty = 0;
      yield step.value;
    }
    finished = true;
    if (size !== undefined && read < size) throw new ContentError(`${place}: ended after ${read} of ${size} octets`);
  } finally {
    if (!finished) await reader?.stop();
  }
}

interface Reader {
  next(): Promise<{ readonly done?: boolean; readonly value?: unknown }>;
  /** Never fails: whoever stops early is not interested in how the stream takes it. */
  stop(): Promise<void>;
}

function readerOf(stream: OctetStream): Reader {
  if ("getReader" in stream) {
    const reader = stream.getReader();
    return { next: () => reader.read(), stop: () => quietly(() => reader.cancel()) };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return { next: () => iterator.next(), stop: () => quietly(() => iterator.return?.()) };
}

async function quietly(end: () => Promise<unknown> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await Promise.race([end(), new Promise((resolve) => timer = setTimeout(resolve, CLOSING))]);
  } catch {
    // Nobody reads on.
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {}
