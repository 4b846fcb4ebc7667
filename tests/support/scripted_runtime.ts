/**
 * A platform without sockets: each connection is a {@link Wire}, and a function plays the server at its other end. It
 * keeps the contract of `lib/runtime/runtime.ts`, and notes when the client does not.
 *
 * @module
 */
import { concat } from "../../lib/bytes/ascii.ts";
import { ConnectionError, type SmtpErrorCode } from "../../lib/errors.ts";
import type { Connection, ConnectOptions, OpenFile, Runtime, TlsInfo } from "../../lib/runtime/runtime.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Plays the server on a new connection; what it throws is how connecting fails. */
export type Serve = (wire: Wire, options: ConnectOptions, index: number) => void | Promise<void>;

/** A platform whose servers are functions. */
export class ScriptedRuntime implements Runtime {
  readonly name = "scripted";
  /** One for each connection, in order. */
  readonly wires: Wire[] = [];
  readonly #serve: Serve;
  readonly #files: Readonly<Record<string, string>>;

  constructor(serve: Serve, files: Readonly<Record<string, string>> = {}) {
    this.#serve = serve;
    this.#files = files;
  }

  async connect(options: ConnectOptions): Promise<Connection> {
    options.signal?.throwIfAborted();
    const wire = new Wire(options);
    this.wires.push(wire);
    await unlessAborted(this.#serve(wire, options, this.wires.length - 1), options.signal);
    return wire.connection;
  }

  readFile(path: string): Promise<Uint8Array> {
    const text = this.#files[path];
    if (text === undefined) return Promise.reject(new Error(`no file ${path}`));
    return Promise.resolve(encoder.encode(text));
  }

  async openFile(path: string): Promise<OpenFile> {
    const octets = await this.readFile(path);
    return { size: octets.length, octets: new Blob([octets as Uint8Array<ArrayBuffer>]).stream() };
  }
}

/** The server's end of one connection. */
export class Wire {
  /** What the client wrote, each write by itself. */
  readonly writes: Uint8Array[] = [];
  /** What the client did against the contract. */
  readonly violations: string[] = [];
  /** Takes what the client writes. The write is pending until the promise is settled; a rejection makes it fail. */
  onWrite: (octets: Uint8Array) => void | Promise<void> = () => {};
  /** Does the handshake of STARTTLS; a rejection makes it fail. */
  onTls: () => void | Promise<void> = () => {};
  /** Where the piece that starts at an offset in the server's octets has to end; by default at no place. */
  cut: (offset: number) => number = () => Infinity;
  /** How often the client closed the connection, over its upgrades. */
  closeCalls = 0;
  connection: ScriptedConnection;
  #inbox: Uint8Array[] = [];
  #offset = 0;
  #end: "open" | "finished" | "reset" | "closed" = "open";
  #reading:
    | { readonly resolve: (octets: Uint8Array | null) => void; readonly reject: (e: unknown) => void }
    | undefined;
  #stopWrite: ((error: unknown) => void) | undefined;

  constructor(options: ConnectOptions) {
    const tls = options.tls === "implicit" ? { verified: true } : undefined;
    this.connection = new ScriptedConnection(this, options, tls);
  }

  /** Whether the connection was closed by either side. */
  get over(): boolean {
    return this.#end !== "open";
  }

  /** Octets that the client has taken. */
  get delivered(): number {
    return this.#offset;
  }

  /** All that the client wrote. */
  get text(): string {
    return this.writes.map((octets) => decoder.decode(octets)).join("");
  }

  /** Octets to the client; a string as UTF-8. */
  send(what: string | Uint8Array): void {
    if (this.over) return;
    const octets = typeof what === "string" ? encoder.encode(what) : what;
    if (octets.length > 0) this.#inbox.push(octets);
    queueMicrotask(() => this.#deliver());
  }

  /** Closes the server's side in good order, behind what was sent. */
  finish(): void {
    this.#over("finished");
  }

  /** Breaks the connection behind what was sent; a write fails at once. */
  reset(): void {
    this.#over("reset");
    this.#stopWrite?.(lost("reset by the server"));
  }

  /** @internal the client's side */
  read(): Promise<Uint8Array | null> {
    if (this.#reading !== undefined) this.violations.push("two reads at a time");
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#deliver();
    });
  }

