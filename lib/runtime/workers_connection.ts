/**
 * A connection over a socket of Cloudflare Workers, upgraded by its `startTls`.
 *
 * What was found by experiment (workerd 2026-11): `opened` of the socket that `startTls` gives resolves after handshake and
 * name check, and what is written before waits; both streams have to be unlocked first, and a failure to do so is told by
 * `closed` alone; octets that came in clear and were not read make the handshake fail. Why a handshake failed is not told.
 * When a connection is reset, the platform throws away what had come before and was not read.
 *
 * @module
 */
import { connectionLost, streamFailure, type Target, type TlsAttempt, tlsFailure, TlsVerdict } from "./failure.ts";
import type { Connection, TlsInfo } from "./runtime.ts";
import { attempt, startTls, whenOpen, type WorkersSocket } from "./workers_api.ts";

/** What a {@link WorkersConnection} is made of, beside the platform's socket. */
export interface WorkersConnectionOptions {
  readonly target: Target | TlsAttempt;
  /** Whether `startTls` is to follow. */
  readonly upgradable: boolean;
  readonly tls?: TlsInfo;
}

/** Octets asked for by one read: as much as most replies have, or as much as there may be where that was not enough. */
const READ_SIZES = { few: 4 * 1024, many: 64 * 1024 } as const;

/** A connection over one of the platform's sockets. */
export class WorkersConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined;
  readonly #socket: WorkersSocket;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #target: Target | TlsAttempt;
  readonly #upgradable: boolean;
  #readSize: number = READ_SIZES.few;
  #reading = false;
  #writing = false;
  /** Whether anything came. */
  #heard = false;
  #state: "open" | "upgrading" | "upgraded" | "closed" = "open";
  #closeHandshake: (() => void) | undefined;

  constructor(socket: WorkersSocket, options: WorkersConnectionOptions) {
    this.#socket = socket;
    // By a buffer of ours a read is bounded; the platform's own are of 4 KiB.
    this.#reader = socket.readable.getReader({ mode: "byob" });
    this.#writer = socket.writable.getWriter();
    this.#reader.closed.catch(ignore);
    this.#writer.closed.catch(ignore);
    this.#target = options.target;
    this.#upgradable = options.upgradable;
    this.tls = options.tls;
    // The platform tells what was connected to, and not the address.
    this.peer = { host: options.target.host, port: options.target.port };
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#superseded) throw connectionLost(SUPERSEDED, this.#target);
    if (this.#reading) throw new TypeError("read: another read is pending");
    if (this.#state === "closed") return null;
    this.#reading = true;
    try {
      const { value, done } = await this.#reader.read(new Uint8Array(this.#readSize));
      if (done) return null;
      this.#heard = true;
      this.#readSize = value.length === this.#readSize ? READ_SIZES.many : READ_SIZES.few;
      return value;
    } catch (error) {
      if (this.#isClosed()) return null;
      throw this.#failure(error);
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
      await this.#writer.write(octets);
    } catch (error) {
      throw this.#isClosed() ? connectionLost(CLOSED, this.#target) : streamFailure(error, this.#target);
    } finally {
      this.#writing = false;
    }
  }

  async startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    if (!this.#upgradable || this.#superseded) {
      throw new TypeError('startTls: only once, on a connection made with tls: "starttls"');
    }
    const { signal } = options;
    const about: TlsAttempt = { ...this.#target, upgrade: true };
    try {
      signal?.throwIfAborted();
      if (this.#state === "closed") throw new TlsVerdict("handshake", "the connection is closed");
      if (this.#reading || this.#writing) throw new TlsVerdict("handshake", "a read or write is still pending");
      this.#reader.releaseLock();
      this.#writer.releaseLock();
    } catch (error) {
      this.close();
      throw signal?.aborted ? signal.reason : tlsFailure(error, about);
    }
    this.#state = "upgrading";
    const ended = new AbortController();
    this.#closeHandshake = () => ended.abort(tlsFailure(new TlsVerdict("handshake", CLOSED), about));
    try {
      return await secure(this.#socket, about, signal ? AbortSignal.any([ended.signal, signal]) : ended.signal);
    } finally {
      this.#state = "upgraded";
    }
  }

  close(): void {
    if (this.#state === "upgrading") this.#closeHandshake?.();
    if (this.#state !== "open") return;
    this.#state = "closed";
    if (!this.#writing) return attempt(() => this.#socket.close());
    // `close` would wait for the write. So the caller waits for nothing more; the platform keeps the socket, with nothing
    // further written to it, until the request ends: it closes none that was aborted.
    attempt(() => this.#writer.abort());
    attempt(() => this.#reader.cancel());
  }

  get #superseded(): boolean {
    return this.#state === "upgrading" || this.#state === "upgraded";
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }

  /** A server refuses a client without a certificate after the handshake; nothing else fails so without being a loss. */
  #failure(error: unknown): Error {
    const isOpaque = error instanceof Error && error.message.startsWith("internal error");
    return "upgrade" in this.#target && !this.#heard && isOpaque
      ? tlsFailure(new TlsVerdict("handshake", UNTOLD, { cause: error }), this.#target)
      : connectionLost(error, this.#target);
  }
}

/**
 * Does the handshake over a socket in clear whose streams nobody has locked, and takes the socket over. A handshake that is
 * given up ends for the caller at once; the platform keeps the socket until the server or the request ends.
 */
export async function secure(
  socket: WorkersSocket,
  about: TlsAttempt,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  let secured: WorkersSocket | undefined;
  try {
    signal?.throwIfAborted();
    secured = startTls(socket, about.host);
    await whenOpen(secured, signal);
    return new WorkersConnection(secured, { target: about, upgradable: false, tls: { verified: true } });
  } catch (error) {
    const last = secured ?? socket;
    attempt(() => last.close());
    throw signal?.aborted ? signal.reason : tlsFailure(new TlsVerdict("handshake", UNTOLD, { cause: error }), about);
  }
}

function ignore(): void {}

const CLOSED = "it was closed on this side";
const SUPERSEDED = "it was upgraded to TLS; use the connection that startTls gave";
const UNTOLD =
  "no handshake; the runtime workers does not tell why: the server may not speak TLS on this port, want a " +
  "client certificate, or have a certificate that is expired, for another name, or of no trusted authority";
