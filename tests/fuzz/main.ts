/**
 * One run of the fuzzer, on the runtime at hand: `scripts/fuzz.ts` starts it.
 *
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { readCorpus, readCorpusFiles } from "./corpus.ts";
import { Coverage, type Parts, takeSteps } from "./coverage.ts";
import { faultOf, fuzz, seedOctets, type TargetResult } from "./fuzzer.ts";
import { scaling } from "./scaling.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** How the name of an input begins that has once broken a promise: it stays, whatever it reaches. */
const FAULT = "fault_";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    target: { type: "string" },
    seed: { type: "string" },
    corpus: { type: "string", default: "tests/fuzz/corpus" },
    on: { type: "string", default: "deno" },
    keep: { type: "boolean", default: false },
    prune: { type: "boolean", default: false },
    scaling: { type: "boolean", default: false },
  },
});

const targets = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (targets.length === 0) {
  throw new Error(`There is no target ${values.target}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
}
const seed = Number(values.seed ?? Date.now() % 1_000_000_007);
// `scripts/fuzz.ts` says how many counters there are in what it has put together.
const { __parts: parts } = globalThis as { readonly __parts?: Parts };
if (parts === undefined) throw new Error("There are no counters: start it with deno task fuzz");

if (values.scaling) {
  const faults = await scaling(targets, parts);
  for (const fault of faults) console.error(fault);
  process.exit(faults.length === 0 ? 0 : 1);
}

if (values.prune) {
  for (const target of targets) await prune(target);
  process.exit(0);
}

const results = await fuzz(targets, {
  milliseconds: Number(values.seconds) * 1_000,
  seed,
  corpus: new Map(targets.map(({ name }) => [name, readCorpus(values.corpus, name)])),
  parts,
});
for (const result of results) report(result);
const executions = results.reduce((sum, one) => sum + one.executions, 0);
const reached = results.map(({ coverage }) => coverage.reached);
const covered = new Set(reached.flatMap((parts) => [...parts])).size;
const sum = reached.reduce((sum, { size }) => sum + size, 0);
console.log(
  `${results.length} targets, ${executions} inputs on ${values.on}, ${covered} of ${parts.counts.length} parts of lib/ run ` +
    `(${sum} by target); seed ${seed}`,
);
process.exit(results.some(({ failure }) => failure !== undefined) ? 1 : 0);

function report({ target, executions, slowest, coverage, found, failure }: TargetResult): void {
  const about = `${target.name.padEnd(18)} ${String(executions).padStart(8)} inputs, slowest ${slowest.toFixed(1)} ms`;
  console.log(`${about}, ${coverage.reached.size} parts, ${found.length} inputs that reached a new one`);
  if (values.keep) { for (const input of found.filter(({ length }) => length <= 512)) keep(target.name, input); }
  if (failure === undefined) return;
  keep(target.name, failure.input, FAULT);
  console.error(`\n${target.name} breaks its promise: ${target.promise}`);
  console.error(failure.error);
  console.error(`The input, as base64: ${btoa(String.fromCharCode(...failure.input))}`);
  console.error(
    `It is kept in ${values.corpus}/${target.name}; deno task fuzz --target=${target.name} --on=${values.on} --seconds=1\n`,
  );
}

/** Takes those inputs out of a target's corpus that make nothing run but what shorter ones do. */
async function prune(target: Target): Promise<void> {
  const own = new Coverage(parts!);
  takeSteps(parts!);
  for (const seed of target.seeds) await faultOf(target, seedOctets(seed));
  own.take();
  const files = readCorpusFiles(values.corpus, target.name).filter(({ path }) => !path.includes(`/${FAULT}`));
  const kept = files.toSorted((a, b) => a.octets.length - b.octets.length);
  for (const { path, octets } of kept) {
    await faultOf(target, octets);
    if (!own.take()) rmSync(path);
  }
}

function keep(target: string, input: Uint8Array, prefix = ""): void {
  const folder = `${values.corpus}/${target}`;
  mkdirSync(folder, { recursive: true });
  let hash = 0x811c9dc5;
  for (const octet of input) hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  writeFileSync(`${folder}/${prefix}${hash.toString(16).padStart(8, "0")}`, input);
}
