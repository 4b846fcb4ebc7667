/**
 * Dialogues that wait for their turn, and the window: how many messages may be under way before one has its reply.
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

const UNBOUNDED: Window = { messages: Infinity, octets: Infinity };

/** The queue of a pipeline. */
export class Waiting {
  readonly #window: Window;
  readonly #list: Running[] = [];
  #messages = 0;
  #octets = 0;

  constructor(window: Window = UNBOUNDED) {
    this.#window = window;
  }

  get empty(): boolean {
    return this.#list.length === 0;
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
      if (this.#messages >= this.#window.messages || this.#octets >= this.#window.octets) return undefined;
      this.#messages++;
      this.#octets += running.exposure;
    }
    return this.#list.shift();
  }

  /** A dialogue that was taken has ended. */
  release(running: Running): void {
    if (running.exposure === undefined || !running.begun) return;
    this.#messages--;
    this.#octets = this.#messages === 0 ? 0 : this.#octets - running.exposure;
  }

  /** Takes all back. */
  clear(): readonly Running[] {
    return this.#list.splice(0);
  }
}
