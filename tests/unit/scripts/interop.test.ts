import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  BEHIND_PROXIES,
  BY_TRANSCRIPT,
  expectation,
  PROXIES,
  ROWS,
  SERVERS,
} from "../../integration/interop/catalogue.ts";
import { cellName, readResults, type Results } from "../../integration/interop/results.ts";
import { withTables } from "../../integration/interop/tables.ts";

function read(path: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
}

/** Every cell that has a test. */
function catalogued(): string[] {
  const servers = ROWS.flatMap((row) =>
    SERVERS.filter((server) => expectation(row, server) !== undefined).map((server) => cellName(row.title, server))
  );
  const proxies = PROXIES.flatMap((name) => BEHIND_PROXIES.map(({ title }) => cellName(name, title)));
  return [...servers, ...proxies];
}

test("docs/interop.md has the tables of the results that are kept", async () => {
  const document = await read("docs/interop.md");
  expect(document.match(/^<!-- table: /gm)).toHaveLength(4);
  expect(withTables(document, await readResults())).toBe(document);
});

test("the results that are kept are of every cell of the catalogue, on Deno and on Node, and of nothing else", async () => {
  const cells = catalogued().sort();
  expect(new Set(cells).size).toBe(cells.length);
  const results = await readResults();
  expect(Object.keys(results)).toEqual(["Deno", "Node"]);
  for (const run of Object.values(results)) expect(run.cells).toEqual(cells);
});

test.each(BY_TRANSCRIPT)(
  "what no server has is in the test that docs/interop.md names: $title",
  async ({ title, file }) => {
    expect(await read(file)).toContain(title);
    const row = ROWS.find((row) => row.title === title);
    expect(Object.keys(row?.at ?? {})).toEqual([]);
  },
);

test("withTables says of a cell that not every runtime has seen which did, and of one that none has that it is not seen", () => {
  const run = { version: "1", versions: { Exim: "4" } };
  const results: Results = {
    Deno: { ...run, cells: ["PLAIN / Exim"] },
    Node: { ...run, cells: [] },
  };
  const written = withTables("<!-- table: servers -->\n<!-- end -->\n", results);
  const plain = written.split("\n").find((line) => line.startsWith("| AUTH PLAIN "))!;
  const cells = plain.split("|").slice(2, -1).map((cell) => cell.trim());
  expect(cells).toEqual(["not seen", "yes, on Deno alone", "not seen", "not seen"]);
  expect(() => withTables("<!-- table: other -->\n<!-- end -->\n", results)).toThrow("there is no table other");
});
