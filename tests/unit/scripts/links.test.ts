/** Every link between the documents leads to a file that is there and, where it names one, to a heading in it. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

async function documentsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(join(root, folder))).filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
}

const paths = (await Promise.all([".", "docs", "docs/api"].map(documentsIn))).flat();
const documents = new Map(
  await Promise.all(paths.map(async (path) => {
    const text = await readFile(join(root, path), "utf8");
    return [path, text.replace(/^ *```[^]*?^ *```$/gm, "")] as const;
  })),
);

/** The names that GitHub gives headings: lower case, without punctuation, hyphens for blanks, numbered where they repeat. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = words.replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
    let own = name;
    for (let count = 1; anchors.has(own); count++) own = `${name}-${count}`;
    anchors.add(own);
  }
  return anchors;
}

/** Links to other documents and files of the project: where from, and where to. */
const links = [...documents].flatMap(([from, text]) =>
  [...text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, to]) => ({ from, to: to! }))
);

test("links in the documents lead to files and headings that are there", () => {
  expect(links.length).toBeGreaterThan(300);
  const broken = links.filter(({ from, to }) => {
    const [path, anchor] = to.split("#") as [string, string?];
    const target = path === "" ? from : join(dirname(from), path);
    if (!existsSync(join(root, target))) return true;
    const text = documents.get(target);
    return anchor !== undefined && (text === undefined || !anchorsOf(text).has(anchor));
  });
  expect(broken).toEqual([]);
});

test("every guide can be reached from the README", () => {
  const linked = links.filter(({ from }) => from === "README.md").map(({ to }) => to.replace(/#.*/, ""));
  expect(paths.filter((path) => /^docs\/[^/]+$/.test(path) && !linked.includes(path))).toEqual([]);
});
