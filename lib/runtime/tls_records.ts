/**
 * Where the records of TLS begin and end, from outside (RFC 8446 section 5.1).
 *
 * @module
 */
import { concat } from "../bytes/ascii.ts";
import type { OctetPipe } from "./octet_stream.ts";

/** Octets in front of a record: type, version, and the length of what follows. */
const HEADER = 5;

/**
 * Makes a function that is given octets as they come and cuts them where one record ends and the next begins. A record that
 * is not whole is given all the same, in pieces; a header's first octets wait for its others.
 */
export function recordCutter(): (octets: Uint8Array) => Uint8Array[] {
  let header: Uint8Array = new Uint8Array(0);
  let left = 0;
  return (octets) => {
    const pieces: Uint8Array[] = [];
    let rest = header.length === 0 ? octets : concat([header, octets]);
    while (left > 0 || rest.length >= HEADER) {
      if (rest.length === 0) break;
      if (left === 0) left = HEADER + (rest[3]! << 8 | rest[4]!);
      pieces.push(rest.subarray(0, left));
      const taken = Math.min(left, rest.length);
      left -= taken;
      rest = rest.subarray(taken);
    }
    header = rest;
    return pieces;
  };
}

/**
 * The same octets, of one record at a time: Deno's `node:tls` drops what it was given together with a record that ends the
 * connection.
 */
export function byRecords(pipe: OctetPipe): OctetPipe {
  const cut = recordCutter();
  const records: Uint8Array[] = [];
  return {
    async read() {
      while (records.length === 0) {
        const octets = await pipe.read();
        if (octets === null) return null;
        records.push(...cut(octets));
      }
      return records.shift()!;
    },
    write: (octets) => pipe.write(octets),
    close: () => pipe.close(),
  };
}
