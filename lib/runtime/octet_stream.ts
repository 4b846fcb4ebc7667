/**
 * Anything that carries octets as a Node stream, for `node:tls` to sit on: a connection of Deno's, whose `node:tls` reads
 * without end from a socket of its own, or a connection through a proxy. From this stream it gets no more than is let
 * through.
 *
 * @module
 */
import type { Duplex } from "node:stream";

/** What carries octets both ways; a `Connection` does. */
export interface OctetPipe {
  read(): Promise<Uint8Array | null>;
  write(octets: Uint8Array): Promise<void>;
  close(): void;
}

/** A stream with a brake. */
export interface BrakedStream {
  readonly stream: Duplex;
  /** With `true` nothing more is read until it is called with `false`. */
  readonly brake: (on: boolean) => void;
}

/** Makes a stream of what carries octets, and takes that over. */
export async function streamOver(pipe: OctetPipe): Promise<BrakedStream> {
  const { Duplex } = await import("node:stream");
  let release: (() => void) | undefined;
  let released: Promise<void> | undefined;
  let onReadEnd!: () => void;
  const readEnd = new Promise<void>((resolve) => onReadEnd = resolve);

  const brake = (on: boolean): void => {
    if (on) released ??= new Promise((resolve) => release = resolve);
    else {
      release?.();
      released = undefined;
    }
  };
  const stream = new Duplex({
    async read() {
      try {
        await released;
        const octets = await pipe.read();
        if (octets === null) onReadEnd();
        stream.push(octets);
      } catch (error) {
        onReadEnd();
        stream.destroy(error as Error);
      }
    },
    async write(octets: Uint8Array, _encoding, done) {
      try {
        await pipe.write(octets);
        done();
      } catch (error) {
        // A failed write would end the stream: not before what the server said last has been read.
        await readEnd;
        done(error as Error);
      }
    },
    destroy(error, done) {
      pipe.close();
      brake(false);
      onReadEnd();
      done(error);
    },
  });
  return { stream, brake };
}
