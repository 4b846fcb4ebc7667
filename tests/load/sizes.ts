/**
 * How much the load tests do: little by default, as continuous integration has it; `POSTHASTE_LOAD=full` is for machines that
 * have the time, and each size can be set by itself.
 *
 * @module
 */
import process from "node:process";

const isFull = process.env.POSTHASTE_LOAD === "full";

function sizeOf(variable: string, { usual, full }: { readonly usual: number; readonly full: number }): number {
  const value = process.env[variable];
  if (value === undefined) return isFull ? full : usual;
  const size = Number(value);
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`${variable}: must be a whole number above 0`);
  return size;
}

/** Sessions that are opened and closed. */
export const SESSIONS: number = sizeOf("POSTHASTE_LOAD_SESSIONS", { usual: 300, full: 10_000 });

/** Messages in one `sendAll`. */
export const MESSAGES: number = sizeOf("POSTHASTE_LOAD_MESSAGES", { usual: 20_000, full: 1_000_000 });

/** Sessions at the same time. */
export const TOGETHER: number = sizeOf("POSTHASTE_LOAD_TOGETHER", { usual: 500, full: 500 });

/** Seconds for which servers die. */
export const SECONDS: number = sizeOf("POSTHASTE_LOAD_SECONDS", { usual: 4, full: 600 });
