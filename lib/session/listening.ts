/**
 * Listening to a signal once for all that one signal cancels: platforms take many listeners for a leak and say so to the
 * user, and look through all of them when another is added.
 *
 * @module
 */

const all = new WeakMap<AbortSignal, Listeners>();

/** Calls `listener` when the signal is raised, unless {@link stopListening} comes before that. */
export function listen(signal: AbortSignal, listener: () => void): void {
  let listeners = all.get(signal);
  if (listeners === undefined) {
    listeners = new Listeners(signal);
    all.set(signal, listeners);
  }
  listeners.add(listener);
}

/** Takes a listener back. */
export function stopListening(signal: AbortSignal, listener: () => void): void {
  all.get(signal)?.remove(listener);
}

/** Those who listen to one signal. */
class Listeners {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();
  readonly #onAbort = () => {
    // One may take another back, which is not called then.
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      listener();
    }
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(listener: () => void): void {
    // First: what is no signal throws here.
    if (this.#listeners.size === 0) this.#signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#listeners.add(listener);
  }

  remove(listener: () => void): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) {
      this.#signal.removeEventListener("abort", this.#onAbort);
    }
  }
}
