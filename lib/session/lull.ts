/**
 * Pauses between messages. A server or a router may drop a connection meanwhile without a word; and a process that was
 * suspended (a function between two invocations, a laptop that was shut) wakes up with the server's goodbye unread.
 *
 * @module
 */

/**
 * Milliseconds without a message, after which the next one is not written whole: a server or a router may have dropped the
 * connection without a word, and a message of which only the envelope was written is certainly unsent. Own limit: shorter
 * than what any of them waits.
 */
const IDLE = 10_000;

/** Milliseconds after which what has come meanwhile is read before anything is written. Own limit: it costs two turns of the loop. */
const LULL = 100;

/** A moment by two clocks: the steady one may stand still while a machine sleeps, the other one may be set. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

/** This moment. */
export function momentNow(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/** Milliseconds since a moment, by the clock that has seen more. */
export function elapsedSince({ steady, wall }: Moment): number {
  return Math.max(performance.now() - steady, Date.now() - wall);
}

/** How a message is to be written: at once, after a turn of the event loop, or its envelope first. */
export type Pace = "at once" | "after a turn" | "envelope first";

/** How a message is to be written after a pause. */
export function afterPause(ms: number): Pace {
  return ms > IDLE ? "envelope first" : ms > LULL ? "after a turn" : "at once";
}

/**
 * Lets the platform hand over what it has: who is woken by a timer or a request may come before it. Twice, as Deno calls
 * timers that are due before it hands over what was read.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setTimeout(resolve, 0), 0));
}
