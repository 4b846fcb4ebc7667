/**
 * The tables of `docs/interop.md`, each between two marks: `<!-- table: servers -->` and `<!-- end -->`.
 *
 * @module
 */

import { BEHIND_PROXIES, BY_TRANSCRIPT, expectation, PROXIES, ROWS, SERVERS } from "./catalogue.ts";
import type { Results } from "./results.ts";

const REGION = /^<!-- table: (\w+) -->\n[^]*?^<!-- end -->$/gm;

const GROUPS = { connection: "", mechanism: "AUTH ", extension: "", LMTP: "" } as const;

/** The document with its tables written anew. */
export function withTables(document: string, results: Results): string {
  const tables: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
    versions: () => versionTable(results),
    servers: () => serverTable(results),
    proxies: () => proxyTable(results),
    transcripts: transcriptTable,
  };
  return document.replace(REGION, (_, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`there is no table ${name}`);
    return `<!-- table: ${name} -->\n\n${markdown(table())}\n\n<!-- end -->`;
  });
}

function versionTable(results: Results): string[][] {
  const runs = Object.entries(results);
  const names = new Set(runs.flatMap(([, { versions }]) => Object.keys(versions)));
  const of = (name: string) => [...new Set(runs.map(([, { versions }]) => versions[name] ?? "unknown"))].join(", ");
  const rows = [...names].map((name) => [name, of(name)]);
  return [["what", "version"], ...runs.map(([name, { version }]) => [name, version]), ...rows];
}

function serverTable(results: Results): string[][] {
  const rows = ROWS.map((row) => [
    GROUPS[row.group] + row.title,
    ...SERVERS.map((server) => {
      const expected = expectation(row, server);
      return expected === undefined ? "" : seen(results, { row: row.title, column: server, expected });
    }),
  ]);
  return [["", ...SERVERS], ...rows];
}

function proxyTable(results: Results): string[][] {
  const columns = BEHIND_PROXIES.map(({ title }) => title);
  const rows = PROXIES.map((row) => [row, ...columns.map((column) => seen(results, { row, column, expected: "yes" }))]);
  return [["through", ...columns], ...rows];
}

function transcriptTable(): string[][] {
  return [["what", "test"], ...BY_TRANSCRIPT.map(({ title, file }) => [title, `\`${file}\``])];
}

interface Cell {
  readonly row: string;
  readonly column: string;
  readonly expected: string;
}

/** What was expected, where all runtimes saw it; else those that did. */
function seen(results: Results, { row, column, expected }: Cell): string {
  const runs = Object.entries(results);
  const names = runs.filter(([, { cells }]) => cells.includes(`${row} / ${column}`)).map(([name]) => name);
  if (names.length === 0) return "not seen";
  return names.length === runs.length ? expected : `${expected}, on ${names.join(" and ")} alone`;
}

/** In the form that `deno fmt` leaves as it is. */
function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const all = [head!, ...rows];
  const widths = head!.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head!), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
