/**
 * The part of Deno's own interface that the adapter uses, spelled out: so that this source compiles where Deno's types
 * are not at hand.
 *
 * @module
 */

/** A TCP or TLS connection of Deno's. */
export interface DenoConn {
  readonly remoteAddr: object;
  read(into: Uint8Array): Promise<number | null>;
  write(octets: Uint8Array): Promise<number>;
  close(): void;
  setNoDelay?(noDelay: boolean): void;
  handshake?(): Promise<unknown>;
}

/** Of the global `Deno`. */
export interface DenoApi {
  readonly build: { readonly os: string };
  connect(
    options:
      | { readonly hostname: string; readonly port: number; readonly signal?: AbortSignal }
      | { readonly transport: "unix"; readonly path: string },
  ): Promise<DenoConn>;
  startTls(conn: DenoConn, options: { readonly hostname: string }): Promise<DenoConn>;
}

/** The global `Deno`. */
export const deno: DenoApi = (globalThis as unknown as { readonly Deno: DenoApi }).Deno;

/** Closes; Deno throws when that was done before. */
export function closeQuietly(conn: DenoConn): void {
  try {
    conn.close();
  } catch {
    // closed already
  }
}

/** Writes all octets, however many are taken at a time. */
export async function writeAll(conn: DenoConn, octets: Uint8Array): Promise<void> {
  let written = 0;
  while (written < octets.length) written += await conn.write(written === 0 ? octets : octets.subarray(written));
}

/** Octets asked for by one read. Own limit: each idle session has so much at hand. */
const READ_SIZE = 16 * 1024;

/** Gives what comes, in octets that are not touched again; `null` at the end. */
export function readerOf(conn: DenoConn): () => Promise<Uint8Array | null> {
  let buffer = new Uint8Array(0);
  return async () => {
    // A buffer serves until its rest is small: replies are, and need not cost that much each.
    if (buffer.length < READ_SIZE / 4) buffer = new Uint8Array(READ_SIZE);
    const size = await conn.read(buffer);
    if (size === null) return null;
    const octets = buffer.subarray(0, size);
    buffer = buffer.subarray(size);
    return octets;
  };
}
