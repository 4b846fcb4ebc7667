/**
 * Writes the reference in `docs/api/` from the doc comments of what is public; `--check` fails where it differs from them.
 *
 *     deno run -A scripts/api.ts [--check]
 *
 * @module
 */
import { join } from "node:path";
import { publicSymbols } from "./api/declarations.ts";
import { apiPages } from "./api/pages.ts";
import { fail, root, run } from "./process.ts";

const folder = join(root, "docs/api");

async function formatted(pages: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const place = await Deno.makeTempDir();
  try {
    for (const [name, text] of pages) await Deno.writeTextFile(join(place, name), text);
    const { code } = await run([Deno.execPath(), "fmt", "--quiet", "--config", join(root, "deno.json"), place]);
    if (code !== 0) fail("The reference cannot be formatted");
    const read = async (name: string): Promise<[string, string]> => [name, await Deno.readTextFile(join(place, name))];
    return new Map(await Promise.all([...pages.keys()].map(read)));
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

async function existing(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  try {
    for await (const { name } of Deno.readDir(folder)) files.set(name, await Deno.readTextFile(join(folder, name)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

const { name, exports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
};
const modules = Object.keys(exports).map((path) => name + path.slice(1));
const symbols = publicSymbols(root, Object.values(exports));
const pages = await formatted(apiPages(modules.map((module, i) => ({ module, symbols: symbols[i] }))));
const there = await existing();
const differing = [...new Set([...pages.keys(), ...there.keys()])].filter((file) =>
  pages.get(file) !== there.get(file)
);
if (Deno.args.includes("--check")) {
  if (differing.length > 0) {
    fail(`Not as the doc comments are: ${differing.join(", ")}; run: deno run -A scripts/api.ts`);
  }
} else {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);
  for (const [file, text] of pages) await Deno.writeTextFile(join(folder, file), text);
  console.log(`Wrote ${pages.size} files to docs/api/`);
}
