/**
 * Outcomes as tables, for the terminal and for Markdown.
 *
 * @module
 */
import { groupBy } from "./group.ts";
import { type ContestantName, CONTESTANTS, isOurs, type RunsOn } from "./contestants.ts";
import type { Outcome, Reached, Row, Verdict } from "./outcome.ts";

/** Rows of cells, the first one the heading. */
export type Table = readonly (readonly string[])[];

const COLUMNS: readonly { readonly name: string; readonly runtimes: readonly RunsOn[] }[] = [
  // A program in C stands where the library stands that it is compared with.
  { name: "Node", runtimes: ["node", "native"] },
  { name: "Deno", runtimes: ["deno"] },
  { name: "Bun", runtimes: ["bun"] },
];

/** A number with as many digits as mean something. */
export function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function formatRatio(value: number): string {
  return `${formatNumber(value)}×`;
}

function cell(row: Row | undefined, { one }: Outcome): string {
  if (row === undefined) return "";
  if ("error" in row) return row.error;
  const beside = [
    ...(row.ratio === undefined ? [] : [formatRatio(row.ratio)]),
    ...(one.beside === "cpu" ? [`${formatNumber(row.cpu)} µs`] : []),
    ...(one.beside === "peak" ? [`${formatNumber(row.peak)} MB`] : []),
  ];
  return formatNumber(row.figure) + (beside.length === 0 ? "" : ` (${beside.join(", ")})`);
}

/** The same bar on several runtimes as one. */
function bars(rows: readonly Row[]): string {
  const judged = rows.flatMap((row) =>
    "error" in row ? [] : row.verdicts.map((verdict) => ({ ...verdict, where: columnOf(row) }))
  );
  return [...groupBy(judged, ({ text }) => text)].map(([text, all]) => `${text}: ${summary(all)}`).join("; ");
}

function columnOf({ entry }: Reached): string {
  return COLUMNS.find(({ runtimes }) => runtimes.includes(entry.runtime))!.name;
}

function summary(all: readonly (Verdict & { readonly where: string })[]): string {
  const names = (met: boolean) => all.filter((one) => one.met === met).map(({ where }) => where).join(", ");
  if (all.every(({ met }) => met)) return "met";
  return all.some(({ met }) => met) ? `met on ${names(true)}, not on ${names(false)}` : "not met";
}

/** One case, at all its distances. */
export function caseTable(outcomes: readonly Outcome[]): Table {
  const used = COLUMNS.filter(({ runtimes }) =>
    outcomes.some(({ rows }) => rows.some(({ entry }) => runtimes.includes(entry.runtime)))
  );
  const heading = ["Round trip", "", ...used.map(({ name }) => name), "Bar"];
  const body = outcomes.flatMap((outcome) => {
    const names = [...new Set(outcome.rows.map(({ entry }) => entry.contestant))];
    return names.map((name: ContestantName) => {
      const rows = outcome.rows.filter(({ entry }) => entry.contestant === name);
      const cells = used.map(({ runtimes }) =>
        cell(rows.find(({ entry }) => runtimes.includes(entry.runtime)), outcome)
      );
      return [`${outcome.rtt} ms`, CONTESTANTS[name].label, ...cells, bars(rows)];
    });
  });
  return withoutEmpty([heading, ...body]);
}

/** Leaves out a last column that has nothing in it. */
function withoutEmpty(table: Table): Table {
  return table.slice(1).every((row) => row.at(-1) === "") ? table.map((row) => row.slice(0, -1)) : table;
}

/** Columns filled up with spaces. */
export function asText(table: Table): string {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => row.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}

/** As GitHub takes it. */
export function asMarkdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const [heading, ...body] = table;
  const own = (row: readonly string[]) => row.map((text) => text.startsWith("Posthaste") ? `**${text}**` : text);
  return [line(heading), line(heading.map(() => "---")), ...body.map((row) => line(own(row)))].join("\n");
}

/** Bars that are not met, a line each. */
export function shortfalls(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ one, rtt, rows }) =>
    rows.flatMap((row) => {
      if ("error" in row) return isOurs(row.entry) ? [`${one.title}, ${rtt} ms: ${row.error}`] : [];
      const { label } = CONTESTANTS[row.entry.contestant];
      const got = cell(row, { one, rtt, rows });
      return row.verdicts.filter(({ met }) => !met)
        .map(({ text }) => `${one.title}, ${rtt} ms, ${label} on ${columnOf(row)}: ${got}, bar ${text}`);
    })
  );
}
