/**
 * From the server to the client: segments on their way, what waits to be read, and how it ends.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Clock, Event } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { lost } from "./connection.ts";
import type { Line } from "./line.ts";

/** What this direction knows of its connection. */
export interface InboundAbout {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly line: Line;
  /** The client has closed it. */
  readonly closed: boolean;
  /** Nothing comes through any more. */
  readonly forgotten: boolean;
  /** A reset has arrived. */
  onReset(): void;
}

/** One direction of a connection. */
export class Inbound {
  readonly #about: InboundAbout;
  /** On its way, then waiting to be read. */
  #coming: { readonly event: Event; readonly text: string }[] = [];
  #comingLast = 0;
  #inbox = "";
  #isWaking = false;
  #end: "open" | "finished" | "reset" = "open";
  #reading: { resolve(octets: Uint8Array | null): void; reject(error: unknown): void } | undefined;

  constructor(about: InboundAbout) {
    this.#about = about;
  }

  /** Nothing has ended it yet. */
  get isOpen(): boolean {
    return this.#end === "open";
  }

  get isReset(): boolean {
    return this.#end === "reset";
  }

  get isBeingRead(): boolean {
    return this.#reading !== undefined;
  }

  /** Something has come and was not read. */
  get hasUnread(): boolean {
    return this.#inbox !== "";
  }

  // The server's side.

  send(text: string): void {
    const { clock, line } = this.#about;
    for (const segment of line.cut(text)) {
      this.#comingLast = line.arrival(this.#comingLast, segment.length);
      const one = {
        text: segment,
        event: clock.after(this.#comingLast - clock.now, () => {
          this.#coming.splice(this.#coming.indexOf(one), 1);
          if (this.#isOver) return;
          this.#inbox += segment;
          this.#wake();
        }),
      };
      this.#coming.push(one);
    }
  }

  /** Ends, behind all that is on its way. */
  finish(): void {
    this.#endAt("finished", this.#about.line.arrival(this.#comingLast, 0));
  }

  /** Breaks off: what is on its way may be lost, from some point on. */
  reset(): void {
    const { dice, line } = this.#about;
    const kept = dice.below(this.#coming.length + 1);
    for (const { event } of this.#coming.splice(kept)) event.run = undefined;
    const last = this.#coming.at(-1)?.event.at ?? 0;
    this.#endAt("reset", line.arrival(last, 0));
  }

  /** What comes to a connection that the server has closed is answered by a reset. */
  refuse(): void {
    if (this.isReset) return;
    this.#endAt("reset", this.#about.line.arrival(0, 0));
  }

  #endAt(end: "finished" | "reset", at: number): void {
    const { clock } = this.#about;
    clock.after(Math.max(0, at - clock.now), () => {
      if (this.#isOver) return;
      this.#end = end;
      if (end === "reset") this.#about.onReset();
      this.#wake();
    });
  }

  get #isOver(): boolean {
    return this.#about.closed || this.#about.forgotten || this.isReset;
  }

  // The client's side.

  read(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#deliver();
    });
  }

  /** Reads nothing more; whether something was left unread. */
  abandon(): boolean {
    const isUnread = this.hasUnread || this.#coming.length > 0;
    this.#inbox = "";
    this.#wake();
    return isUnread;
  }

  /** What arrives at the same time is read together. */
  #wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    this.#about.clock.after(0, () => {
      this.#isWaking = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const { dice, closed } = this.#about;
    const reading = this.#reading;
    if (reading === undefined) return;
    if (!closed && this.#inbox === "" && this.#end === "open") return;
    this.#reading = undefined;
    if (closed) return reading.resolve(null);
    if (this.#inbox !== "") {
      const size = dice.chance(0.2) ? dice.between(1, this.#inbox.length) : this.#inbox.length;
      const text = this.#inbox.slice(0, size);
      this.#inbox = this.#inbox.slice(size);
      return reading.resolve(new Uint8Array(Buffer.from(text, "latin1")));
    }
    if (this.#end === "reset") reading.reject(lost("reset by the server"));
    else reading.resolve(null);
  }
}
