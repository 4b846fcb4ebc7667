import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, inject, test } from "vitest";
import { build, root, run } from "./run.ts";

const { consumer, files, installed, tarball } = inject("packed");

async function read(name: string): Promise<string> {
  return await readFile(join(installed, name), "utf8");
}

const bundled = files.filter((name) => name.startsWith("dist/"));

test("the tarball holds the library, its declarations and maps, the same in few files, and the two documents", () => {
  const unexpected = files.filter((name) => !/^(mod|lib\/[a-z0-9_/]+)\.(js|js\.map|d\.ts)$/.test(name));
  expect(unexpected.filter((name) => !bundled.includes(name)).sort()).toEqual(["LICENSE", "README.md", "package.json"]);
  expect(bundled.filter((name) => name.endsWith(".js")).sort()).toEqual(
    ["mod", "shared", "uniface"].map((name) => `dist/${name}.js`),
  );
  const modules = files.filter((name) => name.endsWith(".js") && !bundled.includes(name))
    .map((name) => name.slice(0, -".js".length));
  expect(modules).toContain("mod");
  for (const module of modules) {
    expect(files).toContain(`${module}.d.ts`);
    expect(files).toContain(`${module}.js.map`);
  }
});

test("package.json has deno.json's name and version, no dependency and no script", async () => {
  const manifest = JSON.parse(await read("package.json"));
  const { name, version } = JSON.parse(await readFile(join(root, "deno.json"), "utf8"));
  expect(manifest).toMatchObject({ name, version, type: "module" });
  for (const key of Object.keys(manifest)) expect(key).not.toMatch(/dependencies$|scripts|^bin$/i);
});

test("a consumer gets one package and nothing else", async () => {
  const names = (await readdir(join(consumer, "node_modules"))).filter((name) => !name.startsWith("."));
  expect(names).toEqual(["@posthaste"]);
});

test("a source map carries the text of its one source and names it as a neighbour", async () => {
  for (const name of files.filter((name) => name.endsWith(".js") && !bundled.includes(name))) {
    const map = JSON.parse(await read(`${name}.map`));
    const source = name.replace(/\.js$/, ".ts");
    expect(await read(name)).toContain(`//# sourceMappingURL=${basename(name)}.map`);
    expect(map.sources).toEqual([basename(source)]);
    expect(map.sourcesContent).toEqual([await readFile(join(root, source), "utf8")]);
  }
});

test("a bundled file's map leads to modules of the package", async () => {
  const maps = bundled.filter((name) => name.endsWith(".map"));
  expect(maps).toContain("dist/shared.js.map");
  for (const name of maps) {
    const map: { readonly sources: readonly string[] } = JSON.parse(await read(name));
    const sources = map.sources.map((source) => join("dist", source));
    expect(sources.filter((source) => !files.includes(source))).toEqual([]);
    expect(sources.length).toBeGreaterThan(0);
  }
});

test("no file names the folder that it was built in", async () => {
  for (const name of files) expect(await read(name), name).not.toContain(root);
});

test("a second build gives the same octets", async () => {
  const again = join(consumer, "again");
  await build(again);
  for (const name of files) expect(await readFile(join(again, name), "utf8"), name).toBe(await read(name));
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, level: "suggestion", strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("the types are found by every way to import an ES module", async () => {
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const report = await run("node", [attw, tarball, "--profile", "esm-only", "--format", "json"]);
  const problems: { readonly resolutionKind?: string }[] = JSON.parse(report).analysis.problems;
  // The profile leaves out two ways, of which one is kept: CommonJS before Node 20.19 cannot `require` an ES module.
  const left = problems.filter(({ resolutionKind }) => resolutionKind !== "node16-cjs");
  expect(left).toEqual([]);
});
