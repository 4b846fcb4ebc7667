/**
 * The client's end of a connection, as the library sees it.
 *
 * @module
 */
import { ConnectionError } from "../../../lib/errors.ts";
import type { Connection, ConnectOptions, TlsInfo } from "../../../lib/runtime/runtime.ts";

/** What stands behind it, and outlives STARTTLS. */
export interface ClientEnd {
  readonly options: ConnectOptions;
  read(): Promise<Uint8Array | null>;
  write(octets: Uint8Array): Promise<void>;
  startTls(signal: AbortSignal | undefined): Promise<Connection>;
  /** The client closes it. */
  shut(): void;
}

/** The client's end; another object after STARTTLS. */
export class SimConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined;
  readonly #end: ClientEnd;
  #isDead = false;

  constructor(end: ClientEnd, tls: TlsInfo | undefined) {
    this.peer = { host: end.options.host, port: end.options.port };
    this.tls = tls;
    this.#end = end;
  }

  read(): Promise<Uint8Array | null> {
    if (this.#isDead) return Promise.reject(lost("upgraded"));
    return this.#end.read();
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#isDead) return Promise.reject(lost("upgraded"));
    return this.#end.write(octets);
  }

  startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    this.#isDead = true;
    return this.#end.startTls(options.signal);
  }

  close(): void {
    this.#end.shut();
  }
}

/** The error of a connection that is no more. */
export function lost(why: string): ConnectionError {
  return new ConnectionError("CONNECTION_LOST", "idle", why);
}

/** The error of a handshake. */
export function failedTls(why: string): ConnectionError {
  return new ConnectionError("STARTTLS_FAILED", "starttls", why, { reason: "handshake" });
}
