/**
 * A network without sockets: connections with latency and bandwidth, which are cut into segments and put together again,
 * fill up, are closed on one side, reset or forgotten, and names that cannot be found. It holds the client to the contract
 * of `lib/runtime/runtime.ts`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { ConnectionError } from "../../lib/errors.ts";
import type { Connection, ConnectOptions, OpenFile, Runtime, TlsInfo } from "../../lib/runtime/runtime.ts";
import type { Clock, Event } from "./clock.ts";
import type { Dice } from "./dice.ts";
import type { Ledger } from "./ledger.ts";

/** What a connection leads over. */
export interface LineTemper {
  /** Milliseconds one way. */
  readonly latency: number;
  /** Milliseconds that a segment may come later than that. */
  readonly jitter: number;
  /** Segments that one piece is cut into at most. */
  readonly segments: number;
  /** Octets on their way to the server and not read by it, over which a write waits. */
  readonly capacity: number;
  /** Octets a millisecond. */
  readonly bandwidth: number;
  /** How likely connecting fails: no such name, refused, never answered. */
  readonly dns: number;
  readonly refused: number;
  readonly lost: number;
  /** How likely a TLS handshake fails. */
  readonly tls: number;
}

/** The server's side of a connection. */
export interface Peer {
  receive(text: string): void;
  /** The client has closed the connection, in good order or not. */
  ended(): void;
}

/** A host: makes a server for each connection. */
export interface Site {
  readonly line: LineTemper;
  /** Until when it refuses connections, because it restarts. */
  downUntil: number;
  serve(link: Link): Peer;
}

/** What a network needs of its world. */
export interface NetworkAbout {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly sites: ReadonlyMap<string, Site>;
  /** Connections with a host at the same time at most. */
  readonly mostConnections: number;
  /** Messages that may be written whole in a connection and not be answered. */
  readonly window: number;
}

/** The platform. */
export class SimNetwork implements Runtime {
  readonly name = "simulated";
  readonly about: NetworkAbout;
  readonly links: Link[] = [];
  /** Connections by host, those that are being made included. */
  readonly #open = new Map<string, number>();

  constructor(about: NetworkAbout) {
    this.about = about;
  }

  connect(options: ConnectOptions): Promise<Connection> {
    const { clock, ledger, sites, mostConnections } = this.about;
    const { host, signal } = options;
    const site = sites.get(host)!;
    const dice = this.about.dice.fork(`link ${this.links.length}`);
    const link = new Link(this, { id: this.links.length, options, site, dice });
    this.links.push(link);
    const open = (this.#open.get(host) ?? 0) + 1;
    this.#open.set(host, open);
    if (open > mostConnections) ledger.violation(`${open} connections with ${host}; ${mostConnections} are allowed`);
    ledger.note(`c${link.id} connects to ${host}`);
    return new Promise((resolve, reject) => {
      const making: { event?: Event } = {};
      const fail = (error: unknown) => {
        signal?.removeEventListener("abort", onAbort);
        if (making.event !== undefined) making.event.run = undefined;
        link.failed = true;
        this.closed(host);
        ledger.note(`c${link.id} is not made`);
        reject(error);
      };
      const onAbort = () => fail(signal!.reason);
      const { line } = site;
      const isDown = site.downUntil > clock.now;
      const outcome = isDown || dice.chance(line.refused)
        ? "CONNECT_FAILED"
        : dice.chance(line.dns)
        ? "DNS_FAILED"
        : options.tls === "implicit" && dice.chance(line.tls)
        ? "TLS_FAILED"
        : undefined;
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted === true) return onAbort();
      if (dice.chance(line.lost)) return;
      making.event = clock.after(
        line.latency * (options.tls === "implicit" ? 4 : 2) + dice.real() * line.jitter,
        () => {
          if (outcome !== undefined) return fail(new ConnectionError(outcome, "connect", `simulated ${outcome}`));
          signal?.removeEventListener("abort", onAbort);
          link.begin();
          resolve(link.connection);
        },
      );
    });
  }

