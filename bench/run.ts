/**
 * Carries out a plan: short rounds, everybody once a round, so that a machine that slows down does so for all.
 *
 * @module
 */
import { CONTESTANTS, type Entry } from "./contestants.ts";
import type { Answer } from "./job.ts";
import { compileNative } from "./native.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Place } from "./place.ts";
import type { Run } from "./plan.ts";
import { findSmtpSource, runSmtpSource } from "./smtp_source.ts";
import { runJob, runtimeCommand } from "./worker_process.ts";

/** Milliseconds for one worker. */
const WORKER_LIMIT = 60_000;

/** What all runs share. */
export interface Equipment {
  readonly worker: string;
  /** Where things are compiled. */
  readonly folder: string;
  /** The file that is attached. */
  readonly path: string;
  readonly effort: number;
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** Where a run takes place, and flags for the runtime. */
export interface Measuring {
  readonly equipment: Equipment;
  readonly place: Place;
  readonly flags?: readonly string[];
}

/** Measures one entry once. */
export async function measureOnce(
  { one, rtt }: Run,
  { contestant, runtime }: Entry,
  { equipment, place, flags = [] }: Measuring,
): Promise<Answer> {
  const { worker, folder, path, effort, signal } = equipment;
  signal.throwIfAborted();
  const target = place.targets[CONTESTANTS[contestant].sink];
  if (runtime === "native") {
    const program = await findSmtpSource();
    if (program === undefined) return { error: "not installed (Debian's package postfix has it)" };
    const rusage = await compileNative("rusage", folder);
    return await runSmtpSource({ ...one.source!(rtt), target }, { program, rusage, prefix: place.prefix, signal });
  }
  const command = await runtimeCommand(runtime);
  if (command === undefined) return { error: "not installed" };
  const job = one.job({ contestant, target, rtt, path, effort });
  const whole = [...place.prefix, ...command, ...flags];
  return await runJob(job, { command: whole, worker, signal, env: place.env, limit: WORKER_LIMIT });
}

/** Whether one round less is enough: for the runtimes that are measured to see whether they do as Node does. */
function isSpared({ runtime }: Entry): boolean {
  return runtime === "deno" || runtime === "bun";
}

/** Measures everybody as often as there are rounds; who cannot do it is not asked again. */
export async function carryOut(run: Run, measuring: Measuring): Promise<Outcome> {
  const { rounds, signal } = measuring.equipment;
  const answers = run.entries.map((): Answer[] => []);
  // With a round trip it is the waiting that counts, which varies little.
  const times = run.rtt > 0 ? 1 : Math.min(rounds, run.one.rounds ?? rounds);
  for (let round = 0; round < times; round++) {
    for (const [index, entry] of run.entries.entries()) {
      const last = answers[index].at(-1);
      if (last !== undefined && "error" in last) continue;
      if (round > 0 && round === times - 1 && isSpared(entry)) continue;
      answers[index].push(await measureOnce(run, entry, measuring));
    }
  }
  signal.throwIfAborted();
  return outcomeOf(run, answers);
}
