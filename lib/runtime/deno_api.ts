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
  connect(
    options: { readonly hostname: string; readonly port: number; readonly signal?: AbortSignal },
  ): Promise<DenoConn>;
  startTls(conn: DenoConn, options: { readonly hostname: string }): Promise<DenoConn>;
}

/** The global `Deno`. */
export const deno: DenoApi = (globalThis as unknown as { readonly Deno: DenoApi }).Deno;
