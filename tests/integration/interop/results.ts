/**
 * What the last run that was to be kept has seen: `results.json`, which holds for each runtime the cells whose tests passed. Kept
 * only with `POSTHASTE_WRITE_INTEROP=1`, and the tables of `docs/interop.md` with it.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { withTables } from "./tables.ts";

/** What one runtime saw. */
export interface RunResults {
  readonly version: string;
  /** Of servers and proxies, by their names. */
  readonly versions: Readonly<Record<string, string>>;
  /** `row / column`, sorted. */
  readonly cells: readonly string[];
}

/** By the runtime's name. */
export type Results = Readonly<Record<string, RunResults>>;

const RESULTS = fileURLToPath(new URL("results.json", import.meta.url));
const DOCUMENT = fileURLToPath(new URL("../../../docs/interop.md", import.meta.url));

/** Reads what is kept. */
export async function readResults(): Promise<Results> {
  return JSON.parse(await readFile(RESULTS, "utf8"));
}

/** Collects the cells of one test file. */
export class Recorder {
  readonly #cells = new Set<string>();

  /** Says that a cell's test has passed: the last thing that the test does. */
  passed(row: string, column: string): void {
    this.#cells.add(cellName(row, column));
  }

  /** Keeps what was collected, in the place of what there was for all the cells of this file. */
  async save(own: readonly string[], versionsOf: () => Promise<Readonly<Record<string, string>>>): Promise<void> {
    if (process.env.POSTHASTE_WRITE_INTEROP !== "1") return;
    const { deno } = process.versions;
    const name = deno === undefined ? "Node" : "Deno";
    const all = await readResults();
    const before = all[name];
    const others = before?.cells.filter((cell) => !own.includes(cell)) ?? [];
    const run = {
      version: deno ?? process.versions.node,
      versions: sorted({ ...before?.versions, ...await versionsOf() }),
      cells: [...others, ...this.#cells].sort(),
    };
    const results = sorted({ ...all, [name]: run });
    await writeFile(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
    await writeFile(DOCUMENT, withTables(await readFile(DOCUMENT, "utf8"), results));
  }
}

/** How a cell is called. */
export function cellName(row: string, column: string): string {
  return `${row} / ${column}`;
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1));
}
