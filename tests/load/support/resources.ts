/**
 * What a process holds: sockets, handles, timers, memory.
 *
 * @module
 */

import { readdir, readFile, readlink } from "node:fs/promises";
import process from "node:process";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Milliseconds in which what was closed has to be gone. */
const WAIT_MS = 10_000;

/** How many of each kind there are. */
export type Held = Readonly<Record<string, number>>;

/** TCP sockets of this process, and on Node what keeps its loop going, timers too. */
async function held(): Promise<Held> {
  const counts: Record<string, number> = { sockets: (await tcpSockets()).length };
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/**
 * Those that the system lists, and those that are in no list, as one is that was reset and not closed. Unix sockets are the
 * runtime's own channels, to child processes and for signals, and come when they are first needed.
 */
async function tcpSockets(): Promise<readonly string[]> {
  const targets = await Promise.all(
    // The one that reads the folder is gone by now.
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  const inodes = targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
  const [tcp, tcp6, unix] = await Promise.all(
    ["tcp", "tcp6", "unix"].map(async (name) => (await readFile(`/proc/self/net/${name}`, "utf8")).split("\n")),
  );
  const lineOf = (lines: readonly string[], inode: string) => lines.find((line) => line.split(" ").includes(inode));
  return inodes.filter((inode) => lineOf(unix!, inode) === undefined)
    .map((inode) => lineOf([...tcp!, ...tcp6!], inode) ?? `${inode}: in no list`);
}

/** What is held when nothing more goes away: waits until it is no more than `limit`, or says what is left. */
export async function heldAtRest(limit?: Held): Promise<Held> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const now = await held();
    if (limit === undefined || isWithin(now, limit)) return now;
    if (Date.now() > deadline) {
      console.log(
        `held: ${JSON.stringify(now)}, at rest ${JSON.stringify(limit)}\n${(await tcpSockets()).join("\n")}`,
      );
      return now;
    }
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