  /** @internal A connection with the host is no more. */
  closed(host: string): void {
    this.#open.set(host, this.#open.get(host)! - 1);
  }

  readFile(path: string): Promise<Uint8Array> {
    return Promise.reject(new Error(`no file ${path}`));
  }

  openFile(path: string): Promise<OpenFile> {
    return Promise.reject(new Error(`no file ${path}`));
  }
}

interface Writing {
  readonly octets: Uint8Array;
  /** As it was when it was handed over. */
  readonly text: string;
  sent: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** One connection, with all that is on its way. */
export class Link {
  readonly id: number;
  readonly options: ConnectOptions;
  readonly dice: Dice;
  connection: SimConnection;
  peer: Peer | undefined;
  failed = false;
  /** The client has closed it. */
  closed = false;
  /** Nothing comes through any more, in either direction, and nobody is told. */
  forgotten = false;
  /** Messages that were written by BDAT to their end, and those of them that the server has answered. */
  written = 0;
  answered = 0;
  readonly #network: SimNetwork;
  readonly #clock: Clock;
  readonly #line: LineTemper;
  /** Server to client: on its way, then waiting to be read. */
  #coming: { readonly event: Event; readonly text: string }[] = [];
  #comingLast = 0;
  #inbox = "";
  #isWaking = false;
  #end: "open" | "finished" | "reset" = "open";
  #reading: { resolve(octets: Uint8Array | null): void; reject(error: unknown): void } | undefined;
  /** Client to server. */
  #writing: Writing | undefined;
  #going = 0;
  #goingLast = 0;
  #held: string[] = [];
  #isHeld = false;
  #serverClosed = false;
  #isCutOff = false;

  constructor(
    network: SimNetwork,
    about: { readonly id: number; readonly options: ConnectOptions; readonly site: Site; readonly dice: Dice },
  ) {
    this.id = about.id;
    this.options = about.options;
    this.dice = about.dice;
    this.#network = network;
    this.#clock = network.about.clock;
    this.#line = about.site.line;
    this.connection = new SimConnection(this, about.options.tls === "implicit" ? { verified: true } : undefined);
  }

  get #ledger(): Ledger {
    return this.#network.about.ledger;
  }

  /** @internal The connection is made. */
  begin(): void {
    const site = this.#network.about.sites.get(this.options.host)!;
    this.peer = site.serve(this);
  }

  // The server's side.

  /** Octets to the client. */
  send(text: string): void {
    if (this.#serverClosed || text === "") return;
    this.#ledger.note(`c${this.id} < ${shown(text)}`);
    for (const segment of this.#cut(text)) {
      this.#comingLast = this.#arrival(this.#comingLast, segment.length);
      const one = {
        text: segment,
        event: this.#clock.after(this.#comingLast - this.#clock.now, () => {
          this.#coming.splice(this.#coming.indexOf(one), 1);
          if (this.closed || this.forgotten || this.#end === "reset") return;
          this.#inbox += segment;
          this.#wake();
        }),
      };
      this.#coming.push(one);
    }
  }

