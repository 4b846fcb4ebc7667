/**
 * The library in few files, for Node, which loads a hundred small modules six times as slowly as one of their size: a core
 * with all that every program loads, and apart from it what is loaded on demand. Bundlers and other runtimes take the
 * small modules; bundlers leave out what is not used.
 *
 * @module
 */
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { basename, dirname, join, relative, resolve } from "node:path";

/** Where in the package the files are. */
export const bundleFolder = "dist";

/** The bundle's file for an entry, from its module: `mod` for the package, its own name for what is below. */
export function bundleFile(module: string): string {
  const name = module.replace(/^(?:\.\/)?(?:lib\/)?/, "").replace(/\/mod\.js$|\.js$/, "").replaceAll("/", "_");
  return `./${bundleFolder}/${name}.js`;
}

/** What there is to bundle. */
export interface BundleInput {
  /** The package as it is so far. */
  readonly out: string;
  /** The language that it is written in. */
  readonly target: string;
  /** The module that stands for `#runtime`. */
  readonly adapter: string;
}

/** Bundles the entries of a package into its {@link bundleFolder}; the first is the one that every program loads. */
export async function writeBundle(entries: readonly string[], input: BundleInput): Promise<void> {
  const { out } = input;
  const folder = join(out, bundleFolder);
  const [main, ...others] = entries.map((entry) => join(out, entry)) as [string, ...string[]];
  const graph = await readGraph([main, ...others], input);
  const everyones = reachable([main, join(out, input.adapter)], graph);
  const onDemand = [...everyones, ...reachable(others, graph)]
    .flatMap((path) => graph.get(path)!.dynamic).filter((path) => !everyones.has(path));
  const apart = new Set([...others, ...onDemand]);
  const shared = [...reachable(apart, graph)].filter((path) => everyones.has(path));

  const core = await bundle(input, {
    stdin: {
      contents: [...new Set([main, ...shared, join(out, input.adapter)])]
        .map((path) => `export * from ${JSON.stringify(path)};`).join("\n"),
      resolveDir: out,
    },
    outfile: join(folder, "core.js"),
    plugins: [
      smallModules(input, ({ path, kind }) => {
        if (kind !== "dynamic-import") return undefined;
        return everyones.has(path) ? "./core.js" : `./${basename(path)}`;
      }),
    ],
  });
  const exported = new Set(Object.values(core.outputs).flatMap((output) => output.exports));
  const rest = await bundle(input, {
    entryPoints: [...apart].map((path) => ({ in: path, out: nameOf(path, input) })),
    outdir: folder,
    chunkNames: "[name]_[hash]",
    splitting: true,
    plugins: [smallModules(input, ({ path }) => everyones.has(path) ? "./core.js" : undefined)],
  });
  for (const path of Object.keys(rest.outputs).filter((path) => path.endsWith(".js"))) {
    for (const name of namesFromCore(await Deno.readTextFile(join(out, path)))) {
      if (!exported.has(name)) throw new Error(`${path} needs ${name}, and two modules of the core export it, or none`);
    }
  }
  const names = graph.get(main)!.exports.toSorted();
  await Deno.writeTextFile(join(out, bundleFile(entries[0]!)), `export { ${names.join(", ")} } from "./core.js";\n`);
}

/** An entry's own name; what is loaded on demand keeps its module's. */
function nameOf(path: string, { out }: BundleInput): string {
  return path.endsWith("/mod.js") ? basename(bundleFile(relative(out, path)), ".js") : basename(path, ".js");
}

interface Module {
  readonly fixed: readonly string[];
  readonly dynamic: readonly string[];
  readonly exports: readonly string[];
}

/** What each module imports, and what each entry exports, by path. */
async function readGraph(entries: readonly string[], input: BundleInput): Promise<ReadonlyMap<string, Module>> {
  const { out, target } = input;
  const { metafile } = await build({
    entryPoints: [...entries],
    absWorkingDir: out,
    outdir: join(out, bundleFolder),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target,
    plugins: [smallModules(input, () => undefined)],
    metafile: true,
    write: false,
  });
  const exports = new Map(
    Object.values(metafile.outputs).map((output) => [output.entryPoint ?? "", output.exports]),
  );
  return new Map(
    Object.entries(metafile.inputs).map(([name, { imports }]) => {
      const of = (dynamic: boolean) =>
        imports
          .filter(({ external, kind }) => !external && (kind === "dynamic-import") === dynamic)
          .map(({ path }) => join(out, path));
      return [join(out, name), { fixed: of(false), dynamic: of(true), exports: exports.get(name) ?? [] }];
    }),
  );
}

function reachable(from: Iterable<string>, graph: ReadonlyMap<string, Module>): ReadonlySet<string> {
  const found = new Set(from);
  for (const path of found) for (const next of graph.get(path)!.fixed) found.add(next);
  return found;
}

async function bundle({ out, target }: BundleInput, options: BuildOptions): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: out,
    bundle: true,
    format: "esm",
    platform: "node",
    target,
    minify: true,
    sourcemap: true,
    // The maps lead to the small modules, which are in the package and have maps of their own.
    sourcesContent: false,
    metafile: true,
    ...options,
  });
  return metafile!;
}

/** Reads the package's modules; what `elsewhere` names a file for is imported from there. */
function smallModules(
  { out, adapter }: BundleInput,
  elsewhere: (module: { readonly path: string; readonly kind: string }) => string | undefined,
): Plugin {
  return {
    name: "small modules",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(?:\.{1,2}\/|#runtime$)/ }, ({ path, kind, importer, resolveDir }) => {
        const module = path === "#runtime"
          ? join(out, adapter)
          : resolve(importer ? dirname(importer) : resolveDir, path);
        const file = elsewhere({ path: module, kind });
        return file === undefined ? { path: module } : { path: file, external: true };
      });
      onLoad({ filter: /\.js$/ }, async ({ path }) => ({
        contents: (await Deno.readTextFile(path)).replace(/^\/\/# sourceMappingURL=.*$/m, ""),
      }));
    },
  };
}

/** The names that a bundled file imports from the core. */
function namesFromCore(text: string): string[] {
  return [...text.matchAll(/import\{([^}]*)\}from"\.\/core\.js"/g)]
    .flatMap(([, names]) => names!.split(",").map((name) => name.split(" as ")[0]!.trim()));
}
