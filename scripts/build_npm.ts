/**
 * Writes the npm package from the same sources that JSR publishes: JavaScript, declarations and source maps by TypeScript's
 * compiler, for Node the same in few files, and a package.json made from deno.json. The same input gives the same octets,
 * on any machine.
 *
 *     deno task build [--out=folder] [--repository=url]
 *
 * @module
 */

import { basename, join, resolve } from "node:path";
import { writeBundle } from "./npm_bundle.ts";
import { adapters, javascript, manifest, type Project } from "./npm_manifest.ts";
import { fail, filesBelow, root, run } from "./process.ts";

/** The adapter that the sources are checked against; the others implement the same contract. */
const checkedRuntime = "lib/runtime/node.ts";

/** What the sources may use: what the oldest Node promised has, which is a little more than one year's standard. */
const target = {
  target: "es2023",
  lib: ["es2023", "es2024.string", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
};

/** Compiles the entry points, the runtime adapters and what they import; any diagnostic ends the build. */
async function compile(entries: readonly string[], out: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const config = join(folder, "tsconfig.json");
    const compilerOptions = {
      ...target,
      rootDir: root,
      outDir: out,
      module: "esnext",
      moduleResolution: "bundler",
      paths: { "#runtime": [join(root, checkedRuntime)] },
      typeRoots: [join(root, "node_modules/@types")],
      types: ["node", "deno"],
      strict: true,
      noImplicitOverride: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      skipLibCheck: true,
      noEmitOnError: true,
      declaration: true,
      sourceMap: true,
      inlineSources: true,
      stripInternal: true,
      newLine: "lf",
    };
    const files = entries.map((entry) => join(root, entry));
    await Deno.writeTextFile(config, JSON.stringify({ compilerOptions, files }));
    const { code } = await run([
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      "typescript/tsc",
      "--project",
      config,
      "--pretty",
      "false",
    ]);
    if (code !== 0) fail("The sources do not compile");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A map holds its source's text; the source's name is made a neighbour's, so that no path leads out of the package. */
function localizeMap(text: string): string {
  const map = JSON.parse(text) as { sources: string[]; sourcesContent?: string[] };
  if (map.sourcesContent?.length !== map.sources.length) fail("A source map lacks the text of its source");
  return JSON.stringify({ ...map, sources: map.sources.map((source) => basename(source)) });
}

/** The compiler leaves `.ts` in a declaration's imports; not every reader of declarations knows that as a name for `.d.ts`. */
function importJavascript(text: string): string {
  return text.replace(/(\bfrom |\bimport\(|^import )"(\.{1,2}\/[^"]+)\.ts"/gm, '$1"$2.js"');
}

/** A declaration that names `Symbol.asyncDispose` says which library has it: a user's own settings may leave it out. */
function referDisposable(text: string): string {
  return /\bSymbol\.(asyncDispose|dispose)\b/.test(text) ? `/// <reference lib="esnext.disposable" />\n${text}` : text;
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}

async function build(out: string, repository: string | undefined): Promise<void> {
  const project = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as Project;
  const description = manifest(project, repository);
  const entries = [...Object.values(project.exports), ...adapters.map((name) => `lib/runtime/${name}`)];

  await Deno.remove(out, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await compile(entries, out);
  for (const name of await filesBelow(out)) {
    if (name.endsWith(".map")) await rewrite(join(out, name), localizeMap);
    if (name.endsWith(".d.ts")) await rewrite(join(out, name), (text) => referDisposable(importJavascript(text)));
  }
  await writeBundle(Object.values(project.exports).map(javascript), {
    out,
    target: target.target,
    adapter: javascript(checkedRuntime),
  });
  await Deno.writeTextFile(join(out, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
  for (const name of ["README.md", "LICENSE"]) await Deno.copyFile(join(root, name), join(out, name));
}

function option(name: string): string | undefined {
  return Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const out = option("out") ?? "npm";
await build(resolve(root, out), option("repository"));
console.log(`Wrote ${out}`);
