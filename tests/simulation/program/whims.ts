/**
 * When a program does something, and what comes in between: bad luck, and signals.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Pranks } from "./pranks.ts";

/** A program's own chance. */
export class Whims {
  readonly dice: Dice;
  readonly #clock: Clock;
  readonly #pranks: Pranks;
  readonly #isCalm: boolean;
  readonly #onTrouble: () => void;
  /** Milliseconds over which things are asked for. */
  readonly #span: number;
  #shared: AbortSignal | undefined;

  constructor(about: {
    readonly dice: Dice;
    readonly clock: Clock;
    readonly pranks: Pranks;
    /** There is no bad luck. */
    readonly isCalm: boolean;
    /** From now on, not all has to be accepted. */
    readonly onTrouble: () => void;
  }) {
    this.dice = about.dice;
    this.#clock = about.clock;
    this.#pranks = about.pranks;
    this.#isCalm = about.isCalm;
    this.#onTrouble = about.onTrouble;
    this.#span = about.dice.pick([0, 5, 300, 5_000, 60_000]);
  }

  /** Whether something goes wrong, or somebody loses patience. */
  luck(probability: number): boolean {
    if (this.#isCalm || !this.dice.chance(probability)) return false;
    this.#onTrouble();
    return true;
  }

  /** Milliseconds from the beginning to when something is asked for. */
  moment(): number {
    return this.dice.real() * this.#span;
  }

  /** Waits until then. */
  at(): Promise<void> {
    return this.#clock.wait(this.moment());
  }

  /** A signal that is given now and then, and only for the sake of what it belongs to. */
  signal(probability: number): AbortSignal | undefined {
    if (!this.luck(probability)) return undefined;
    const controller = new AbortController();
    const when = this.dice.pick([0, 1, this.#span, 2_000, 100_000]) * this.dice.real();
    if (this.dice.chance(0.05)) controller.abort(new Error("cancelled before"));
    this.#pranks.onceWithin(when, () => controller.abort(new Error("cancelled")));
    return controller.signal;
  }

  /** A signal for one message; some have it with others. */
  messageSignal(): AbortSignal | undefined {
    const own = this.signal(0.12);
    if (own !== undefined && this.dice.chance(0.3)) this.#shared ??= own;
    return this.#shared !== undefined && this.dice.chance(0.5) ? this.#shared : own;
  }
}
