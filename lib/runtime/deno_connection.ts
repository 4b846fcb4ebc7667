/**
 * A connection over `Deno.connect`, upgraded by `Deno.startTls`.
 *
 * @module
 */
import { closeQuietly, deno, type DenoConn, readerOf, writeAll } from "./deno_api.ts";
import { connectionLost, streamFailure, type Target, type TlsAttempt, tlsFailure, TlsVerdict } from "./failure.ts";
import type { Connection, TlsInfo } from "./runtime.ts";
import { sniName } from "./server_identity.ts";

/** How a connection in clear is upgraded; takes over Deno's connection, and closes it on failure. */
export type DenoUpgrade = (conn: DenoConn, attempt: TlsAttempt, signal?: AbortSignal) => Promise<Connection>;

/** What a {@link DenoConnection} is made of, beside Deno's own connection. */
export interface DenoConnectionOptions {
  readonly target: Target | TlsAttempt;
  readonly tls?: TlsInfo;
  /** Left out where there is nothing to upgrade: TLS from the start, or none wanted. */
  readonly upgrade?: DenoUpgrade;
}

/** A connection over one of Deno's. */
export class DenoConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined;
  readonly #conn: DenoConn;
  readonly #target: Target | TlsAttempt;
  readonly #upgrade: DenoUpgrade | undefined;
  readonly #read: () => Promise<Uint8Array | null>;
  #reading = false;
  #writing = false;
  #state: "open" | "upgrading" | "upgraded" | "closed" = "open";
  #closeHandshake: (() => void) | undefined;

  constructor(conn: DenoConn, options: DenoConnectionOptions) {
    this.#conn = conn;
    this.#target = options.target;
    this.#upgrade = options.upgrade;
    this.#read = readerOf(conn);
    this.tls = options.tls;
    this.peer = ("peer" in options.target ? options.target.peer : undefined) ?? peerOf(conn) ??
      { host: options.target.host, port: options.target.port };
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#superseded) throw connectionLost(SUPERSEDED, this.#target);
    if (this.#reading) throw new TypeError("read: another read is pending");
    if (this.#state === "closed") return null;
    this.#reading = true;
    try {
      return await this.#read();
    } catch (error) {
      // The end of TCP without TLS's own goodbye (close_notify) is an end: SMTP says itself where its replies end.
      if (this.#isClosed() || (error instanceof Error && error.name === "UnexpectedEof")) return null;
      throw streamFailure(error, this.#target);
    } finally {
      this.#reading = false;
    }
  }

  async write(octets: Uint8Array): Promise<void> {
    if (this.#superseded) throw connectionLost(SUPERSEDED, this.#target);
    if (this.#state === "closed") throw connectionLost(CLOSED, this.#target);
    if (this.#writing) throw new TypeError("write: another write is pending");
    this.#writing = true;
    try {
      await writeAll(this.#conn, octets);
    } catch (error) {
      throw this.#isClosed() ? connectionLost(CLOSED, this.#target) : streamFailure(error, this.#target);
    } finally {
      this.#writing = false;
    }
  }

  async startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    const upgrade = this.#upgrade;
    if (upgrade === undefined || this.#superseded) {
      throw new TypeError('startTls: only once, on a connection made with tls: "starttls"');
    }
    return await this.handOver(upgrade, { attempt: { ...this.#target, upgrade: true }, signal: options.signal });
  }

  /** Lets somebody do TLS over Deno's connection, who takes it over. */
  async handOver(
    upgrade: DenoUpgrade,
    about: { readonly attempt: TlsAttempt; readonly signal: AbortSignal | undefined },
  ): Promise<Connection> {
    const { attempt } = about;
    try {
      about.signal?.throwIfAborted();
      if (this.#superseded) throw new TlsVerdict("handshake", SUPERSEDED);
      if (this.#state === "closed") throw new TlsVerdict("handshake", "the connection is closed");
      // Deno takes nothing from the socket unasked: what came in clear and was not read fails the handshake as garbage.
      if (this.#reading || this.#writing) throw new TlsVerdict("handshake", "a read or write is still pending");
    } catch (error) {
      this.close();
      throw about.signal?.aborted ? about.signal.reason : tlsFailure(error, attempt);
    }
    this.#state = "upgrading";
    const ended = new AbortController();
    this.#closeHandshake = () => ended.abort(tlsFailure(new TlsVerdict("handshake", CLOSED), attempt));
    const signal = about.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, about.signal]);
    try {
      return await upgrade(this.#conn, attempt, signal);
    } finally {
      this.#state = "upgraded";
    }
  }

  close(): void {
    // Closing ends a handshake under way; after it the socket belongs to the connection that came of it.
    if (this.#state === "upgrading") this.#closeHandshake?.();
    if (this.#state !== "open") return;
    this.#state = "closed";
    closeQuietly(this.#conn);
  }

  /** Whether it is TCP in clear. */
  get isTcp(): boolean {
    return this.tls === undefined && peerOf(this.#conn) !== undefined;
  }

  get #superseded(): boolean {
    return this.#state === "upgrading" || this.#state === "upgraded";
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}

/**
 * Does the handshake over a connection in clear, which it takes over; closes it on failure. Deno goes on with a
 * handshake behind the back of whoever closes it: a server that stays silent keeps the socket (not the process) alive
 * until it speaks or goes away.
 */
export async function secureDeno(conn: DenoConn, attempt: TlsAttempt, signal?: AbortSignal): Promise<DenoConnection> {
  let secured = conn;
  const onAbort = (): void => closeQuietly(secured);
  signal?.addEventListener("abort", onAbort);
  try {
    signal?.throwIfAborted();
    // Deno's check of the name wants what SNI would carry, and takes an IP address for the address it is.
    secured = await deno.startTls(conn, { hostname: sniName(attempt.host) || attempt.host });
    // Aborted while startTls had the connection: `secured` was not there to be closed yet.
    signal?.throwIfAborted();
    await secured.handshake?.();
    signal?.throwIfAborted();
    return new DenoConnection(secured, { target: attempt, tls: { verified: true } });
  } catch (error) {
    closeQuietly(secured);
    throw signal?.aborted ? signal.reason : tlsFailure(error, attempt);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The other end of a connection, where Deno tells. */
export function peerOf(conn: DenoConn): { readonly host: string; readonly port: number } | undefined {
  const { hostname: host, port } = conn.remoteAddr as { readonly hostname?: string; readonly port?: number };
  return host === undefined || port === undefined ? undefined : { host, port };
}

const CLOSED = "it was closed on this side";
const SUPERSEDED = "it was upgraded to TLS; use the connection that startTls gave";
