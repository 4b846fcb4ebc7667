/**
 * Measures this library beside others, in one run, against a server that is never the bottleneck. A complete run writes
 * `docs/benchmarks.md` and its chart.
 *
 *     deno task bench [--only=CASE,...] [--runtime=node,deno,bun] [--quick] [--full] [--rounds=N] [--profile]
 *
 * @module
 */
import * as esbuild from "esbuild";
import { dirname, join } from "node:path";
import { fail, root, run } from "../scripts/process.ts";
import { type Bundles, measureBundles } from "./bundle.ts";
import type { Case } from "./case.ts";
import { CASES, FILE_SIZE } from "./cases.ts";
import { chart } from "./chart.ts";
import { linkObstacle } from "./link.ts";
import { describeLoad, describeMachine, describeVersions } from "./machine.ts";
import { compileNative, startBackground } from "./native.ts";
import { type BenchOptions, parseOptions } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { openPlace } from "./place.ts";
import { plan, type Stage } from "./plan.ts";
import { profileRun } from "./profile.ts";
import { page } from "./report.ts";
import { carryOut, type Equipment } from "./run.ts";
import { asText, caseTable, shortfalls } from "./table.ts";
import { buildWorker } from "./worker_process.ts";

/** The case that sends nothing: how large programs become. */
const BUNDLE = "bundle";

function options(): BenchOptions {
  try {
    return parseOptions(Deno.args);
  } catch (error) {
    return fail((error as Error).message);
  }
}

function isChosen(name: string, { only }: BenchOptions): boolean {
  return only.length === 0 || only.some((start) => name.startsWith(start));
}

function chosenCases(options: BenchOptions): readonly Case[] {
  for (const start of options.only) {
    const names = [...CASES.map(({ name }) => name), BUNDLE];
    if (!names.some((name) => name.startsWith(start))) fail(`${start} is no case; there are ${names.join(", ")}`);
  }
  return CASES.filter(({ name }) => isChosen(name, options));
}

/** Aborted when the user or the system ends the run, so that everything started is ended too. */
function endOfRun(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => controller.abort(new Error(`Ended by ${name}`)));
  }
  return controller.signal;
}

async function carryOutStage({ rtt, secure, runs }: Stage, equipment: Equipment, profile: boolean): Promise<Outcome[]> {
  const { folder } = equipment;
  await using place = await openPlace({ rtt, secure, folder });
  const outcomes: Outcome[] = [];
  for (const one of runs) {
    if (profile) {
      await profileRun(one, { equipment, place });
      continue;
    }
    const outcome = await carryOut(one, { equipment, place });
    console.log(`\n${one.one.title}, ${one.one.unit}\n${asText(caseTable([outcome]))}`);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function writePage(outcomes: readonly Outcome[], bundles: Bundles, remarks: readonly string[]): Promise<void> {
  const docs = join(root, "docs");
  const report = {
    outcomes,
    bundles,
    remarks,
    command: ["deno task bench", ...Deno.args].join(" "),
    machine: describeMachine(),
    versions: await describeVersions(),
    day: new Date().toISOString().slice(0, 10),
  };
  await Deno.writeTextFile(join(docs, "benchmarks.md"), page(report));
  await Deno.writeTextFile(join(docs, "benchmarks.svg"), chart(outcomes));
  await run([Deno.execPath(), "fmt", "--quiet", join(docs, "benchmarks.md"), join(docs, "benchmarks.svg")]);
  console.log("\nWrote docs/benchmarks.md and docs/benchmarks.svg");
}

async function bench(chosen: BenchOptions, cases: readonly Case[], equipment: Equipment): Promise<void> {
  const stages = plan(cases, chosen);
  const obstacle = stages.some(({ rtt }) => rtt > 0) ? await linkObstacle() : undefined;
  if (obstacle !== undefined) console.log(`Without round trips: ${obstacle}`);
  const outcomes: Outcome[] = [];
  for (const stage of stages) {
    if (stage.rtt > 0 && obstacle !== undefined) continue;
    outcomes.push(...await carryOutStage(stage, equipment, chosen.profile));
  }
  if (chosen.profile) return;
  // In the order of the cases again, not of the places.
  const sorted = cases.flatMap((one) => outcomes.filter((outcome) => outcome.one === one));
  const sized = isChosen(BUNDLE, chosen);
  const bundles = sized ? await measureBundles(dirname(equipment.worker)) : { table: [], missed: [] };
  if (sized) console.log(`\nSize of a bundle\n${asText(bundles.table)}`);
  const missed = [...shortfalls(sorted), ...bundles.missed];
  console.log(missed.length === 0 ? "\nAll bars are met" : `\nBars that are not met:\n${missed.join("\n")}`);
  if (chosen.complete) {
    await writePage(sorted, bundles, obstacle === undefined ? [] : [`Without round trips: ${obstacle}`]);
  }
}

const chosen = options();
const load = describeLoad();
if (load !== undefined) console.log(load);
const cases = chosenCases(chosen);
const signal = endOfRun();
const built = await run([Deno.execPath(), "run", "-A", "--quiet", join(root, "scripts/build_npm.ts")]);
if (built.code !== 0) fail("The npm package could not be built");
const folder = await Deno.makeTempDir({ prefix: "posthaste-bench-" });
try {
  const path = join(folder, "attachment.bin");
  await Deno.writeFile(path, new Uint8Array(FILE_SIZE));
  const effort = chosen.profile ? 8 : chosen.quick ? 0.5 : 1;
  const { rounds } = chosen;
  await using _awake = await startBackground([await compileNative("awake", folder)]);
  await bench(chosen, cases, {
    worker: await buildWorker({ names: chosen.profile }),
    folder,
    path,
    effort,
    rounds,
    signal,
  });
} finally {
  await esbuild.stop();
  await Deno.remove(folder, { recursive: true });
}
// The listeners for signals would keep the process.
Deno.exit(0);
