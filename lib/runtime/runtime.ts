/**
 * The contract between the client and the platform it runs on. One adapter implements it for each runtime; tests and
 * proxies implement it too. Everything above this file is the same everywhere.
 *
 * @module
 */
import type { TlsSettings } from "../tls_settings.ts";

/** What to connect to, and how. */
export interface ConnectOptions {
  /** ASCII host name (A-labels), or an IP address without brackets. */
  readonly host: string;
  /** 1 to 65535; 0 with `path`. */
  readonly port: number;
  /**
   * A Unix socket to connect to, in the place of `host` and `port`; `host` is then the name that TLS is for.
   *
   * An adapter without Unix sockets refuses it: `RUNTIME_UNSUPPORTED`.
   */
  readonly path?: string;
  /** IP address of this machine to connect from. An adapter that cannot choose it refuses it: `RUNTIME_UNSUPPORTED`. */
  readonly localAddress?: string;
  /** `implicit`: TLS from the first octet. `starttls`: in clear now, {@link Connection.startTls} follows. `off`: in clear. */
  readonly tls: "implicit" | "starttls" | "off";
  /** How TLS is done, now or at `startTls`. Default: verify chain and name against the platform's trust anchors. */
  readonly tlsSettings?: TlsSettings;
  /** Ends connecting and the handshake; the promise then rejects with `signal.reason` and nothing stays open. */
  readonly signal?: AbortSignal;
}

/** What is known of a connection's TLS; a runtime that does not tell leaves fields out. */
export interface TlsInfo {
  /** Such as `TLSv1.3`. */
  readonly protocol?: string;
  /** Cipher suite, as the platform names it. */
  readonly cipher?: string;
  /** Whether chain (and name, unless switched off) were verified. */
  readonly verified: boolean;
  /** Whether an earlier session with the same server and settings was resumed; what was verified is what was then. */
  readonly resumed?: boolean;
}

/** One open connection. */
export interface Connection {
  /** The other end: its IP address where the runtime tells, else the host that was given. */
  readonly peer: { readonly host: string; readonly port: number };
  /** `undefined` while the connection is in clear. */
  readonly tls: TlsInfo | undefined;
  /**
   * Waits for octets and hands them over for good; `null` at the end of the stream, also when TCP ends without TLS's own
   * goodbye. One read at a time; a read and a write may be pending together. What came before a connection failed is
   * handed over before the failure, also when a write has failed already: a server that refuses a message half-way says
   * why and is gone.
   *
   * @throws {ConnectionError} `CONNECTION_LOST`; or `TLS_FAILED` or `STARTTLS_FAILED` with the reason
   *   `client_certificate`, which a server that speaks TLS 1.3 refuses only after the handshake
   */
  read(): Promise<Uint8Array | null>;
  /**
   * Resolves when the platform has taken all octets (back-pressure); the array may be changed from then on. One write at a
   * time.
   *
   * @throws {ConnectionError} `CONNECTION_LOST`
   */
  write(octets: Uint8Array): Promise<void>;
  /**
   * Upgrades to TLS with the settings given to `connect`; resolves after the handshake and the name check, with the
   * connection to use from then on. This one is dead afterwards, also when the upgrade fails. Octets that came in clear
   * and were not read are an error: they are never taken for octets that came through TLS. No read or write may be
   * pending.
   *
   * @throws {ConnectionError} `STARTTLS_FAILED`
   * @throws {TypeError} the connection was not made with `tls: "starttls"`, or was upgraded before
   */
  startTls(options?: { readonly signal?: AbortSignal }): Promise<Connection>;
  /**
   * Octets that only the two ends of this TLS connection can compute (RFC 8446 section 7.5), with an empty context. Left
   * out in clear, and by runtimes that have no such thing (Deno).
   *
   * @throws {ConnectionError} `CONNECTION_LOST`
   */
  exportKeyingMaterial?(label: string, length: number): Uint8Array;
  /**
   * Closes at once, without waiting; a second call does nothing. A pending read (and any later one) gives `null`, a
   * pending write rejects. While `startTls` is under way it ends the handshake.
   */
  close(): void;
}

/** Whom TLS is with, and how it is done. */
export type TlsTarget = Pick<ConnectOptions, "host" | "port" | "tlsSettings">;

/** TLS with one server, its settings checked and loaded; what it is to run over comes later. */
export interface TlsLayer {
  /**
   * Does the handshake and the name check over a connection that is open already, in clear or within TLS with somebody
   * else (a proxy), and takes that connection over: it is closed when this fails. No read or write may be pending on it, and
   * what came and was not read is an error.
   *
   * @throws {ConnectionError} `TLS_FAILED`; with `upgrade` `STARTTLS_FAILED`
   */
  secure(
    connection: Connection,
    options: { readonly upgrade: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<Connection>;
}

/** A file opened for reading, as octets in order. */
export interface OpenFile {
  /** Size in octets. */
  readonly size: number;
  /** What it holds, from the beginning. */
  readonly octets: ReadableStream<Uint8Array>;
}

/** A platform: what the client needs of it, and nothing else. */
export interface Runtime {
  /** Such as `deno`, `node`, `workers`; for messages. */
  readonly name: string;
  /**
   * Throws where nobody can connect: sessions and clients that would do it by this runtime ask as they are made. Left out
   * where there are sockets.
   *
   * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED`, as `connect` rejects with
   */
  requireSockets?(): void;
  /**
   * Opens a connection; with `tls: "implicit"` after the handshake and the name check.
   *
   * @throws {ConnectionError} `DNS_FAILED`, `CONNECT_FAILED`, `TLS_FAILED`
   * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED` naming a TLS option that this runtime cannot honour
   * @throws {ConfigError} a TLS setting that cannot be: before anything is connected, also for `starttls`
   */
  connect(options: ConnectOptions): Promise<Connection>;
  /**
   * Prepares TLS with a server that is reached over a connection which somebody else makes: through a proxy, or over a
   * stream of the caller's. Names, settings and sessions to resume are those of the server. Left out by a runtime that has
   * no TLS of its own: the platform's is used then.
   *
   * @throws {UnsupportedError} {@link ConfigError} as {@link Runtime.connect}
   */
  prepareTls?(target: TlsTarget): Promise<TlsLayer>;
  /**
   * Looks up the IP addresses of a host, in the order in which they are best tried. Left out by a runtime that has no
   * resolver of its own: the platform's is used then.
   *
   * @throws {ConnectionError} `DNS_FAILED`
   */
  lookUp?(host: string): Promise<readonly string[]>;
  /**
   * Reads a whole file.
   *
   * @throws {ConfigError} `CONFIG_FILE` when it is missing or unreadable, `CONFIG_LIMIT` when over `maxSize` octets
   * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED` where there are no files
   */
  readFile(path: string, options: { readonly maxSize: number }): Promise<Uint8Array>;
  /** Opens a file for reading in pieces; errors as {@link Runtime.readFile}. */
  openFile(path: string): Promise<OpenFile>;
  /**
   * Where a path leads once its symbolic links are followed, as an absolute path; errors as {@link Runtime.readFile}. Left out
   * by a runtime that cannot tell.
   */
  realPath?(path: string): Promise<string>;
}
