/**
 * Meddling: what is done from within a function that the library calls.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Ledger } from "../ledger.ts";

/** What a program may do in the midst of the library's work. */
export class Pranks {
  /** One is being played. */
  isPlaying = false;
  readonly #dice: Dice;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  /** How likely one is, each time. */
  readonly #probability: number;
  readonly #waiting: (() => void)[] = [];

  constructor(about: {
    readonly dice: Dice;
    readonly clock: Clock;
    readonly ledger: Ledger;
    readonly probability: number;
  }) {
    this.#dice = about.dice;
    this.#clock = about.clock;
    this.#ledger = about.ledger;
    this.#probability = about.probability;
  }

  /** Called in the midst of the library's work: cancels, closes, sends something else, throws, or does none of these. */
  meddle(): void {
    const dice = this.#dice;
    if (!dice.chance(this.#probability)) return;
    const some = dice.between(1, 3);
    for (let i = 0; i < some && this.#waiting.length > 0; i++) {
      const [prank] = this.#waiting.splice(dice.below(this.#waiting.length), 1);
      this.#ledger.note("a prank is played");
      this.isPlaying = true;
      prank!();
      this.isPlaying = false;
    }
    if (dice.chance(0.3)) throw new Error("a prank");
  }

  /** The same, where the library takes a promise. */
  meddleLater(): void | Promise<void> {
    this.meddle();
    if (this.#dice.chance(this.#probability / 2)) return Promise.reject(new Error("a prank that comes later"));
  }

  /** Does something once: from within the library, or when the time has come. */
  onceWithin(ms: number, run: () => void): void {
    let isDone = false;
    const once = () => {
      if (isDone) return;
      isDone = true;
      run();
    };
    this.#waiting.push(once);
    this.#clock.after(ms, once);
  }
}
