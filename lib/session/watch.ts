/**
 * One timer for a session's limits. It is not set anew for each command: it is left alone while it is due too early, and
 * looks again then.
 *
 * @module
 */

/** Watches two points in time: when the next reply is due, and when the write under way is. */
export class Watch {
  readonly #onDue: (what: "reply" | "write") => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Infinity;
  #replyDue = Infinity;
  #writeDue = Infinity;

  constructor(onDue: (what: "reply" | "write") => void) {
    this.#onDue = onDue;
  }

  /** The next reply is due in `ms` milliseconds; `undefined`: none is. */
  reply(ms: number | undefined): void {
    this.#replyDue = ms === undefined ? Infinity : performance.now() + ms;
    this.#arm();
  }

  /** The write under way has `ms` milliseconds; `undefined`: there is none. */
  write(ms: number | undefined): void {
    this.#writeDue = ms === undefined ? Infinity : performance.now() + ms;
    this.#arm();
  }

  /** Whether a write is under way. */
  get writing(): boolean {
    return this.#writeDue !== Infinity;
  }

  /** Lets go of the timer. */
  stop(): void {
    this.#replyDue = this.#writeDue = this.#timerDue = Infinity;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const due = Math.min(this.#replyDue, this.#writeDue);
    if (due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(() => this.#look(), Math.max(1, due - performance.now()));
  }

  #look(): void {
    this.#timerDue = Infinity;
    if (performance.now() < Math.min(this.#replyDue, this.#writeDue)) this.#arm();
    else this.#onDue(this.#writeDue < this.#replyDue ? "write" : "reply");
  }
}
