/**
 * A child process that says `ready` on its standard output and ends when its standard input does; so it ends with the test
 * process, however that ends.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";

/** A running child. */
export interface Child {
  /** Ends its standard input and waits until it is gone. */
  stop(): Promise<void>;
}

const START_MS = 20_000;
const STOP_MS = 10_000;

/** Starts `command` and waits for its line `ready`; throws with what it printed when that does not come. */
export async function startChild(command: string, args: readonly string[]): Promise<Child> {
  // Detached: Deno would kill it outright as it ends itself, before the child could end what it started.
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  await ready(child, [command, ...args].join(" "));
  return {
    async stop() {
      const timer = setTimeout(() => child.kill("SIGTERM"), STOP_MS);
      child.stdin!.on("error", () => {}); // it may be gone already
      child.stdin!.end();
      await gone;
      clearTimeout(timer);
    },
  };
}

function ready(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => {
      child.kill("SIGTERM");
      reject(new Error(`${name} did not get ready in ${START_MS} ms: ${output}`));
    }, START_MS);
    function onOutput(chunk: unknown): void {
      output += String(chunk);
      if (!/^ready$/m.test(output)) return;
      clearTimeout(timer);
      resolve();
    }
    child.stdout!.on("data", onOutput);
    child.stderr!.on("data", onOutput);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(new Error(`${name} cannot be started`, { cause }));
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with code ${code}: ${output}`));
    });
  });
}
