/**
 * The command line.
 *
 * @module
 */
import { type RuntimeName, RUNTIMES } from "./worker_process.ts";

export interface BenchOptions {
  /** Names of cases, or beginnings of names; all when empty. */
  readonly only: readonly string[];
  readonly runtimes: readonly RuntimeName[];
  readonly quick: boolean;
  readonly rounds: number;
  /** Write `docs/benchmarks.md` and its chart. */
  readonly write: boolean;
  /** Run each chosen case once, with the profiler of Node, for this library alone. */
  readonly profile: boolean;
}

export const USAGE =
  `deno task bench [--only=NAME,...] [--runtime=node,deno,bun] [--quick] [--rounds=N] [--write] [--profile]`;

function listOf(value: string): string[] {
  return value.split(",").filter((word) => word !== "");
}

/** @throws {Error} what is not understood */
export function parseOptions(args: readonly string[]): BenchOptions {
  let only: readonly string[] = [];
  let runtimes: readonly RuntimeName[] = RUNTIMES;
  let rounds: number | undefined;
  const flags = new Set<string>();
  for (const arg of args) {
    const [name, value] = arg.split("=", 2) as [string, string | undefined];
    if (name === "--only" && value !== undefined) only = listOf(value);
    else if (name === "--runtime" && value !== undefined) {
      runtimes = listOf(value).map((word) => {
        const known = RUNTIMES.find((runtime) => runtime === word);
        if (known === undefined) throw new Error(`${word}: there are ${RUNTIMES.join(", ")}`);
        return known;
      });
    } else if (name === "--rounds" && /^[1-9]\d?$/.test(value ?? "")) rounds = Number(value);
    else if (["--quick", "--write", "--profile"].includes(name) && value === undefined) flags.add(name);
    else throw new Error(`Unknown option ${arg}\n${USAGE}`);
  }
  const quick = flags.has("--quick");
  return {
    only,
    runtimes,
    quick,
    rounds: rounds ?? (quick ? 1 : 3),
    write: flags.has("--write"),
    profile: flags.has("--profile"),
  };
}
