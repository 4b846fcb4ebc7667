/**
 * The command line.
 *
 * @module
 */

export const RUNTIMES = ["node", "deno", "bun"] as const;
export type RuntimeName = typeof RUNTIMES[number];

export interface BenchOptions {
  /** Names of cases, or beginnings of names; all when empty. */
  readonly only: readonly string[];
  readonly runtimes: readonly RuntimeName[];
  /** Less of everything, for a first look. */
  readonly quick: boolean;
  /** Every library in every runtime at every distance. */
  readonly full: boolean;
  readonly rounds: number;
  /** Run this library alone, once, with the profiler of Node. */
  readonly profile: boolean;
  /** Whether the run is what the documentation describes: nothing was left out. */
  readonly complete: boolean;
}

export const USAGE =
  "deno task bench [--only=CASE,...] [--runtime=node,deno,bun] [--quick] [--full] [--rounds=N] [--profile]";

function wordsOf(value: string): string[] {
  return value.split(",").filter((word) => word !== "");
}

function runtimeNamed(word: string): RuntimeName {
  const known = RUNTIMES.find((runtime) => runtime === word);
  if (known === undefined) throw new Error(`${word} is no runtime; there are ${RUNTIMES.join(", ")}`);
  return known;
}

/** @throws {Error} what is not understood */
export function parseOptions(args: readonly string[]): BenchOptions {
  let only: readonly string[] = [];
  let runtimes: readonly RuntimeName[] = RUNTIMES;
  let rounds: number | undefined;
  const flags = new Set<string>();
  for (const arg of args) {
    const [name, value] = arg.split("=", 2) as [string, string | undefined];
    if (name === "--only" && value !== undefined) only = wordsOf(value);
    else if (name === "--runtime" && value !== undefined) runtimes = wordsOf(value).map(runtimeNamed);
    else if (name === "--rounds" && /^[1-9]\d?$/.test(value ?? "")) rounds = Number(value);
    else if (["--quick", "--full", "--profile"].includes(name) && value === undefined) flags.add(name);
    else throw new Error(`Unknown option ${arg}\n${USAGE}`);
  }
  const [quick, full, profile] = ["--quick", "--full", "--profile"].map((flag) => flags.has(flag));
  const complete = only.length === 0 && runtimes.length === RUNTIMES.length && !quick && !profile;
  return { only, runtimes, quick, full, profile, complete, rounds: rounds ?? (quick ? 1 : 3) };
}
