/**
 * Where the time goes: Node's profiler on the worker of a case.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "../scripts/process.ts";
import { CONTESTANTS, isOurs } from "./contestants.ts";
import type { Run } from "./plan.ts";
import { type CpuProfile, topLines } from "./profile_top.ts";
import { measureOnce, type Measuring } from "./run.ts";

const FOLDER = join(root, ".tmp/profiles");

/** Microseconds between samples. */
const INTERVAL = 200;

/** Runs this library's entries on Node once, and prints the functions with the most time of their own. */
export async function profileRun(run: Run, measuring: Measuring): Promise<void> {
  for (const entry of run.entries) {
    if (entry.runtime !== "node" || !isOurs(entry)) continue;
    const name = `${run.one.name}-${run.rtt}ms-${entry.contestant}.cpuprofile`;
    const flags = [
      "--cpu-prof",
      `--cpu-prof-interval=${INTERVAL}`,
      `--cpu-prof-dir=${FOLDER}`,
      `--cpu-prof-name=${name}`,
    ];
    const answer = await measureOnce(run, entry, { ...measuring, flags });
    console.log(`\n${run.one.title}, ${run.rtt} ms, ${CONTESTANTS[entry.contestant].label}: ${JSON.stringify(answer)}`);
    if ("error" in answer) continue;
    console.log(join(FOLDER, name));
    console.log(topLines(JSON.parse(await Deno.readTextFile(join(FOLDER, name))) as CpuProfile, 25).join("\n"));
  }
}
