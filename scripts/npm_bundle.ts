/**
 * The library in few files, for Node and Bun, which load a hundred small modules six times as slowly as one of their size.
 * Bundlers and other runtimes take the small modules; bundlers leave out what is not used.
 *
 * It is not minified, though that saves an eighth of the time that importing takes: both show the line that threw when
 * nobody catches an error, Bun with five more around it, and minified lines are tens of thousands of characters long. Classes and functions have
 * their names in what is printed, and whoever wants to know what was installed can read it.
 *
 * @module
 */
import { build, type Plugin } from "esbuild";
import { join, relative, resolve } from "node:path";

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

/**
 * Bundles entries of a package into its {@link bundleFolder}: a file for each, and one for what they share, so that a class
 * is the same whoever imports it.
 */
export async function writeBundle(entries: readonly string[], { out, target, adapter }: BundleInput): Promise<void> {
  const outdir = join(out, bundleFolder);
  const { outputFiles } = await build({
    entryPoints: entries.map((module) => ({
      in: join(out, module),
      out: relative(outdir, join(out, bundleFile(module))).replace(/\.js$/, ""),
    })),
    absWorkingDir: out,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: "shared",
    format: "esm",
    platform: "node",
    target,
    alias: { "#runtime": join(out, adapter) },
    plugins: [withoutMaps],
    sourcemap: true,
    // The maps lead to the small modules, which are in the package and have maps of their own.
    sourcesContent: false,
    write: false,
  });
  await Deno.mkdir(outdir, { recursive: true });
  for (const { path, text } of outputFiles) {
    if (path.endsWith(".map")) {
      requireInside(
        out,
        JSON.parse(text).sources.map((name: string) => resolve(outdir, name)),
      );
    }
    await Deno.writeTextFile(path, text);
  }
}

function requireInside(folder: string, paths: readonly string[]): void {
  const outside = paths.find((path) => relative(folder, path).startsWith(".."));
  if (outside !== undefined) throw new Error(`${outside} is not in the package`);
}

/** Leaves out of the small modules where their maps are, so that the bundle's maps stop at them. */
const withoutMaps: Plugin = {
  name: "without maps",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => ({
      contents: (await Deno.readTextFile(path)).replace(/^\/\/# sourceMappingURL=.*$/m, ""),
    }));
  },
};
