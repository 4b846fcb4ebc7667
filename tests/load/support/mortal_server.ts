/**
 * A mail server that dies and comes back: `tests/support/moody_server.mjs` on a port and with a log that outlive it.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
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
    const ready = once(createInterface({ input: child.stdout! }), "line");
    const said = String(await Promise.race([ready, this.#gone]));
    if (!said.startsWith("{")) throw new Error(`the server did not start again: ${said}`);
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
