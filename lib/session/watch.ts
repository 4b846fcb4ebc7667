/**
 * One timer for a session's limits. It is not set anew for each command: it is left alone while it is due too early, and
 * looks again then.
 *
 * @module
 */

/** Milliseconds by which a timer comes too late only because the process stood still. Own limit. */
const LATE = 1_000;

/** Milliseconds for what came meanwhile to be read: a reply that is here has come in time. Own limit. */
const EXCUSED = 1_000;

/** Watches two points in time: when the next reply is due, and when the write under way is. */
export class Watch {
  readonly #onDue: (what: "reply" | "write") => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Infinity;
  #replyDue = Infinity;
  #writeDue = Infinity;
  #excused = false;

  constructor(onDue: (what: "reply" | "write") => void) {
    this.#onDue = onDue;
  }

  /** The next reply is due in `ms` milliseconds; `undefined`: none is. */
  reply(ms: number | undefined): void {
    this.#excused = false;
    this.#replyDue = ms === undefined ? Infinity : performance.now() + ms;
    this.#arm();
  }

  /** The write under way has `ms` milliseconds; `undefined`: there is none. */
  write(ms: number | undefined): void {
    this.#excused = false;
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
    const now = performance.now();
    const due = Math.min(this.#replyDue, this.#writeDue);
    if (now < due) return this.#arm();
    if (now - due < LATE || this.#excused) return this.#onDue(this.#writeDue < this.#replyDue ? "write" : "reply");
    this.#excused = true;
    this.#replyDue = Math.max(this.#replyDue, now + EXCUSED);
    this.#writeDue = Math.max(this.#writeDue, now + EXCUSED);
    this.#arm();
  }
}
