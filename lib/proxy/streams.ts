/**
 * A pair of web streams as a connection.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { given } from "../given.ts";
import { connectionLost } from "../runtime/failure.ts";
import type { Connection } from "../runtime/runtime.ts";

/** What carries octets both ways, such as a socket of another library. */
export interface OctetStreams {
  /** What comes from the other end. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What goes to it. */
  readonly writable: WritableStream<Uint8Array>;
}

/** What is told of the other end. */
export interface ConnectionFromOptions {
  /** For errors. Default: `stream`, 0. */
  readonly peer?: { readonly host: string; readonly port: number };
}

const DEFAULT_PEER = { host: "stream", port: 0 };

/**
 * Makes a connection of a pair of web streams, which it takes over: in clear, or over whatever the streams do themselves.
 * Given to {@link dial}, it gets TLS from the platform.
 *
 * Each write is copied, because a stream may keep what it is given. Closing cancels the one stream and aborts the other.
 *
 * @throws {InputError} the streams are missing, or locked
 *
 * @example
 * ```ts
 * import { connectionFrom } from "@posthaste/smtp";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const echo = connectionFrom({ readable, writable });
 * void echo.write(new TextEncoder().encode("hello"));
 * console.log(await echo.read());
 * echo.close();
 * ```
 */
export function connectionFrom(streams: OctetStreams, options: ConnectionFromOptions = {}): Connection {
  const { peer } = given(options, {
    place: "options",
    what: "connectionFrom",
    keys: { peer: DEFAULT_PEER },
  }) as Required<ConnectionFromOptions>;
  const { readable, writable } = streams ?? {};
  if (!(readable instanceof ReadableStream) || !(writable instanceof WritableStream)) {
    throw new InputError("streams", "must be a pair of web streams, readable and writable");
  }
  if (readable.locked || writable.locked) throw new InputError("streams", "are locked: somebody else reads or writes");
  return new StreamConnection({ readable, writable }, peer);
}

class StreamConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: undefined = undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #reading = false;
  #writing = false;
  #closed = false;
  /** A write that its stream never ends is ended by closing. */
  #stopWrite: (() => void) | undefined;

  constructor(
    { readable, writable }: OctetStreams,
    peer: { readonly host: string; readonly port: number },
  ) {
    this.peer = peer;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    // What fails is told by the read or write that meets it.
    this.#reader.closed.catch(ignore);
    this.#writer.closed.catch(ignore);
    this.#writer.ready.catch(ignore);
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#reading) throw new TypeError("read: another read is pending");
    this.#reading = true;
    try {
      for (;;) {
        if (this.#closed) return null;
        const { done, value } = await this.#reader.read();
        if (done || this.#isClosed()) return null;
        if (!(value instanceof Uint8Array)) throw new TypeError("the stream gave something that is not a Uint8Array");
        if (value.length > 0) return value;
      }
    } catch (error) {
      if (this.#isClosed()) return null;
      throw connectionLost(error, this.peer);
    } finally {
      this.#reading = false;
    }
  }

  async write(octets: Uint8Array): Promise<void> {
    if (this.#closed) throw connectionLost(CLOSED, this.peer);
    if (this.#writing) throw new TypeError("write: another write is pending");
    this.#writing = true;
    try {
      const stopped = new Promise<void>((resolve) => this.#stopWrite = resolve);
      await Promise.race([this.#writer.write(octets.slice()), stopped]);
    } catch (error) {
      throw this.#isClosed() ? connectionLost(CLOSED, this.peer) : connectionLost(error, this.peer);
    } finally {
      this.#writing = false;
      this.#stopWrite = undefined;
    }
    if (this.#isClosed()) throw connectionLost(CLOSED, this.peer);
  }

  startTls(): Promise<Connection> {
    return Promise.reject(new TypeError("startTls: streams have no TLS of their own; connect by dial()"));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWrite?.();
    this.#reader.cancel().catch(ignore);
    this.#writer.abort(connectionLost(CLOSED, this.peer)).catch(ignore);
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}

const CLOSED = "it was closed on this side";

function ignore(): void {}
