/**
 * Dialogues that wait for their turn, and the window: how many messages may be under way before one has its reply.
 *
 * A server may end a session that has seen many refusals, and what was under way is in doubt then. So a session begins with
 * a few messages under way, each that is accepted makes room for one more, and each that is refused halves the room: where
 * nearly all is accepted the window is full after a few round trips, and where nearly all is refused there is one in doubt.
 *
 * @module
 */
import type { Running } from "./running.ts";

/** How much may be in doubt should the connection break; one message may always be, whatever its size. */
export interface Window {
  /** Messages. */
  readonly messages: number;
  /** Octets of their contents: nothing is begun while as many are under way. */
  readonly octets: number;
}

/** Messages under way in a session that has accepted none yet. Own limit: servers bear ten refusals at the least. */
const FIRST = 8;

const UNBOUNDED: Window = { messages: Infinity, octets: Number.MAX_SAFE_INTEGER };

/** The queue of a pipeline. */
export class Waiting {
  readonly #window: Window;
  readonly #list: Running[] = [];
  #messages = 0;
  #octets = 0;
  /** Messages that may be under way just now. */
  #room: number;

  constructor(window: Window = UNBOUNDED) {
    this.#window = window;
    this.#room = Math.min(FIRST, window.messages);
  }

  push(running: Running): void {
    this.#list.push(running);
  }

  /** Puts a dialogue that has begun before all others. */
  unshift(running: Running): void {
    this.#list.unshift(running);
  }

  /** Takes back a dialogue. */
  remove(running: Running): void {
    const at = this.#list.indexOf(running);
    if (at >= 0) this.#list.splice(at, 1);
  }

  /** The next one, if the window has room for it. */
  take(): Running | undefined {
    const running = this.#list[0];
    if (running === undefined) return undefined;
    if (running.exposure !== undefined && !running.begun) {
      if (this.#messages >= this.#room || this.#octets >= this.#window.octets) return undefined;
      this.#messages++;
      this.#octets += this.#shareOf(running.exposure);
    }
    return this.#list.shift();
  }

  /** A dialogue that was taken has ended; `end` says how, where the server has said something of its message. */
  release(running: Running, end: "accepted" | "refused" | undefined): void {
    if (running.exposure === undefined || !running.begun) return;
    if (end === "accepted") this.#room = Math.min(this.#window.messages, this.#room + 1);
    else if (end === "refused") this.#room = Math.max(1, this.#room >> 1);
    this.#messages--;
    this.#octets -= this.#shareOf(running.exposure);
  }

  /** Octets that a message takes of the window: all of it, if need be. */
  #shareOf(exposure: number): number {
    return Math.min(exposure, this.#window.octets);
  }

  /** Takes all back. */
  clear(): readonly Running[] {
    return this.#list.splice(0);
  }
}
