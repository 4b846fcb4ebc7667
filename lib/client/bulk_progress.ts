/**
 * How far the sending of many messages has come.
 *
 * @module
 */

/** Counts of messages whose delivery is known. */
export interface BulkProgress {
  /** Messages that were accepted, for some recipient at least. */
  readonly sent: number;
  /** All others. */
  readonly failed: number;
  /** Octets of content of the messages that were accepted. */
  readonly octets: number;
  /** Messages that there will be, where that is known. */
  readonly total: number | undefined;
  /** Milliseconds since the first message was asked for. */
  readonly elapsed: number;
  /** Messages a second over that time, accepted or not. */
  readonly rate: number;
  /** Whether this is the last call. */
  readonly done: boolean;
}

/** Told how far the sending of many messages has come. */
export type OnBulkProgress = (progress: BulkProgress) => void;

/** Milliseconds between two calls at least. */
const INTERVAL = 200;

/** Counts deliveries, and tells of them now and then: when one comes in, without a timer. */
export class Meter {
  readonly #onProgress: OnBulkProgress;
  readonly #onError: (error: unknown) => void;
  readonly #total: number | undefined;
  readonly #begun: number = performance.now();
  #due: number = this.#begun + INTERVAL;
  #sent = 0;
  #failed = 0;
  #octets = 0;

  /** @param onError told what the function throws, or its promise is rejected with */
  constructor(
    onProgress: OnBulkProgress,
    total: number | undefined,
    onError: (error: unknown) => void,
  ) {
    this.#onProgress = onProgress;
    this.#onError = onError;
    this.#total = total;
  }

  /** Counts a message that was accepted. */
  sent(octets: number): void {
    this.#sent++;
    this.#octets += octets;
    this.#tellIfDue();
  }

  /** Counts one that was not. */
  failed(): void {
    this.#failed++;
    this.#tellIfDue();
  }

  /** Tells for the last time. */
  end(): void {
    this.#tell(performance.now(), true);
  }

  #tellIfDue(): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + INTERVAL;
    this.#tell(now, false);
  }

  #tell(now: number, done: boolean): void {
    const elapsed = now - this.#begun;
    const count = this.#sent + this.#failed;
    try {
      const told: unknown = this.#onProgress({
        sent: this.#sent,
        failed: this.#failed,
        octets: this.#octets,
        total: this.#total,
        elapsed,
        rate: elapsed === 0 ? 0 : count / elapsed * 1_000,
        done,
      });
      if (told instanceof Promise) told.catch(this.#onError);
    } catch (error) {
      this.#onError(error);
    }
  }
}
