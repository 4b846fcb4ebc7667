/**
 * Fuzzes the library's parsers, on Deno and on Node by turns.
 *
 *     deno task fuzz [--seconds=60] [--target=name] [--on=deno|node] [--seed=number] [--keep] [--prune] [--scaling]
 *
 * The seconds are shared by the runtimes. Inputs are made by a target's grammar, of its words, and of those that are kept.
 * `--keep` adds what reaches a new part of the library to the corpus. An input that breaks a promise is made short, printed, and kept in any case.
 * `--prune` takes out of the corpus what makes nothing run that shorter inputs do not.
 * `--scaling` measures how the work grows with the input instead.
 *
 * @module
 */
import { build } from "esbuild";
import { instrument, preamble } from "./fuzz_instrument.ts";
import { fail, root, run } from "./process.ts";

const KNOWN = /^--(?:seconds=\d+|target=[a-z0-9_]+|seed=\d+|corpus=.+|keep|prune|scaling|on=(?:deno|node))$/;

for (const arg of Deno.args) if (!KNOWN.test(arg)) fail(`Unknown option ${arg}`);
const on = Deno.args.find((arg) => arg.startsWith("--on="))?.slice("--on=".length);
const runtimes = on === undefined ? ["deno", "node"] : [on];
const seconds = Number(Deno.args.find((arg) => arg.startsWith("--seconds="))?.slice("--seconds=".length) ?? 60);
const passed = Deno.args.filter((arg) => !/^--(?:on|seconds)=/.test(arg));

Deno.chdir(root);
const folder = `${root}/.tmp/fuzz`;
await Deno.mkdir(folder, { recursive: true });
let failed = false;
for (const runtime of runtimes) {
  const bundle = `${folder}/${runtime}.mjs`;
  const counters = { count: 0 };
  await build({
    entryPoints: ["tests/fuzz/main.ts"],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    alias: { "#runtime": `${root}/lib/runtime/${runtime}.ts` },
    packages: "external",
    logLevel: "warning",
    plugins: [instrument(counters)],
  });
  const text = await Deno.readTextFile(bundle);
  await Deno.writeTextFile(bundle, preamble(counters) + text);
  console.log(`== ${runtime === "deno" ? "Deno" : "Node"}`);
  const command = runtime === "deno" ? [Deno.execPath(), "run", "-A", bundle] : ["node", bundle];
  const { code } = await run([...command, `--on=${runtime}`, `--seconds=${seconds / runtimes.length}`, ...passed]);
  if (code !== 0) failed = true;
}
Deno.exit(failed ? 1 : 0);
