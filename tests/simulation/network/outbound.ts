/**
 * From the client to the server: what is being written, what is on its way, and what a server that does not read leaves
 * lying.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Line } from "./line.ts";

/** What this direction knows of its connection. */
export interface OutboundAbout {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly line: Line;
  /** A segment has come to the other end. */
  onArrival(segment: string): void;
  /** The server reads a segment. */
  onRead(segment: string): void;
  /** Octets were changed before they were written. */
  onChanged(): void;
}

interface Writing {
  readonly octets: Uint8Array;
  /** As it was when it was handed over. */
  readonly text: string;
  sent: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** One direction of a connection. */
export class Outbound {
  readonly #about: OutboundAbout;
  #writing: Writing | undefined;
  #going = 0;
  #goingLast = 0;
  #held: string[] = [];
  #isHeld = false;

  constructor(about: OutboundAbout) {
    this.#about = about;
  }

  get isBeingWritten(): boolean {
    return this.#writing !== undefined;
  }

  /** Something has arrived that the server does not read. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  // The client's side.

  /** @param text what the octets are */
  write(octets: Uint8Array, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writing = { octets, text, sent: 0, resolve, reject };
      this.#pump();
    });
  }

  stopWriting(error: unknown): void {
    const writing = this.#writing;
    this.#writing = undefined;
    writing?.reject(error);
  }

  /** When the end arrives that is written now. */
  end(): number {
    return this.#about.line.arrival(this.#goingLast, 0);
  }

  #pump(): void {
    const writing = this.#writing;
    if (writing === undefined) return;
    const { clock, dice, line } = this.#about;
    const { text } = writing;
    // Large ones find more room, so that they do not take for ever, and room is used when there is some.
    const capacity = Math.max(line.temper.capacity, text.length >> 3);
    const left = text.length - writing.sent;
    const room = Math.min(capacity - this.#going, left);
    if (left === 0 || room < Math.min(left, (capacity + 1) >> 1)) return;
    const piece = text.slice(writing.sent, writing.sent + room);
    writing.sent += room;
    this.#going += room;
    for (const segment of line.cut(piece)) {
      this.#goingLast = line.arrival(this.#goingLast, segment.length);
      clock.after(this.#goingLast - clock.now, () => this.#about.onArrival(segment));
    }
    if (writing.sent < text.length) return;
    // The reply may come before the write is reported done.
    const late = dice.pick([0, 0, 0, 0, 0, 0.1, 3 * line.temper.latency, 100]);
    const done = () => {
      if (this.#writing !== writing) return;
      this.#writing = undefined;
      const { buffer, byteOffset, length } = writing.octets;
      if (Buffer.from(buffer, byteOffset, length).toString("latin1") !== text) this.#about.onChanged();
      writing.resolve();
    };
    if (late === 0) done();
    else clock.after(late, done);
  }

  // The server's side.

  /** The server reads a segment that has arrived, unless it has stopped doing so. */
  take(segment: string): void {
    if (this.#isHeld) this.#held.push(segment);
    else this.#hand(segment);
  }

  /** Stops reading, or goes on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) return;
    for (const text of this.#held.splice(0)) this.#hand(text);
  }

  #hand(segment: string): void {
    this.#going -= segment.length;
    this.#about.onRead(segment);
    this.#pump();
  }
}
