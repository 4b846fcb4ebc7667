/**
 * Lets messages that come one after the other go out together, although each comes by itself: what is asked for in one
 * tick leaves in one write. None of them waits for anything that takes time.
 *
 * @module
 */
import type { Job } from "./job.ts";
import type { Pool } from "./pool.ts";

/** Messages that go out together at most. */
export const BATCH = 32;

/** Turns of the microtask queue for which a message waits for the next one. */
const HOPS = 8;

/** Jobs that wait for each other. */
export class Batch {
  readonly #pool: Pool;
  #jobs: Job[] = [];
  #hops = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Adds a job, and hands all over when there are enough, or no more come. */
  join(job: Job): void {
    const isFirst = this.#jobs.push(job) === 1;
    if (this.#jobs.length >= BATCH) return this.submit();
    this.#hops = HOPS;
    if (!isFirst) return;
    const hop = () => {
      if (this.#jobs.length === 0) return;
      if (this.#hops-- > 0) queueMicrotask(hop);
      else this.submit();
    };
    queueMicrotask(hop);
  }

  /** Hands over what waits. */
  submit(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const job of jobs) this.#pool.submit(job);
  }
}
