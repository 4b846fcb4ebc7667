/**
 * A mail server that dies and comes back: `tests/support/moody_server.mjs` on a port and with a log that outlive it.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How it works. */
export interface MortalOptions {
  readonly seed: number;
  readonly port: number;
  /** Path of the log: it is added to. */
  readonly log: string;
  readonly extensions: readonly string[];
  /** After how many replies something happens beside what should. */
  readonly trouble: number;
  /** After how many messages it kills itself, having taken one and not said so. */
  readonly dies: number;
}

/** The server, whether or not it lives. */
export class MortalServer {
  readonly #options: MortalOptions;
  #child: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();

  constructor(options: MortalOptions) {
    this.#options = options;
  }

  /** Starts it anew, with other moods each time. */
  async start(life: number): Promise<void> {
    const program = fileURLToPath(new URL("../../support/moody_server.mjs", import.meta.url));
    const options = { ...this.#options, seed: this.#options.seed + life };
    const child = spawn("node", [program, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#gone = once(child, "exit");
    // It may be gone before it is told to go.
    child.stdin!.on("error", () => {});
    const ready = once(createInterface({ input: child.stdout! }), "line");
    const said = String(await Promise.race([ready, this.#gone]));
    if (!said.startsWith("{")) throw new Error(`the server did not start again: ${said}`);
  }

  /** Waits so long, or until the signal; gives whether it is dead by then, and waits no longer when it is. */
  async diesWithin(ms: number, signal: AbortSignal): Promise<boolean> {
    const died = new AbortController();
    const waiting = AbortSignal.any([signal, died.signal]);
    void this.#gone.then(() => died.abort());
    await pause(ms, undefined, { signal: waiting }).catch(() => {});
    return died.signal.aborted;
  }

  /** SIGKILL: in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#child!.kill("SIGKILL");
    await this.#gone;
  }

  /** 421 in every session, and the end. */
  async goDown(): Promise<void> {
    this.#child!.stdin!.write("down\n");
    await this.#gone;
  }

  /** How often it took each message, by its number, over all its lives. */
  async taken(): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    for (const line of (await readFile(this.#options.log, "latin1")).split("\n")) {
      if (line === "") continue;
      const id = Number(line.split(" ", 1)[0]);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }
}
