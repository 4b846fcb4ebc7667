/**
 * One connection, both of its directions, and the contract of `lib/runtime/runtime.ts` to which it holds the client.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Connection, ConnectOptions } from "../../../lib/runtime/runtime.ts";
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Ledger } from "../ledger.ts";
import { type ClientEnd, failedTls, lost, SimConnection } from "./connection.ts";
import { Inbound } from "./inbound.ts";
import { Line, type LineTemper } from "./line.ts";
import { Outbound } from "./outbound.ts";

/** The server's side of a connection. */
export interface Peer {
  receive(text: string): void;
  /** The client has closed the connection, in good order or not. */
  ended(): void;
}

/** What a link needs of its network. */
export interface LinkAbout {
  readonly id: number;
  readonly options: ConnectOptions;
  readonly line: LineTemper;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly dice: Dice;
  /** Messages that may be written whole and not be answered. */
  readonly window: number;
  /** The client has closed it. */
  readonly onShut: () => void;
}

/** One connection, with all that is on its way. */
export class Link implements ClientEnd {
  readonly id: number;
  readonly options: ConnectOptions;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly line: Line;
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
  readonly #ledger: Ledger;
  readonly #window: number;
  readonly #onShut: () => void;
  readonly #inbound: Inbound = new Inbound(this);
  readonly #outbound: Outbound = new Outbound(this);
  #serverClosed = false;
  #isCutOff = false;

  constructor(about: LinkAbout) {
    this.id = about.id;
    this.options = about.options;
    this.clock = about.clock;
    this.dice = about.dice;
    this.line = new Line(about.line, about);
    this.connection = new SimConnection(this, about.options.tls === "implicit" ? { verified: true } : undefined);
    this.#ledger = about.ledger;
    this.#window = about.window;
    this.#onShut = about.onShut;
  }

  // The server's side.

  /** Octets to the client. */
  send(text: string): void {
    if (this.#serverClosed || text === "") return;
    this.#ledger.note(`c${this.id} < ${shown(text)}`);
    this.#inbound.send(text);
  }

  /** Says that nothing more comes; what the client sends is still read. */
  finish(): void {
    if (this.#serverClosed) return;
    this.#ledger.note(`c${this.id} < FIN`);
    this.#inbound.finish();
  }

  /** Closes the connection. With input that was not read, or that is still on its way, this becomes a reset. */
  close(hasUnread: boolean): void {
    if (this.#serverClosed) return;
    if (hasUnread || this.#outbound.isHolding) return this.reset();
    this.finish();
    this.#serverClosed = true;
  }

  /** Breaks the connection: what was sent and has not arrived may be lost, from some point on. */
  reset(): void {
    if (this.#serverClosed) return;
    this.#serverClosed = true;
    this.#ledger.note(`c${this.id} < RST`);
    this.#inbound.reset();
  }

  /** Stops reading, or goes on. */
  hold(isHeld: boolean): void {
    this.#outbound.hold(isHeld);
  }

  // The client's side.

  read(): Promise<Uint8Array | null> {
    if (this.#inbound.isBeingRead) this.#violation("two reads at a time");
    return this.#inbound.read();
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#outbound.isBeingWritten) this.#violation("two writes at a time");
    if (octets.length === 0) this.#violation("an empty write");
    if (this.closed) return Promise.reject(lost("closed by the client"));
    if (this.#inbound.isReset) return Promise.reject(lost("reset by the server"));
    const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
    this.#ledger.note(`c${this.id} > ${shown(text)}`);
    this.#count(text);
    return this.#outbound.write(octets, text);
  }

  startTls(signal: AbortSignal | undefined): Promise<Connection> {
    if (this.#inbound.isBeingRead) this.#violation("startTls while a read is pending");
    if (this.#outbound.isBeingWritten) this.#violation("startTls while a write is pending");
    if (this.#inbound.hasUnread) return Promise.reject(failedTls("octets came in clear before the handshake"));
    const { tls, latency } = this.line.temper;
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (this.dice.chance(tls / 2)) return;
      const fails = this.dice.chance(tls);
      this.clock.after(latency * 4, () => {
        if (fails || this.closed || this.forgotten || !this.#inbound.isOpen) return reject(failedTls("simulated"));
        this.connection = new SimConnection(this, { verified: true });
        resolve(this.connection);
      });
    });
  }

  shut(): void {
    if (this.closed) return;
    this.closed = true;
    this.#ledger.note(`c${this.id} is closed by the client`);
    this.#onShut();
    this.#outbound.stopWriting(lost("closed by the client"));
    // What the client has not read makes it a reset, which may overtake what it has written.
    if (this.#inbound.abandon()) this.#isCutOff = this.dice.chance(0.5);
    this.clock.after(this.#outbound.end() - this.clock.now, () => {
      if (!this.forgotten) this.peer?.ended();
    });
  }

  /** Counts what is begun, and what is in doubt. */
  #count(text: string): void {
    for (const [, sender] of text.matchAll(/^MAIL FROM:<m(\d+)@/gm)) this.#ledger.begin(this.id, Number(sender));
    this.written += text.match(/^BDAT \d+ LAST\r$/gm)?.length ?? 0;
    const inDoubt = this.written - this.answered;
    if (inDoubt > this.#window && !this.#ledger.liars.has(this.id)) {
      this.#violation(`${inDoubt} messages are in doubt, ${this.#window} may be`);
    }
  }

  #violation(what: string): void {
    this.#ledger.violation(`c${this.id}: ${what}`);
  }

  // What the directions tell.

  onArrival(segment: string): void {
    if (this.forgotten || this.#isCutOff) return;
    if (this.#serverClosed) this.#inbound.refuse();
    else this.#outbound.take(segment);
  }

  onRead(segment: string): void {
    this.peer!.receive(segment);
  }

  onChanged(): void {
    this.#violation("octets were changed before they were written");
  }

  onReset(): void {
    this.#outbound.stopWriting(lost("reset by the server"));
  }
}

/** A text for the trace, the beginning of each line of it. */
function shown(text: string): string {
  const short = text.length > 600 ? `${text.slice(0, 560)} ... (${text.length} octets)` : text;
  return JSON.stringify(short);
}
