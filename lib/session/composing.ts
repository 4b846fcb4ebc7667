/**
 * Messages that take time to be composed, because they are signed, encrypted or loaded: their callers' patience holds for
 * that too.
 *
 * @module
 */
import { noteCancelled } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import { Deadline } from "./deadline.ts";
import type { Patience } from "./patience.ts";
import { withDeadline } from "./within.ts";

/**
 * Milliseconds that composing may take, where its caller says nothing else. Own limit, as long as a server may take for a message:
 * a key that never answers, or a stream that is read for a signature and hangs, would keep a client from closing for ever.
 */
const LONGEST = 600_000;

/** Whether a message is still being composed. */
export function isComposing(composed: Composed | Promise<Composed>): composed is Promise<Composed> {
  return "then" in composed;
}

/**
 * Waits for a message. When the caller's patience ends first, what is composed after that is closed.
 *
 * @throws {TimeoutError} when the time is over; what composing throws; the signal's reason, the message `unsent`
 */
export function composedWithin(
  work: Promise<Composed>,
  { signal, deadline = new Deadline(LONGEST) }: Patience,
): Promise<Composed> {
  const late = ({ content }: Composed) => void content.release?.().catch(() => {});
  // It has begun, whether or not anybody waits for it.
  if (signal?.aborted === true) Promise.resolve(work).then(late).catch(() => {});
  return withDeadline({ phase: "content", deadline, doing: "composing", signal }, () => work, late).catch((error) => {
    if (signal?.aborted === true && error === signal.reason) noteCancelled(error, "unsent");
    throw error;
  });
}
