/**
 * A client's messages that are still being composed: they are under way, though the pool does not know of them yet.
 *
 * @module
 */
import type { Composed } from "../mime/compose.ts";
import { type Cancelling, composedWithin } from "../session/composing.ts";
import type { Deadline } from "../session/deadline.ts";

/** Told of how composing ended; one of the two is called, once, and none of them may throw. */
export interface WhenComposed {
  composed(composed: Composed): void;
  failed(error: unknown): void;
}

/** How long a caller waits. */
export interface ComposingPatience {
  readonly signal: AbortSignal | undefined;
  readonly deadline: Deadline | undefined;
}

/** Counts what is being composed. */
export class Composings {
  readonly #relays = new Map<AbortSignal, Relay>();
  #count = 0;
  #onNone: (() => void) | undefined;

  /** Waits for a message as long as its caller does. */
  add(work: Promise<Composed>, { signal, deadline }: ComposingPatience, { composed, failed }: WhenComposed): void {
    this.#count++;
    composedWithin(work, { signal: signal && this.#relayOf(signal), deadline }).then(composed, failed).finally(() => {
      if (--this.#count === 0) this.#onNone?.();
    });
  }

  /** Waits until what is composed was handed on. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#onNone = resolve);
  }

  #relayOf(signal: AbortSignal): Relay {
    let relay = this.#relays.get(signal);
    if (relay === undefined) {
      relay = new Relay(signal, () => this.#relays.delete(signal));
      this.#relays.set(signal, relay);
    }
    return relay;
  }
}

/** Listens to a signal once for all messages that one signal cancels: platforms take many listeners for a leak. */
class Relay implements Cancelling {
  readonly #signal: AbortSignal;
  readonly #onEmpty: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #onAbort = () => {
    for (const listener of [...this.#listeners]) listener();
  };

  constructor(signal: AbortSignal, onEmpty: () => void) {
    this.#signal = signal;
    this.#onEmpty = onEmpty;
  }

  get aborted(): boolean {
    return this.#signal.aborted;
  }

  get reason(): unknown {
    return this.#signal.reason;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#onEmpty();
  }
}
