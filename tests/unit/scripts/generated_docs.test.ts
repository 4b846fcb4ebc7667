import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SECURITY_ENTRY_POINTS, STATUS_MEANINGS, UPopMail } from "../../../lib/uniface/mod.ts";
import { filesIn, statusTable, withGenerated } from "../../../scripts/generated_docs.ts";

function read(path: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
}

test("docs/uniface.md has the table of STATUS_MEANINGS and the programs of examples/; if not: deno run -A scripts/docs.ts", async () => {
  const document = await read("docs/uniface.md");
  const paths = filesIn(document);
  expect(paths).toEqual(["examples/uniface_status_codes.ts", "examples/uniface_idiomatic.ts"]);
  const files = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await read(path)])));
  expect(withGenerated(document, files)).toBe(document);
  expect(document).toContain(statusTable());
});

test("statusTable has a row for each status of each operation", () => {
  const rows = statusTable().split("\n").slice(2);
  expect(rows).toHaveLength(Object.values(STATUS_MEANINGS).flatMap((meanings) => Object.keys(meanings)).length);
  expect(rows.filter((row) => row.startsWith("| `send` ")).map((row) => row.split("|")[2]!.trim())).toEqual(
    ["above 0", "0", "-1", "-2", "-6", "-8", "-9", "-12", "-15"],
  );
});

test("withGenerated writes anew what stands between marks, and leaves the rest alone", () => {
  const document = "a\n\n<!-- file: x.ts -->\n\nold\n\n<!-- end -->\n\nb\n";
  const written = withGenerated(document, { "x.ts": "/**\n * What it is.\n */\nconst $1 = 1;\n" });
  expect(written).toBe("a\n\n<!-- file: x.ts -->\n\n```ts\nconst $1 = 1;\n```\n\n<!-- end -->\n\nb\n");
  expect(withGenerated(written, { "x.ts": "const $1 = 1;\n" })).toBe(written);
});

test("docs/uniface.md names every operation of UPopMail and every entry point", async () => {
  const document = await read("docs/uniface.md");
  const operations = Object.getOwnPropertyNames(UPopMail.prototype).filter((name) =>
    /^(?:set|get|add|send|clear|logo)/.test(name)
  );
  expect(operations.length).toBe(Object.keys(STATUS_MEANINGS).length + 2);
  for (const name of operations) expect(document).toContain(`\`mail.${name}(`);
  for (const name of SECURITY_ENTRY_POINTS) expect(document).toContain(`| \`${name}\` `);
});
