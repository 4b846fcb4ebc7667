/**
 * Runs targets in turn until the time is over. With coverage, what reaches a part of the library that nothing has reached
 * before is kept to be changed further.
 *
 * @module
 */
import process from "node:process";
import fc from "fast-check";
import { seededNumbers } from "../support/seeded.ts";
import type { Coverage } from "./coverage.ts";
import { type Dice, MOST, mutated, shrunk } from "./mutate.ts";
import { octetsOf, type Target } from "./target.ts";

/** How it is run. */
export interface FuzzOptions {
  readonly milliseconds: number;
  readonly seed: number;
  /** Inputs to begin with, by target. */
  readonly corpus: ReadonlyMap<string, readonly Uint8Array[]>;
  /** Default: blind. */
  readonly coverage?: Coverage | undefined;
}

/** What became of one target. */
export interface TargetResult {
  readonly target: Target;
  executions: number;
  /** Milliseconds of the slowest input. */
  slowest: number;
  /** Inputs that made a part run that had not run before, or more often, and those that it began with. */
  readonly pool: Uint8Array[];
  /** Those that made a part run that had not run before. */
  readonly found: Uint8Array[];
  failure: { readonly input: Uint8Array; readonly error: unknown } | undefined;
}

/** Milliseconds of a target's turn, and inputs that are made at once. */
const TURN = 200;
const BATCH = 32;
/** Milliseconds of the processor's for an input of at most 4 KiB: an input that takes so long has found a fault of its own. */
const SLOW = 3_000;
/** Milliseconds after which what waits is taken to wait for ever. */
const HANGING = 30_000;

/** Runs all of them. */
export async function fuzz(targets: readonly Target[], options: FuzzOptions): Promise<readonly TargetResult[]> {
  const dice = seededNumbers(options.seed);
  const results = targets.map((target): TargetResult => ({
    target,
    executions: 0,
    slowest: 0,
    pool: [...options.corpus.get(target.name) ?? [], ...target.seeds.map(seedOctets)],
    found: [],
    failure: undefined,
  }));
  const end = Date.now() + options.milliseconds;
  for (const result of results) await replay(result, options.coverage);
  while (Date.now() < end && results.some(({ failure }) => failure === undefined)) {
    for (const result of results) {
      const until = Math.min(end, Date.now() + TURN);
      while (result.failure === undefined && Date.now() < until) await batch(result, dice, options.coverage);
      // Timers have their turn too.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return results;
}

/** A seed as an input. */
export function seedOctets(seed: string): Uint8Array {
  // deno-lint-ignore no-control-regex
  return /[^\x00-\xff]/.test(seed) ? new TextEncoder().encode(seed) : octetsOf(seed);
}

async function replay(result: TargetResult, coverage: Coverage | undefined): Promise<void> {
  for (const input of [...result.pool]) await execute(result, input);
  coverage?.take();
}

async function batch(result: TargetResult, dice: Dice, coverage: Coverage | undefined): Promise<void> {
  const { pool, target } = result;
  const inputs = dice(8) === 0 ? made(target, dice) : Array.from({ length: BATCH }, () => {
    const from = pool[dice(pool.length)] ?? new Uint8Array();
    return mutated(from, dice, { words: target.words, others: pool });
  });
  for (const input of inputs) {
    await execute(result, input);
    if (result.failure !== undefined) return;
    const reached = coverage?.take();
    if (reached !== undefined) pool.push(input);
    if (reached === "new") result.found.push(input);
  }
}

/** Texts of the target's words, as fast-check makes them. */
function made({ words }: Target, dice: Dice): Uint8Array[] {
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("", ...words) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  );
  const texts = fc.sample(fc.array(word, { maxLength: 24 }), { seed: dice(0x7fffffff), numRuns: BATCH });
  return texts.map((pieces) => new TextEncoder().encode(pieces.join("")).subarray(0, MOST));
}

async function execute(result: TargetResult, input: Uint8Array): Promise<void> {
  const begin = process.cpuUsage();
  const error = await faultOf(result.target, input);
  const took = millisecondsSince(begin);
  result.executions++;
  result.slowest = Math.max(result.slowest, took);
  const fault = error ?? (took > SLOW ? new Error(`It took ${Math.round(took)} ms`) : undefined);
  if (fault === undefined) return;
  const least = took > SLOW
    ? input
    : await shrunk(input, async (one) => await faultOf(result.target, one) !== undefined);
  result.failure = { input: least, error: await faultOf(result.target, least) ?? fault };
}

/** The processor's time, which other programs do not make longer. */
export function millisecondsSince(begin: { readonly user: number; readonly system: number }): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}

/** How an input breaks a target's promise. An input that never comes to an end breaks it too. */
export async function faultOf(target: Target, input: Uint8Array): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const running = target.run(input.slice());
    if (running === undefined) return undefined;
    const late = new Promise<void>((_, reject) => {
      timer = setTimeout(() => reject(new Error("It has not come to an end")), HANGING);
    });
    await Promise.race([running, late]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}
