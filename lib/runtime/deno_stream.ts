/**
 * A connection of Deno's as a Node stream, for `node:tls` to sit on. Deno's `node:tls` reads without end from a socket of
 * its own, whether or not anybody takes what it has read; from this stream it gets no more than is let through.
 *
 * @module
 */
import { Duplex } from "node:stream";
import { closeQuietly, type DenoConn, readerOf } from "./deno_api.ts";

/** A stream with a brake. */
export interface BrakedStream {
  readonly stream: Duplex;
  /** With `true` nothing more is read until it is called with `false`. */
  readonly brake: (on: boolean) => void;
}

/** Makes a stream of a connection, and takes the connection over. */
export function streamOver(conn: DenoConn): BrakedStream {
  const read = readerOf(conn);
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
        const octets = await read();
        if (octets === null) onReadEnd();
        stream.push(octets);
      } catch (error) {
        onReadEnd();
        stream.destroy(error as Error);
      }
    },
    async write(octets: Uint8Array, _encoding, done) {
      try {
        for (let at = 0; at < octets.length;) at += await conn.write(octets.subarray(at));
        done();
      } catch (error) {
        // A failed write would end the stream: not before what the server said last has been read.
        await readEnd;
        done(error as Error);
      }
    },
    destroy(error, done) {
      closeQuietly(conn);
      brake(false);
      onReadEnd();
      done(error);
    },
  });
  return { stream, brake };
}
