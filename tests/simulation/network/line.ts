/**
 * The line that a connection leads over: how what is sent is cut up, and when it arrives.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";

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

/** One connection's line, the same in both directions. */
export class Line {
  readonly temper: LineTemper;
  readonly #clock: Clock;
  readonly #dice: Dice;

  constructor(temper: LineTemper, about: { readonly clock: Clock; readonly dice: Dice }) {
    this.temper = temper;
    this.#clock = about.clock;
    this.#dice = about.dice;
  }

  /** The segments in which a text is carried. */
  cut(text: string): string[] {
    const { segments } = this.temper;
    if (segments === 1 || text.length < 2) return [text];
    const count = Math.min(this.#dice.between(1, segments), text.length);
    const cuts = Array.from({ length: count - 1 }, () => this.#dice.between(1, text.length - 1)).sort((a, b) => a - b);
    return [0, ...cuts].map((at, index) => text.slice(at, cuts[index])).filter((one) => one !== "");
  }

  /** When a segment arrives: not before the one ahead of it. */
  arrival(last: number, octets: number): number {
    const { latency, jitter, bandwidth } = this.temper;
    const at = this.#clock.now + latency + octets / bandwidth + (jitter > 0 ? this.#dice.real() * jitter : 0);
    return Math.max(last, at);
  }
}
