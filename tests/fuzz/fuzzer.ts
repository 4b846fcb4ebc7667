/**
 * Runs targets in turn until the time is over. What reaches a part of the library that nothing has reached before is noted,
 * and not changed further in the same run: that made inputs longer and runs slower, and reached no more.
 *
 * @module
 */
import process from "node:process";
import { seededNumbers } from "../support/seeded.ts";
import { Coverage, type Parts } from "./coverage.ts";
import { type Dice, MOST, mutated, shrunk, wordsOf } from "./mutate.ts";
import { octetsOf, type Target } from "./target.ts";

/** How it is run. */
export interface FuzzOptions {
  readonly milliseconds: number;
  readonly seed: number;
  /** Inputs to begin with, by target. */
  readonly corpus: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly parts: Parts;
}

/** What became of one target. */
export interface TargetResult {
  readonly target: Target;
  readonly coverage: Coverage;
  executions: number;
  /** Milliseconds of the slowest input. */
  slowest: number;
  /** Inputs to make others of. */
  readonly pool: readonly Uint8Array[];
  /** Inputs that made a part run that had not run before. */
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
    coverage: new Coverage(options.parts),
    executions: 0,
    slowest: 0,
    pool: [...options.corpus.get(target.name) ?? [], ...target.seeds.map(seedOctets)],
    found: [],
    failure: undefined,
  }));
  const end = Date.now() + options.milliseconds;
  for (const result of results) await replay(result);
  while (Date.now() < end && results.some(({ failure }) => failure === undefined)) {
    for (const result of results) {
      const until = Math.min(end, Date.now() + TURN);
      while (result.failure === undefined && Date.now() < until) await batch(result, dice);
      // Timers have their turn too.
      await new Promise((resolve) => setTimeout(resolve));
      result.coverage.take();
    }
  }
  return results;
}

/** A seed as an input. */
export function seedOctets(seed: string): Uint8Array {
  // deno-lint-ignore no-control-regex
  return /[^\x00-\xff]/.test(seed) ? new TextEncoder().encode(seed) : octetsOf(seed);
}

async function replay(result: TargetResult): Promise<void> {
  for (const input of result.pool) await execute(result, input);
  result.coverage.take();
}

async function batch(result: TargetResult, dice: Dice): Promise<void> {
  const inputs = made(result, dice);
  for (const input of inputs) {
    await execute(result, input);
    if (result.failure !== undefined) return;
    if (result.coverage.take()) result.found.push(input);
  }
}

/** Inputs of one kind: texts of the target's words, inputs of its grammar, half of them changed, or changed ones of the pool. */
function made({ target, pool }: TargetResult, dice: Dice): readonly Uint8Array[] {
  const { words, grammar } = target;
  const about = { words, others: pool };
  const kind = dice(8);
  return Array.from({ length: BATCH }, () => {
    if (kind === 0) return wordsOf(words, dice);
    if (kind > 3 || grammar === undefined) return mutated(pool[dice(pool.length)] ?? new Uint8Array(), dice, about);
    const input = seedOctets(grammar(dice));
    return dice(2) === 0 ? input.subarray(0, MOST) : mutated(input, dice, about);
  });
}

async function execute(result: TargetResult, input: Uint8Array): Promise<void> {
  const begin = performance.now();
  const error = await faultOf(result.target, input);
  let took = performance.now() - begin;
  result.executions++;
  // Other programs make an input slow too: what counts is the processor's time.
  if (took > SLOW) took = await processorTime(result.target, input);
  result.slowest = Math.max(result.slowest, took);
  const fault = error ?? (took > SLOW ? new Error(`It took ${Math.round(took)} ms`) : undefined);
  if (fault === undefined) return;
  const least = took > SLOW
    ? input
    : await shrunk(input, async (one) => await faultOf(result.target, one) !== undefined);
  result.failure = { input: least, error: await faultOf(result.target, least) ?? fault };
}

async function processorTime(target: Target, input: Uint8Array): Promise<number> {
  const begin = process.cpuUsage();
  await faultOf(target, input);
  return millisecondsSince(begin);
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
