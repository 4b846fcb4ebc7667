/**
 * Runs a suite of tests on Deno and on Node, and ends with one line that says how it went: `N passed, N failed`.
 *
 *     deno task test [--suite=everyday|package|integration|load] [--on=deno|node|bun] [--counts=file] [filter ...]
 *
 * Bun takes its turn when it is asked for. A filter is part of a test file's path. `--counts` appends the two numbers to a
 * file, for a caller that sums runs.
 *
 * The everyday tests run on both at once, each with half of the cores: there are fewer processes that load the same files,
 * and no core waits for one runtime's last file before the other begins. What Node says is shown when Deno is done. The other
 * suites' servers would be in each other's way: one runtime after the other.
 *
 * @module
 */

import { findBun } from "./bun.ts";
import { fail, root, run } from "./process.ts";
import { runCommand } from "./test/command.ts";
import { countReport, type Counts, type Report } from "./test_report.ts";

const runtimes = ["deno", "node", "bun"] as const;
type RuntimeName = typeof runtimes[number];
const titles = { deno: "Deno", node: "Node", bun: "Bun" } as const;

interface Options {
  readonly suite: string;
  readonly on: readonly RuntimeName[];
  readonly counts?: string;
  readonly filters: readonly string[];
}

function parseOptions(args: readonly string[]): Options {
  let suite = "everyday";
  let on: readonly RuntimeName[] = ["deno", "node"];
  let counts: string | undefined;
  const filters: string[] = [];
  for (const arg of args) {
    const [name, value] = arg.split("=", 2) as [string, string | undefined];
    if (!arg.startsWith("-")) filters.push(arg);
    else if (name === "--suite" && value !== undefined) suite = value;
    else if (name === "--on" && runtimes.some((runtime) => runtime === value)) on = [value as RuntimeName];
    else if (name === "--counts" && value !== undefined) counts = value;
    else fail(`Unknown option ${arg}; known are --suite=, --on=deno, --on=node, --on=bun and --counts=`);
  }
  return { suite, on, counts, filters };
}

function commandOf(runtime: RuntimeName): string[] {
  const vitest = "node_modules/vitest/vitest.mjs";
  switch (runtime) {
    case "deno":
      return [Deno.execPath(), "run", "-A", "npm:vitest", "run"];
    case "node":
      return ["node", vitest, "run"];
    case "bun":
      // Without --bun it would start Node; its processes have no channel that vitest could use.
      return [findBun() ?? fail("There is no Bun for this machine"), "--bun", vitest, "run", "--pool=threads"];
  }
}

async function readReport(path: string): Promise<Report | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as Report;
  } catch {
    return undefined;
  }
}

/** Runs the tests on one runtime, and shows what they say. */
async function runOn(runtime: RuntimeName, { suite, filters }: Options, shared?: Shared): Promise<Counts> {
  const reports = await Deno.makeTempDir();
  try {
    const path = `${reports}/report.json`;
    const command = [
      ...commandOf(runtime),
      `--project=${suite}*`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${path}`,
      ...filters,
    ];
    const title = `\n== ${suite} tests on ${titles[runtime]}`;
    const env: Record<string, string> = shared === undefined ? {} : { VITEST_MAX_WORKERS: String(shared.workers) };
    const keeps = shared?.after !== undefined;
    if (!keeps) console.log(title);
    const { code, output } = await runCommand(command, { env, keeps });
    await shared?.after;
    if (keeps) console.log(title);
    if (output !== undefined) console.log(output);
    const { passed, failed, remark } = countReport(await readReport(path), code);
    if (remark !== undefined) console.log(`${runtime}: ${remark}`);
    console.log(`${runtime}: ${passed} passed, ${failed} failed`);
    return { passed, failed };
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
}

/** What a run has to know of those that run at the same time. */
interface Shared {
  /** Worker processes that it may have. */
  readonly workers: number;
  /** The one whose output is shown before. */
  readonly after?: Promise<unknown>;
}

/** All at once, with the cores divided among them. */
function runAtOnce(options: Options): Promise<readonly Counts[]> {
  const workers = Math.max(1, Math.floor(navigator.hardwareConcurrency / options.on.length));
  const runs: Promise<Counts>[] = [];
  for (const runtime of options.on) runs.push(runOn(runtime, options, { workers, after: runs.at(-1) }));
  return Promise.all(runs);
}

/** One after the other. */
async function runInTurn(options: Options): Promise<readonly Counts[]> {
  const all: Counts[] = [];
  for (const runtime of options.on) all.push(await runOn(runtime, options));
  return all;
}

const options = parseOptions(Deno.args);
Deno.chdir(root);
const installed = await run([Deno.execPath(), "install", "--quiet"]);
if (installed.code !== 0) fail("The development dependencies could not be installed");

const isAtOnce = options.suite === "everyday" && options.on.length > 1;
const all = await (isAtOnce ? runAtOnce(options) : runInTurn(options));
const passed = all.reduce((sum, one) => sum + one.passed, 0);
const failed = all.reduce((sum, one) => sum + one.failed, 0);
if (options.counts !== undefined) {
  await Deno.writeTextFile(options.counts, `${passed} ${failed}\n`, { append: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