  /** @internal the client's side */
  async write(octets: Uint8Array): Promise<void> {
    if (this.#stopWrite !== undefined) this.violations.push("two writes at a time");
    if (this.#end === "reset" || this.#end === "closed") throw lost("no longer writable");
    this.writes.push(octets.slice());
    const stopped = new Promise<never>((_, reject) => this.#stopWrite = reject);
    stopped.catch(() => {});
    try {
      await Promise.race([this.onWrite(octets), stopped]);
    } finally {
      this.#stopWrite = undefined;
    }
  }

  /** @internal the client's side */
  async startTls(options: ConnectOptions, signal: AbortSignal | undefined): Promise<Connection> {
    if (this.#reading !== undefined) this.violations.push("startTls while a read is pending");
    if (this.#inbox.length > 0) throw lost("octets came in clear before the handshake", "STARTTLS_FAILED");
    await unlessAborted(this.onTls(), signal);
    if (this.#end === "closed") throw lost("closed during the handshake", "STARTTLS_FAILED");
    this.connection = new ScriptedConnection(this, options, { verified: true });
    return this.connection;
  }

  /** @internal the client's side */
  close(): void {
    this.closeCalls++;
    this.#inbox.length = 0;
    this.#over("closed");
    this.#stopWrite?.(lost("closed by the client"));
  }

  #over(end: "finished" | "reset" | "closed"): void {
    if (this.#end !== "closed") this.#end = end;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const reading = this.#reading;
    if (reading === undefined || (this.#inbox.length === 0 && this.#end === "open")) return;
    this.#reading = undefined;
    if (this.#inbox.length > 0) reading.resolve(this.#take());
    else if (this.#end === "reset") reading.reject(lost("reset by the server"));
    else reading.resolve(null);
  }

  /** Everything that waits, up to the next cut. */
  #take(): Uint8Array {
    const most = Math.max(1, this.cut(this.#offset) - this.#offset);
    const parts: Uint8Array[] = [];
    let size = 0;
    while (this.#inbox.length > 0 && size < most) {
      const first = this.#inbox[0]!;
      const part = first.subarray(0, most - size);
      if (part.length === first.length) this.#inbox.shift();
      else this.#inbox[0] = first.subarray(part.length);
      parts.push(part);
      size += part.length;
    }
    this.#offset += size;
    return parts.length === 1 ? parts[0]!.slice() : concat(parts);
  }
}

/** The client's end; another object after STARTTLS, as on every platform. */
export class ScriptedConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined;
  readonly #wire: Wire;
  readonly #options: ConnectOptions;
  #dead = false;

  constructor(wire: Wire, options: ConnectOptions, tls: TlsInfo | undefined) {
    this.peer = { host: options.host, port: options.port };
    this.tls = tls;
    this.#wire = wire;
    this.#options = options;
  }

  read(): Promise<Uint8Array | null> {
    this.#requireLive("read");
    return this.#wire.read();
  }

  write(octets: Uint8Array): Promise<void> {
    this.#requireLive("write");
    return this.#wire.write(octets);
  }

  startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    this.#requireLive("startTls");
    this.#dead = true;
    return this.#wire.startTls(this.#options, options.signal);
  }

  close(): void {
    this.#wire.close();
  }

  #requireLive(what: string): void {
    if (this.#dead) this.#wire.violations.push(`${what} on a connection that was upgraded`);
  }
}

function lost(why: string, code: SmtpErrorCode = "CONNECTION_LOST"): ConnectionError {
  return new ConnectionError(code, code === "CONNECTION_LOST" ? "idle" : "starttls", why);
}

/** The work's result, or the signal's reason when that comes first. */
function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    Promise.resolve(work).then(resolve, reject);
  });
}
