/**
 * The tests' side of `fault_proxy.mjs`: a network that delays, cuts and corrupts at exactly the octets that a plan names.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Acts that end a connection or one of its directions. */
export type Cut = "reset" | "half-close" | "close" | "hang";

/** What happens to a direction after `at` of its octets. */
export type Fault =
  | { readonly at: number; readonly act: Cut }
  | { readonly at: number; readonly act: "delay"; readonly ms: number }
  | { readonly at: number; readonly act: "split"; readonly size: number }
  | { readonly at: number; readonly act: "coalesce"; readonly size: number; readonly ms: number }
  | { readonly at: number; readonly act: "corrupt"; readonly mask: number };

/** `up`: from the client to the server. */
export type Way = "up" | "down";

/** What happens to one connection; each list in the order of its places. */
export type Plan = Readonly<Partial<Record<Way, readonly Fault[]>>>;

/** What went through one connection. */
export interface Link {
  /** Whether the server was reached. */
  readonly connected: boolean;
  /** Octets that were handed on. */
  readonly up: number;
  readonly down: number;
  /** Faults of the plan that have happened. */
  readonly struck: number;
}

/** A port that leads to a server. */
export interface Gate {
  readonly port: number;
  /** Waits until its connections are over. */
  close(): Promise<readonly Link[]>;
}

/** The running proxy. */
export interface FaultProxy {
  /** Opens a port whose n-th connection gets the n-th plan. */
  open(target: number, plans: readonly Plan[]): Promise<Gate>;
  stop(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly port: number;
  readonly links: readonly Link[];
}

/** Starts it. Node is what it runs on, whatever runs the tests. */
export function startFaultProxy(): FaultProxy {
  const program = fileURLToPath(new URL("./fault_proxy.mjs", import.meta.url));
  const child = spawn("node", [program], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let last = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  const gone = once(child, "exit").then(() => {
    for (const { reject } of waiting.values()) reject(new Error("the fault proxy has ended"));
  });
  const ask = (command: object) =>
    new Promise<Answer>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  return {
    async open(target, plans) {
      const { port } = await ask({ op: "open", target, plans });
      return { port, close: async () => (await ask({ op: "close", port })).links };
    },
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}
