/**
 * A connection that leads further than where it was made to: what is read and written is the server's, and TLS is with
 * the server, whoever is in between.
 *
 * @module
 */
import { prepareTls } from "#runtime";
import { ConfigError } from "../errors.ts";
import { connectionLost, SENT_IN_CLEAR, type Target, tlsFailure, TlsVerdict } from "../runtime/failure.ts";
import type { Connection, ConnectOptions, Runtime, TlsInfo, TlsLayer } from "../runtime/runtime.ts";

/** A connection on which the server's octets begin. */
export interface Reached {
  readonly connection: Connection;
  /** The server's first octets, where they came together with the proxy's last. */
  readonly rest?: Uint8Array;
}

/** Makes a connection to where a road leads; on failure nothing stays open. */
export type Reach = (runtime: Runtime, options: ConnectOptions) => Promise<Reached>;

/** The platform whose connections are made by `reach`. */
export function runtimeOver(runtime: Runtime, name: string, reach: Reach): Runtime {
  const { prepareTls: prepare, lookUp } = runtime;
  return {
    name: `${runtime.name} over ${name}`,
    connect: (options) => connectOver(runtime, options, reach),
    ...(prepare && { prepareTls: prepare.bind(runtime) }),
    ...(lookUp && { lookUp: lookUp.bind(runtime) }),
    readFile: (path, options) => runtime.readFile(path, options),
    openFile: (path) => runtime.openFile(path),
  };
}

async function connectOver(runtime: Runtime, options: ConnectOptions, reach: Reach): Promise<Connection> {
  const { host, port, tls, tlsSettings, signal } = options;
  signal?.throwIfAborted();
  if (options.path !== undefined) {
    throw new ConfigError("CONFIG_VALUE", "a Unix socket is not reached through a proxy", { option: "path" });
  }
  // Settings are refused before anything is opened.
  const prepare = runtime.prepareTls?.bind(runtime) ?? prepareTls;
  const layer = tls === "off" ? undefined : await prepare({ host, port, ...(tlsSettings && { tlsSettings }) });
  const tunnel = new Tunnel(await reach(runtime, options), { target: { host, port }, layer });
  return tls === "implicit" ? await tunnel.secure({ upgrade: false, signal }) : tunnel;
}

/** A connection to a server over one to somewhere else. */
export class Tunnel implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined = undefined;
  readonly #connection: Connection;
  readonly #target: Target;
  readonly #layer: TlsLayer | undefined;
  #rest: Uint8Array | undefined;
  #state: "open" | "upgrading" | "upgraded" | "closed" = "open";

  constructor(
    { connection, rest }: Reached,
    about: { readonly target: Target; readonly layer: TlsLayer | undefined },
  ) {
    this.#connection = connection;
    this.#rest = rest?.length === 0 ? undefined : rest;
    this.#target = about.target;
    this.#layer = about.layer;
    this.peer = about.target;
  }

  read(): Promise<Uint8Array | null> {
    if (this.#superseded) return Promise.reject(connectionLost(SUPERSEDED, this.#target));
    const rest = this.#rest;
    if (rest === undefined) return this.#connection.read();
    this.#rest = undefined;
    return Promise.resolve(rest);
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#superseded) return Promise.reject(connectionLost(SUPERSEDED, this.#target));
    return this.#connection.write(octets);
  }

  async startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    if (this.#layer === undefined || this.#superseded) {
      throw new TypeError('startTls: only once, on a connection made with tls: "starttls"');
    }
    return await this.secure({ upgrade: true, signal: options.signal });
  }

  /** Begins TLS with the server. */
  async secure(options: { readonly upgrade: boolean; readonly signal: AbortSignal | undefined }): Promise<Connection> {
    const { signal } = options;
    const attempt = { ...this.#target, upgrade: options.upgrade };
    try {
      signal?.throwIfAborted();
      if (this.#state === "closed") throw new TlsVerdict("handshake", "the connection is closed");
      if (this.#rest !== undefined) {
        const early = options.upgrade ? SENT_IN_CLEAR : "the server does not speak TLS on this port";
        throw new TlsVerdict("handshake", early);
      }
    } catch (error) {
      this.close();
      throw signal?.aborted ? signal.reason : tlsFailure(error, attempt);
    }
    this.#state = "upgrading";
    try {
      return await this.#layer!.secure(this.#connection, options);
    } finally {
      this.#state = "upgraded";
    }
  }

  close(): void {
    // What came of a handshake that is done has the connection to itself.
    if (this.#state === "upgraded") return;
    if (this.#state === "open") this.#state = "closed";
    this.#rest = undefined;
    this.#connection.close();
  }

  get #superseded(): boolean {
    return this.#state === "upgrading" || this.#state === "upgraded";
  }
}

const SUPERSEDED = "it was upgraded to TLS; use the connection that startTls gave";
