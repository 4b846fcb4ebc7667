/**
 * Measures this library beside others, in one run against a server that is never the bottleneck.
 *
 *     deno task bench [--only=NAME,...] [--runtime=node,deno,bun] [--quick] [--rounds=N] [--write] [--profile]
 *
 * @module
 */
import * as esbuild from "esbuild";
import { join } from "node:path";
import { fail, root, run } from "../scripts/process.ts";
import { type Case, CASES, FILE_SIZE } from "./cases.ts";
import { BASELINE, CONTESTANTS, type Entry } from "./contestants.ts";
import type { Answer } from "./job.ts";
import { compileNative } from "./native.ts";
import { type BenchOptions, parseOptions } from "./options.ts";
import { type CpuProfile, topLines } from "./profile_top.ts";
import { type Sinks, startSinks } from "./sinks.ts";
import { median, ratio } from "./statistics.ts";
import { buildWorker, runJob, runtimeCommand } from "./worker_process.ts";

/** Milliseconds for one worker. */
const WORKER_LIMIT = 60_000;

interface Bench extends BenchOptions {
  readonly worker: string;
  readonly sinks: Sinks;
  readonly path: string;
}

function chosen({ only }: BenchOptions): readonly Case[] {
  const cases = CASES.filter(({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)));
  if (cases.length === 0) fail(`There are the cases ${CASES.map(({ name }) => name).join(", ")}`);
  return cases;
}

async function measureOnce(
  bench: Bench,
  one: Case,
  { contestant, runtime }: Entry,
  more: string[] = [],
): Promise<Answer> {
  const command = await runtimeCommand(runtime);
  if (command === undefined) return { error: `${runtime} is not installed` };
  const target = bench.sinks.targets[CONTESTANTS[contestant].sink];
  const job = one.job({
    contestant,
    target,
    rtt: 0,
    path: bench.path,
    effort: bench.profile ? 6 : bench.quick ? 0.5 : 1,
  });
  return await runJob(job, { command: [...command, ...more], worker: bench.worker, limit: WORKER_LIMIT });
}

async function compare(bench: Bench, one: Case): Promise<void> {
  const entries = bench.runtimes.flatMap((runtime) => one.on.map((contestant): Entry => ({ contestant, runtime })));
  const rounds = entries.map((): Answer[] => []);
  for (let round = 0; round < bench.rounds; round++) {
    for (const [index, entry] of entries.entries()) rounds[index].push(await measureOnce(bench, one, entry));
  }
  console.log(`\n${one.title} (${one.unit})`);
  const figures = rounds.map((answers) =>
    answers.map((answer) => "error" in answer ? undefined : one.figure(answer, 0))
  );
  for (const [index, { contestant, runtime }] of entries.entries()) {
    const base = entries.findIndex((entry) => entry.contestant === BASELINE && entry.runtime === runtime);
    const values = figures[index].filter((value) => value !== undefined);
    const cpus = rounds[index].flatMap((answer) => "error" in answer ? [] : [answer.cpu * 1e6]);
    const label = `${runtime.padEnd(5)} ${CONTESTANTS[contestant].label.padEnd(20)}`;
    if (values.length === 0) {
      console.log(`${label} ${(rounds[index][0] as { error: string }).error}`);
      continue;
    }
    const times = base < 0 ? undefined : ratio(figures[index], figures[base]);
    console.log(
      `${label} ${median(values).toFixed(0).padStart(9)} ${times?.toFixed(2).padStart(8)}×  ${
        median(cpus).toFixed(1).padStart(8)
      } µs CPU`,
    );
  }
}

/** Profiles this library on Node in each case, and prints the functions that take the time. */
async function profile(bench: Bench, one: Case): Promise<void> {
  for (const contestant of one.on.filter((name) => CONTESTANTS[name].client === "posthaste")) {
    const name = `${one.name}-${contestant}.cpuprofile`;
    const folder = join(root, ".tmp/profiles");
    const flags = ["--cpu-prof", "--cpu-prof-interval=200", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}`];
    const answer = await measureOnce(bench, one, { contestant, runtime: "node" }, flags);
    console.log(`\n${one.title}, ${CONTESTANTS[contestant].label}: ${JSON.stringify(answer)}\n${join(folder, name)}`);
    const read = JSON.parse(await Deno.readTextFile(join(folder, name))) as CpuProfile;
    console.log(topLines(read, 25).join("\n"));
  }
}

let options: BenchOptions;
try {
  options = parseOptions(Deno.args);
} catch (error) {
  fail((error as Error).message);
}
const cases = chosen(options);
const built = await run([Deno.execPath(), "run", "-A", "--quiet", join(root, "scripts/build_npm.ts")]);
if (built.code !== 0) fail("The npm package could not be built");
const worker = await buildWorker();
await esbuild.stop();
const folder = await Deno.makeTempDir({ prefix: "posthaste-bench-" });
try {
  const path = join(folder, "attachment.bin");
  await Deno.writeFile(path, new Uint8Array(FILE_SIZE));
  await using sinks = await startSinks({ program: await compileNative("fastsink", folder), host: "127.0.0.1" });
  const bench: Bench = { ...options, worker, sinks, path };
  for (const one of cases) await (options.profile ? profile(bench, one) : compare(bench, one));
} finally {
  await Deno.remove(folder, { recursive: true });
}
