/**
 * One thing that a client was asked for and that needs a session: a transaction, or a sign of life.
 *
 * @module
 */
import { noteCancelled } from "../errors.ts";
import { has } from "../given.ts";
import type { Composed } from "../mime/compose.ts";
import { wireForm } from "../mime/content.ts";
import { type Deadline, until } from "../session/deadline.ts";
import { listen, stopListening } from "../session/listening.ts";
import type { Receipt } from "../session/receipt.ts";
import type { SendOptions } from "../session/send_options.ts";
import type { Session } from "../session/session.ts";
import type { ClientReceipt } from "./client_receipt.ts";
import type { Parts } from "./parts.ts";

/** Told of how a job ended; one of the two is called, once. */
export interface Settle {
  receipt(receipt: ClientReceipt): void;
  error(error: unknown): void;
}

/** What a job is about. */
export interface JobAbout {
  /** The message; `undefined` for a sign of life. */
  readonly composed: Composed | undefined;
  /** Checked already. */
  readonly options: SendOptions;
  /** Runs since the job was asked for. */
  readonly deadline: Deadline | undefined;
  readonly settle: Settle;
  /** The message that it is a part of, where that goes out in several transactions. */
  readonly parts?: Parts | undefined;
}

/** A job, which waits or is under way in a session. */
export class Job {
  readonly composed: Composed | undefined;
  readonly options: SendOptions;
  readonly deadline: Deadline | undefined;
  readonly settle: Settle;
  readonly parts: Parts | undefined;
  /** Where it stands among all that happened in the pool: what failed after this concerns it. */
  since = 0;
  /** When it was asked for, among the others. */
  order = 0;
  /** Sessions that failed it. */
  tries = 0;
  /** Messages that its host had taken when it was handed to a session. */
  takenBefore = 0;
  /** Whether its session had answered nothing yet when it was handed over. */
  fresh = false;
  previous: Job | undefined = undefined;
  next: Job | undefined = undefined;
  waiting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onAbort: (() => void) | undefined;

  constructor({ composed, options, deadline, settle, parts }: JobAbout) {
    this.composed = composed;
    this.options = options;
    this.deadline = deadline;
    this.settle = settle;
    this.parts = parts;
  }

  /** Does the work in a session. */
  run(session: Session): Promise<Receipt | undefined> {
    const { composed, options, deadline } = this;
    if (composed === undefined) return session.noop({ signal: options.signal }) as Promise<undefined>;
    return session.sendComposed(composed, until(options, deadline));
  }

  /** Closes those of its streams that were not read; `undefined` where it has none. Those of a part are the whole's. */
  closeUnread(): Promise<void> | undefined {
    if (this.composed === undefined || this.parts !== undefined) return undefined;
    const { content } = this.composed;
    const form = wireForm(content);
    return typeof form === "object" && has(form, "stream") ? content.release?.() : undefined;
  }

  /** Calls `giveUp` when the caller's patience ends before the job is handed to a session. */
  watch(giveUp: (job: Job, reason: unknown) => void): void {
    const { deadline, options: { signal } } = this;
    if (signal !== undefined) {
      this.#onAbort = () => {
        noteCancelled(signal.reason, "unsent");
        giveUp(this, signal.reason);
      };
      listen(signal, this.#onAbort);
    }
    if (deadline === undefined) return;
    const late = () => giveUp(this, deadline.error("connect", { doing: "opening a session or waiting for one" }));
    this.#timer = setTimeout(late, deadline.left);
  }

  /** Ends what {@link Job.watch} began. */
  unwatch(): void {
    if (this.#onAbort !== undefined) stopListening(this.options.signal!, this.#onAbort);
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#onAbort = this.#timer = undefined;
  }
}

/** Jobs that wait, in order; each can be taken out at once, wherever it stands. */
export class JobQueue {
  #first: Job | undefined;
  #last: Job | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): Job | undefined {
    return this.#first;
  }

  /** Behind those that were asked for before it. */
  insert(job: Job): void {
    let before = this.#last;
    // Mostly it is the last one; otherwise it was under way before, and belongs to the first ones.
    if (before !== undefined && before.order > job.order) {
      before = undefined;
      for (let one = this.#first; one !== undefined && one.order <= job.order; one = one.next) before = one;
    }
    job.previous = before;
    job.next = before === undefined ? this.#first : before.next;
    if (job.next === undefined) this.#last = job;
    else job.next.previous = job;
    if (before === undefined) this.#first = job;
    else before.next = job;
    job.waiting = true;
    this.#length++;
  }

  /** Takes a job out, if it waits here. */
  remove(job: Job): boolean {
    if (!job.waiting) return false;
    if (job.previous === undefined) this.#first = job.next;
    else job.previous.next = job.next;
    if (job.next === undefined) this.#last = job.previous;
    else job.next.previous = job.previous;
    job.previous = job.next = undefined;
    job.waiting = false;
    this.#length--;
    return true;
  }
}
