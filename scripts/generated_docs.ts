/**
 * What is written into a document from elsewhere: the table of the statuses, and whole files, each between two marks.
 *
 *     <!-- statuses -->             <!-- file: examples/some.ts -->
 *     ...                           ...
 *     <!-- end -->                  <!-- end -->
 *
 * @module
 */
import { STATUS_MEANINGS } from "../lib/uniface/status_meanings.ts";

const REGION = /^<!-- (statuses|file: (\S+)) -->\n[^]*?^<!-- end -->$/gm;

/** The files whose text a document wants. */
export function filesIn(document: string): string[] {
  return [...document.matchAll(REGION)].flatMap(([, , path]) => path ?? []);
}

/** The document with everything between its marks written anew, from the texts of the files that it wants. */
export function withGenerated(document: string, files: Readonly<Record<string, string>>): string {
  return document.replace(REGION, (_, mark: string, path: string | undefined) => {
    const text = path === undefined ? statusTable() : `\`\`\`ts\n${withoutModuleComment(files[path]!)}\`\`\``;
    return `<!-- ${mark} -->\n\n${text}\n\n<!-- end -->`;
  });
}

function withoutModuleComment(source: string): string {
  return source.replace(/^\/\*\*[^]*?\*\/\n/, "");
}

/** The table of all statuses, in the form that `deno fmt` leaves as it is. */
export function statusTable(): string {
  const rows = [["operation", "status", "what it means", "what to do"]];
  for (const [operation, meanings] of Object.entries(STATUS_MEANINGS)) {
    const statuses = Object.keys(meanings).map(Number).sort((a, b) => b - a);
    for (const status of statuses) {
      const { meaning, advice } = meanings[status]!;
      rows.push([`\`${operation}\``, status > 0 ? "above 0" : String(status), meaning, advice]);
    }
  }
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
