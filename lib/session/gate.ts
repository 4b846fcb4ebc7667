/**
 * Where what is asked of a session waits until something else has ended, such as a command that changes what the server
 * offers. Who came first goes first, whatever each waits with: a signal, a deadline, nothing.
 *
 * @module
 */
import type { Patience } from "./patience.ts";
import { waitFor } from "./within.ts";

/** Open, or shut until something has ended. */
export class Gate {
  #shut: Promise<unknown> | undefined;
  /** Ends when everybody is through who waits now. */
  #last: Promise<void> | undefined;

  /** Whether nobody has to wait. */
  get isOpen(): boolean {
    return this.#shut === undefined && this.#last === undefined;
  }

  /** Shuts it until `ended` is settled, however that is. */
  shutUntil(ended: Promise<unknown>): void {
    const open = () => {
      if (this.#shut === shut) this.#shut = undefined;
    };
    const shut: Promise<void> = ended.then(open, open);
    this.#shut = shut;
  }

  /**
   * Begins something when its turn has come; what it writes is asked for before the next one's.
   *
   * @throws what `begin` does; the signal's reason, or a {@link TimeoutError}, when patience ends before its turn
   */
  async through<T>(begin: () => Promise<T>, patience: Patience): Promise<T> {
    const before = this.#last;
    const { mine, leave } = place();
    const last = before === undefined ? mine : before.then(() => mine);
    this.#last = last;
    last.then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    let begun: Promise<T>;
    try {
      if (before !== undefined) await waitFor(before, patience);
      while (this.#shut !== undefined) await waitFor(this.#shut, patience);
      begun = begin();
    } finally {
      leave();
    }
    return await begun;
  }
}

function place(): { readonly mine: Promise<void>; readonly leave: () => void } {
  let leave = () => {};
  const mine = new Promise<void>((resolve) => leave = resolve);
  return { mine, leave: () => leave() };
}
