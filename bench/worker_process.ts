/**
 * Starting workers: one process for each measurement, ended when it takes too long.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { join } from "node:path";
import { root } from "../scripts/process.ts";
import type { Answer, Job } from "./job.ts";
import type { RuntimeName } from "./options.ts";

const decoder = new TextDecoder();

/** Below the project, so that packages are found. */
const BUILT = join(root, ".tmp/bench");

/** The package's separate files, whose functions have their names; what Node takes otherwise is minified. */
const readable: esbuild.Plugin = {
  name: "readable",
  setup(build) {
    const path = join(root, "npm/mod.js");
    build.onResolve({ filter: /^@posthaste\/smtp$/ }, () => ({ path, external: true }));
  },
};

/**
 * Makes JavaScript of the worker, since not every runtime takes TypeScript; returns its path. With `names`, what a profile
 * shows can be read.
 */
export async function buildWorker({ names }: { readonly names: boolean }): Promise<string> {
  await Deno.remove(BUILT, { recursive: true }).catch(() => {});
  // Deno reads deno.json, which names the source; the others find the built package.
  await Deno.mkdir(join(BUILT, "node_modules/@posthaste"), { recursive: true });
  await Deno.symlink(join(root, "npm"), join(BUILT, "node_modules/@posthaste/smtp"));
  await esbuild.build({
    entryPoints: [join(root, "bench/worker/main.ts")],
    outdir: BUILT,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2023",
    packages: "external",
    plugins: names ? [readable] : [],
    logLevel: "warning",
  });
  return join(BUILT, "main.mjs");
}

/** How a runtime is started; nothing where it is not installed. */
export async function runtimeCommand(runtime: RuntimeName): Promise<readonly string[] | undefined> {
  switch (runtime) {
    case "node":
      return ["node"];
    case "deno":
      return [Deno.execPath(), "run", "-A", "--quiet", `--config=${join(root, "deno.json")}`];
    case "bun": {
      // The npm package would fetch its program in a build script; the program is a package of its own already.
      const { os, arch } = Deno.build;
      const name = `bun-${os}-${arch === "x86_64" ? "x64" : arch}`;
      for await (const { name: entry } of Deno.readDir(join(root, "node_modules/.deno"))) {
        if (entry.startsWith(`@oven+${name}@`)) {
          return [join(root, "node_modules/.deno", entry, `node_modules/@oven/${name}/bin/bun`)];
        }
      }
    }
  }
}

/** What a worker is started with. */
export interface WorkerOptions {
  /** What comes before the worker's path. */
  readonly command: readonly string[];
  readonly worker: string;
  readonly signal: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly limit: number;
}

/** Runs one job. Never rejects: what goes wrong is an answer too. */
export async function runJob(
  job: Job,
  { command, worker, signal: ended, env = {}, limit }: WorkerOptions,
): Promise<Answer> {
  const [program, ...args] = [...command, worker, JSON.stringify(job)];
  const child = new Deno.Command(program, {
    args,
    env: { ...env },
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: ended,
  })
    .spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), limit);
  try {
    const { code, signal, stdout, stderr } = await child.output();
    const line = decoder.decode(stdout).trim().split("\n").at(-1) ?? "";
    if (line.startsWith("{")) return JSON.parse(line) as Answer;
    const last = decoder.decode(stderr).trim().split("\n").at(-1);
    return { error: signal === "SIGKILL" ? `took more than ${limit} ms` : `ended with ${code}: ${last}` };
  } finally {
    clearTimeout(timer);
  }
}
