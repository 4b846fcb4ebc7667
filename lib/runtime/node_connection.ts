/**
 * A connection over a `net.Socket` or `tls.TLSSocket`. Octets are taken from the socket as they come, up to a bound, so
 * that what a server said last is there to be read even when the connection fails right after.
 *
 * @module
 */
import type { Socket } from "node:net";
import {
  connectionLost,
  SENT_IN_CLEAR,
  streamFailure,
  type Target,
  type TlsAttempt,
  tlsFailure,
  TlsVerdict,
} from "./failure.ts";
import type { Connection, TlsInfo } from "./runtime.ts";

/** Unread octets at which the socket is told to wait; one chunk (at most 64 KiB) may come on top. */
const MAX_UNREAD = 256 * 1024;

/** How a connection in clear is upgraded; takes over the socket. */
export type Upgrade = (socket: Socket, signal: AbortSignal | undefined) => Promise<Connection>;

/** What a {@link NodeConnection} is made of, beside its socket. */
export interface NodeConnectionOptions {
  readonly target: Target | TlsAttempt;
  readonly tls?: TlsInfo;
  /** Left out where there is nothing to upgrade: TLS from the start, or none wanted. */
  readonly upgrade?: Upgrade;
  /** The other end, where the socket does not know it. */
  readonly peer?: { readonly host: string; readonly port: number };
  /** As in {@link Connection}, where the socket can do it. */
  readonly exportKeyingMaterial?: ((label: string, length: number) => Uint8Array) | undefined;
  /** Stops and resumes what the socket reads from, where pausing the socket does not. */
  readonly brake?: (on: boolean) => void;
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A connection over one of Node's sockets. */
export class NodeConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined;
  readonly exportKeyingMaterial?: (label: string, length: number) => Uint8Array;
  readonly #socket: Socket;
  readonly #target: Target | TlsAttempt;
  readonly #upgrade: Upgrade | undefined;
  readonly #brake: ((on: boolean) => void) | undefined;
  #unread: Uint8Array[] = [];
  #unreadSize = 0;
  #reader: Waiting<Uint8Array | null> | undefined;
  #writer: Waiting<void> | undefined;
  #ended = false;
  #failure: unknown;
  #state: "open" | "upgrading" | "upgraded" | "closed" = "open";

