/**
 * How much of what can be drawn or swept is tried: every day a part, in CI (which sets `POSTHASTE_SEEDS`) all of it.
 *
 * @module
 */
import process from "node:process";

/** Whether all is tried, on each runtime. */
export const ALL: boolean = process.env.POSTHASTE_SEEDS !== undefined;

/** How often a property is tried: so many times, every day the first quarter of them. */
export function tries(all: number): number {
  return ALL ? all : Math.ceil(all / 4);
}

/**
 * Whether this runtime tries one of many cases, given its number. Every day Deno tries the even ones and Node the odd ones:
 * for code that knows of no runtime, which leaves none untried.
 */
export function isMine(index: number): boolean {
  return ALL || index % 2 === ("Deno" in globalThis ? 0 : 1);
}
