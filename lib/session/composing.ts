/**
 * Messages that take time to be composed, because they are signed, encrypted or loaded: their callers' patience holds for
 * that too.
 *
 * @module
 */
import { noteCancelled } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import type { Deadline } from "./deadline.ts";

/** A signal, as far as somebody waits for it. */
export interface Cancelling {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How long a caller waits. */
export interface Patience {
  readonly signal: Cancelling | undefined;
  readonly deadline: Deadline | undefined;
}

/** Whether a message is still being composed. */
export function isComposing(composed: Composed | Promise<Composed>): composed is Promise<Composed> {
  return "then" in composed;
}

/**
 * Waits for a message. When the caller's patience ends first, what is composed after that is closed.
 *
 * @throws {TimeoutError} when the time is over; what composing throws; the signal's reason, the message `unsent`
 */
export function composedWithin(work: Promise<Composed>, { signal, deadline }: Patience): Promise<Composed> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const end = (settle: () => void) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => {
      noteCancelled(signal!.reason, "unsent");
      end(() => reject(signal!.reason));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (deadline !== undefined) {
      const late = () => end(() => reject(deadline.error("content", { doing: "composing" })));
      timer = setTimeout(late, deadline.left);
    }
    Promise.resolve(work).then((composed) => {
      if (over) return composed.content.release?.();
      end(() => resolve(composed));
    }).catch((error: unknown) => end(() => reject(error)));
    if (signal?.aborted === true) onAbort();
  });
}