  constructor(socket: Socket, options: NodeConnectionOptions) {
    this.#socket = socket;
    this.#target = options.target;
    this.#upgrade = options.upgrade;
    this.#brake = options.brake;
    this.tls = options.tls;
    if (options.exportKeyingMaterial !== undefined) this.exportKeyingMaterial = options.exportKeyingMaterial;
    this.peer = options.peer ?? {
      host: socket.remoteAddress ?? options.target.host,
      port: socket.remotePort ?? options.target.port,
    };
    lingerOverErrors(socket, this.#onData);
    socket.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onError).on("close", this.#onClose);
  }

  read(): Promise<Uint8Array | null> {
    if (this.#superseded) return Promise.reject(connectionLost(SUPERSEDED, this.#target));
    const octets = this.#unread.shift();
    if (octets !== undefined) {
      this.#unreadSize -= octets.length;
      if (this.#unreadSize < MAX_UNREAD && this.#socket.isPaused()) {
        this.#brake?.(false);
        this.#socket.resume();
      }
      return Promise.resolve(octets);
    }
    if (this.#failure !== undefined) return Promise.reject(streamFailure(this.#failure, this.#target));
    if (this.#ended) return Promise.resolve(null);
    if (this.#reader !== undefined) return Promise.reject(new TypeError("read: another read is pending"));
    return new Promise((resolve, reject) => this.#reader = { resolve, reject });
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#superseded) return Promise.reject(connectionLost(SUPERSEDED, this.#target));
    if (this.#state === "closed") return Promise.reject(connectionLost(CLOSED, this.#target));
    if (this.#failure !== undefined) return Promise.reject(streamFailure(this.#failure, this.#target));
    if (this.#writer !== undefined) return Promise.reject(new TypeError("write: another write is pending"));
    if (octets.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#writer = { resolve, reject };
      this.#socket.write(octets, this.#onWritten);
    });
  }

  async startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    const upgrade = this.#upgrade;
    if (upgrade === undefined || this.#superseded) {
      throw new TypeError('startTls: only once, on a connection made with tls: "starttls"');
    }
    return await this.handOver(upgrade, { attempt: { ...this.#target, upgrade: true }, signal: options.signal });
  }

  /** Lets somebody do TLS over the socket, who takes it over. */
  async handOver(
    upgrade: Upgrade,
    { attempt, signal }: { readonly attempt: TlsAttempt; readonly signal: AbortSignal | undefined },
  ): Promise<Connection> {
    try {
      signal?.throwIfAborted();
      if (this.#superseded) throw new TlsVerdict("handshake", SUPERSEDED);
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) throw new TlsVerdict("handshake", "the connection is closed");
      if (this.#reader !== undefined || this.#writer !== undefined) {
        throw new TlsVerdict("handshake", "a read or write is still pending");
      }
      this.#letGo();
      if (this.#unreadSize > 0 || this.#socket.readableLength > 0) {
        throw new TlsVerdict("handshake", SENT_IN_CLEAR);
      }
    } catch (error) {
      this.close();
      throw signal?.aborted ? signal.reason : tlsFailure(error, attempt);
    }
    this.#state = "upgrading";
    try {
      return await upgrade(this.#socket, signal);
    } finally {
      this.#state = "upgraded";
    }
  }

  close(): void {
    // Closing ends a handshake under way; after it the socket belongs to the connection that came of it.
    if (this.#state === "upgrading") this.#socket.destroy();
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#unread = [];
    this.#unreadSize = 0;
    this.#ended = true;
    this.#failure = undefined;
    this.#letGo();
    this.#socket.destroy();
    this.#settle();
  }

  /** Stops listening. An error that comes late must find a listener still, or it would end the process. */
  #letGo(): void {
    const socket = this.#socket;
    socket.pause();
    socket.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onError).off("close", this.#onClose);
    socket.on("error", ignore);
  }

  get #superseded(): boolean {
    return this.#state === "upgrading" || this.#state === "upgraded";
  }

  #settle(): void {
    const reader = this.#reader;
    const writer = this.#writer;
    this.#reader = this.#writer = undefined;
    const failed = this.#failure !== undefined;
    if (reader !== undefined) {
      if (failed) reader.reject(streamFailure(this.#failure, this.#target));
      else reader.resolve(null);
    }
    writer?.reject(failed ? streamFailure(this.#failure, this.#target) : connectionLost(CLOSED, this.#target));
  }

  // Node's sockets allocate each chunk anew and do not touch it again: it is handed over as it is.
  readonly #onData = (octets: Uint8Array): void => {
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      reader.resolve(octets);
      return;
    }
    this.#unread.push(octets);
    this.#unreadSize += octets.length;
    if (this.#unreadSize >= MAX_UNREAD) {
      this.#brake?.(true);
      this.#socket.pause();
    }
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve(null);
  };

  readonly #onError = (error: unknown): void => {
    this.#failure ??= error;
    this.#settle();
  };

  readonly #onClose = (): void => {
    this.#ended = true;
    if (this.#writer !== undefined) this.#failure ??= { code: "EPIPE" };
    this.#settle();
  };

  readonly #onWritten = (error?: Error | null): void => {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    if (error) writer.reject(streamFailure(error, this.#target));
    else writer.resolve();
  };
}

const CLOSED = "it was closed on this side";
const SUPERSEDED = "it was upgraded to TLS; use the connection that startTls gave";

/** Milliseconds for what a server said last, after a write has failed; it is nearly always here already. */
const LINGER = 50;

/**
 * Node destroys a socket as soon as a write fails. A server that refuses a message half-way says why, and then ends the
 * connection: its words may be here already, unread. So destroying waits until reading has come to its end as well; and
 * because a stream that has failed drops what is pushed to it, that is taken before.
 */
function lingerOverErrors(socket: Socket, onData: (octets: Uint8Array) => void): void {
  const destroy = socket.destroy;
  let timer: ReturnType<typeof setTimeout> | undefined;
  socket.destroy = (error?: Error & { readonly syscall?: string }): Socket => {
    clearTimeout(timer);
    if (error?.syscall !== "write" || timer !== undefined) return destroy.call(socket, error);
    timer = setTimeout(() => destroy.call(socket, error), LINGER);
    socket.push = (octets: Uint8Array | null): boolean => {
      if (octets === null) socket.destroy(error);
      else onData(octets);
      return octets !== null;
    };
    return socket;
  };
}

function ignore(): void {}