  /** Says that nothing more comes; what the client sends is still read. */
  finish(): void {
    if (this.#serverClosed) return;
    this.#ledger.note(`c${this.id} < FIN`);
    this.#endAt("finished", this.#arrival(this.#comingLast, 0));
  }

  /** Closes the connection. With input that was not read, or that is still on its way, this becomes a reset. */
  close(hasUnread: boolean): void {
    if (this.#serverClosed) return;
    if (hasUnread || this.#held.length > 0) return this.reset();
    this.finish();
    this.#serverClosed = true;
  }

  /** Breaks the connection: what was sent and has not arrived may be lost, from some point on. */
  reset(): void {
    if (this.#serverClosed) return;
    this.#serverClosed = true;
    this.#ledger.note(`c${this.id} < RST`);
    const kept = this.dice.below(this.#coming.length + 1);
    for (const { event } of this.#coming.splice(kept)) event.run = undefined;
    const last = this.#coming.at(-1)?.event.at ?? 0;
    this.#endAt("reset", this.#arrival(last, 0));
  }

  /** Stops reading, or goes on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) return;
    for (const text of this.#held.splice(0)) this.#hand(text);
  }

  #endAt(end: "finished" | "reset", at: number): void {
    this.#clock.after(Math.max(0, at - this.#clock.now), () => {
      if (this.closed || this.forgotten || this.#end === "reset") return;
      this.#end = end;
      if (end === "reset") this.#stopWriting(lost("reset by the server"));
      this.#wake();
    });
  }

  // The client's side.

  /** @internal */
  read(): Promise<Uint8Array | null> {
    if (this.#reading !== undefined) this.#ledger.violation(`c${this.id}: two reads at a time`);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#deliver();
    });
  }

  /** @internal */
  write(octets: Uint8Array): Promise<void> {
    if (this.#writing !== undefined) this.#ledger.violation(`c${this.id}: two writes at a time`);
    if (octets.length === 0) this.#ledger.violation(`c${this.id}: an empty write`);
    if (this.closed) return Promise.reject(lost("closed by the client"));
    if (this.#end === "reset") return Promise.reject(lost("reset by the server"));
    const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
    this.#ledger.note(`c${this.id} > ${shown(text)}`);
    for (const [, sender] of text.matchAll(/^MAIL FROM:<m(\d+)@/gm)) this.#ledger.begin(this.id, Number(sender));
    this.written += text.match(/^BDAT \d+ LAST\r$/gm)?.length ?? 0;
    const inDoubt = this.written - this.answered;
    const { window } = this.#network.about;
    if (inDoubt > window && !this.#ledger.liars.has(this.id)) {
      this.#ledger.violation(`c${this.id}: ${inDoubt} messages are in doubt, ${window} may be`);
    }
    return new Promise((resolve, reject) => {
      this.#writing = { octets, text, sent: 0, resolve, reject };
      this.#pump();
    });
  }

  /** @internal */
  startTls(signal: AbortSignal | undefined): Promise<Connection> {
    if (this.#reading !== undefined) this.#ledger.violation(`c${this.id}: startTls while a read is pending`);
    if (this.#writing !== undefined) this.#ledger.violation(`c${this.id}: startTls while a write is pending`);
    if (this.#inbox !== "") return Promise.reject(failedTls("octets came in clear before the handshake"));
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (this.dice.chance(this.#line.tls / 2)) return;
      const fails = this.dice.chance(this.#line.tls);
      this.#clock.after(this.#line.latency * 4, () => {
        if (fails || this.closed || this.forgotten || this.#end !== "open") return reject(failedTls("simulated"));
        this.connection = new SimConnection(this, { verified: true });
        resolve(this.connection);
      });
    });
  }

  /** @internal */
  shut(): void {
    if (this.closed) return;
    this.closed = true;
    this.#ledger.note(`c${this.id} is closed by the client`);
    this.#network.closed(this.options.host);
    this.#stopWriting(lost("closed by the client"));
    // What the client has not read makes it a reset, which may overtake what it has written.
    if (this.#inbox !== "" || this.#coming.length > 0) this.#isCutOff = this.dice.chance(0.5);
    this.#inbox = "";
    this.#wake();
    const at = this.#arrival(this.#goingLast, 0);
    this.#clock.after(at - this.#clock.now, () => {
      if (!this.forgotten) this.peer?.ended();
    });
  }

  #pump(): void {
    const writing = this.#writing;
    if (writing === undefined) return;
    const { text } = writing;
    // Large ones find more room, so that they do not take for ever, and room is used when there is some.
    const capacity = Math.max(this.#line.capacity, text.length >> 3);
    const left = text.length - writing.sent;
    const room = Math.min(capacity - this.#going, left);
    if (left === 0 || room < Math.min(left, (capacity + 1) >> 1)) return;
    const piece = text.slice(writing.sent, writing.sent + room);
    writing.sent += room;
    this.#going += room;
    for (const segment of this.#cut(piece)) {
      this.#goingLast = this.#arrival(this.#goingLast, segment.length);
      this.#clock.after(this.#goingLast - this.#clock.now, () => this.#arrive(segment));
    }
    if (writing.sent < text.length) return;
    // The reply may come before the write is reported done.
    const late = this.dice.pick([0, 0, 0, 0, 0, 0.1, 3 * this.#line.latency, 100]);
    const done = () => {
      if (this.#writing !== writing) return;
      this.#writing = undefined;
      const { buffer, byteOffset, length } = writing.octets;
      if (Buffer.from(buffer, byteOffset, length).toString("latin1") !== text) {
        this.#ledger.violation(`c${this.id}: octets were changed before they were written`);
      }
      writing.resolve();
    };
    if (late === 0) done();
    else this.#clock.after(late, done);
  }

  #arrive(segment: string): void {
    if (this.forgotten || this.#isCutOff) return;
    if (this.#serverClosed) return this.#refuse();
    if (this.#isHeld) this.#held.push(segment);
    else this.#hand(segment);
  }

  #hand(segment: string): void {
    this.#going -= segment.length;
    this.peer!.receive(segment);
    this.#pump();
  }

  /** What comes to a connection that the server has closed is answered by a reset. */
  #refuse(): void {
    if (this.#end === "reset") return;
    this.#endAt("reset", this.#arrival(0, 0));
  }

  #stopWriting(error: unknown): void {
    const writing = this.#writing;
    this.#writing = undefined;
    writing?.reject(error);
  }

  /** What arrives at the same time is read together. */
  #wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    this.#clock.after(0, () => {
      this.#isWaking = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    if (!this.closed && this.#inbox === "" && this.#end === "open") return;
    this.#reading = undefined;
    if (this.closed) return reading.resolve(null);
    if (this.#inbox !== "") {
      const size = this.dice.chance(0.2) ? this.dice.between(1, this.#inbox.length) : this.#inbox.length;
      const text = this.#inbox.slice(0, size);
      this.#inbox = this.#inbox.slice(size);
      return reading.resolve(new Uint8Array(Buffer.from(text, "latin1")));
    }
    if (this.#end === "reset") reading.reject(lost("reset by the server"));
    else reading.resolve(null);
  }

  #cut(text: string): string[] {
    const { segments } = this.#line;
    if (segments === 1 || text.length < 2) return [text];
    const count = Math.min(this.dice.between(1, segments), text.length);
    const cuts = Array.from({ length: count - 1 }, () => this.dice.between(1, text.length - 1)).sort((a, b) => a - b);
    return [0, ...cuts].map((at, index) => text.slice(at, cuts[index])).filter((one) => one !== "");
  }

  /** When a segment arrives: not before the one ahead of it. */
  #arrival(last: number, octets: number): number {
    const { latency, jitter, bandwidth } = this.#line;
    const at = this.#clock.now + latency + octets / bandwidth + (jitter > 0 ? this.dice.real() * jitter : 0);
    return Math.max(last, at);
  }
}

/** The client's end; another object after STARTTLS. */
class SimConnection implements Connection {
  readonly peer: { readonly host: string; readonly port: number };
  readonly tls: TlsInfo | undefined;
  readonly #link: Link;
  #isDead = false;

  constructor(link: Link, tls: TlsInfo | undefined) {
    this.peer = { host: link.options.host, port: link.options.port };
    this.tls = tls;
    this.#link = link;
  }

  read(): Promise<Uint8Array | null> {
    if (this.#isDead) return Promise.reject(lost("upgraded"));
    return this.#link.read();
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#isDead) return Promise.reject(lost("upgraded"));
    return this.#link.write(octets);
  }

  startTls(options: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    this.#isDead = true;
    return this.#link.startTls(options.signal);
  }

  close(): void {
    this.#link.shut();
  }
}

function lost(why: string): ConnectionError {
  return new ConnectionError("CONNECTION_LOST", "idle", why);
}

function failedTls(why: string): ConnectionError {
  return new ConnectionError("STARTTLS_FAILED", "starttls", why, { reason: "handshake" });
}

/** A text for the trace, the beginning of each line of it. */
function shown(text: string): string {
  const short = text.length > 600 ? `${text.slice(0, 560)} ... (${text.length} octets)` : text;
  return JSON.stringify(short);
}
