/**
 * Makes one module of a Worker's source, as wrangler does.
 *
 * @module
 */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** What came of bundling. */
export interface WorkerBundle {
  readonly module: string;
  /** What it still imports. */
  readonly imports: readonly string[];
  /** The files of which something is in it. */
  readonly used: readonly string[];
}

/** Bundles a file of this project, or a source text. */
export async function bundleWorker(
  entry: { readonly file: string } | { readonly source: string },
  { minify = false }: { readonly minify?: boolean } = {},
): Promise<WorkerBundle> {
  const { metafile, outputFiles } = await build({
    ...("file" in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.source, resolveDir: root, loader: "ts" } }),
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    alias: {
      "#runtime": `${root}lib/runtime/workers.ts`,
      "@posthaste/smtp": `${root}mod.ts`,
      "@posthaste/smtp/uniface": `${root}lib/uniface/mod.ts`,
    },
    // A tsconfig.json of the place where this runs has no say.
    tsconfigRaw: {},
    metafile: true,
    minify,
    write: false,
    logLevel: "silent",
  });
  const outputs = Object.values(metafile.outputs);
  return {
    module: outputFiles[0]!.text,
    imports: outputs.flatMap((output) => output.imports.map(({ path }) => path)),
    used: outputs.flatMap(({ inputs }) => Object.keys(inputs).filter((name) => inputs[name]!.bytesInOutput > 0)),
  };
}
