/**
 * What a process holds: sockets, handles, timers, memory.
 *
 * @module
 */

import { readdir, readlink } from "node:fs/promises";
import process from "node:process";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Milliseconds in which what was closed has to be gone. */
const WAIT_MS = 10_000;

/** How many of each kind there are. */
export type Held = Readonly<Record<string, number>>;

/** Sockets of this process, and on Node what keeps its loop going, timers too. */
async function held(): Promise<Held> {
  const counts: Record<string, number> = { sockets: 0 };
  for (const fd of await readdir("/proc/self/fd")) {
    // The one that reads the folder is gone by now.
    const target = await readlink(`/proc/self/fd/${fd}`).catch(() => "");
    if (target.startsWith("socket:")) counts.sockets!++;
  }
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What is held when nothing more goes away: waits until it is no more than `limit`, or says what is left. */
export async function heldAtRest(limit?: Held): Promise<Held> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const now = await held();
    if (limit === undefined || Date.now() > deadline || isWithin(now, limit)) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What there is more of than before, of the kinds that a leak would show in. */
export function moreThan(before: Held, now: Held): Held {
  const kinds = Object.keys(now).filter((kind) => KINDS.test(kind) && now[kind]! > (before[kind] ?? 0));
  return Object.fromEntries(kinds.map((kind) => [kind, now[kind]! - (before[kind] ?? 0)]));
}

/** Requests of the file system come and go with the reading itself. */
const KINDS = /^(?!FSReq|CloseReq|.*Promise|Immediate)/;

function isWithin(now: Held, limit: Held): boolean {
  return Object.keys(moreThan(limit, now)).length === 0;
}

/** Memory in octets. */
export interface Memory {
  /** Of live objects, those collected that nothing holds. */
  readonly heap: number;
  /** Array buffers and what else lies outside of the heap. */
  readonly external: number;
  readonly rss: number;
}

/** Memory after everything that nothing holds was collected. */
export async function memoryNow(): Promise<Memory> {
  // What a finalizer lets go of is collected with the next round.
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss };
}

/** A signal that never aborts, with a count of the listeners that were left on it. */
export function countedSignal(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening.delete(args[1]);
    remove(...args);
  };
  return { signal, listeners: () => listening.size };
}

/** Megabytes, for people. */
export function megabytes(octets: number): string {
  return `${(octets / 1_048_576).toFixed(1)} MB`;
}
