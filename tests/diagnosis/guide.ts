/**
 * The errors that docs/troubleshooting.md shows: under each heading one block of them, each with a line `# name` above it.
 *
 * @module
 */
import { InputError, SmtpError } from "../../lib/errors.ts";
import type { Mistake } from "./mistake.ts";

const BLOCK = /(^```text\n)([^]*?)(^```$)/m;

/** The entries of a document: heading to name to text. */
export function entriesOf(document: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = document.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), inBlock(section)]));
}

function inBlock(section: string): ReadonlyMap<string, string> {
  const block = BLOCK.exec(section)?.[2] ?? "";
  return new Map(
    block.split(/^# /m).slice(1).map((entry) => {
      const end = entry.indexOf("\n");
      return [entry.slice(0, end), entry.slice(end + 1).trimEnd()];
    }),
  );
}

/** The document with these entries in the place of those of the same names, behind which new ones are added. */
export function withEntries(
  document: string,
  entries: ReadonlyMap<string, ReadonlyMap<string, string>>,
): string {
  return document.split(/^(?=## )/m).map((section) => {
    const own = entries.get(/^## (.*)/.exec(section)?.[1] ?? "");
    if (own === undefined) return section;
    const all = [...new Map([...inBlock(section), ...own])].map(([name, text]) => `# ${name}\n${text}\n`).join("\n");
    return section.replace(BLOCK, (_, begin: string, _old: string, end: string) => `${begin}${all}${end}`);
  }).join("");
}

/** A mistake's name in the document. */
export function nameOf({ name, differs }: Mistake, runtime: string): string {
  return differs === true ? `${name} (${runtime})` : name;
}

/** An error as the document shows it: what varies from run to run in the form that it has for a reader. */
export function entryOf(error: unknown, { as = "mail.example.com:587" }: Mistake): string {
  if (error instanceof InputError) return `${error.name}: ${error.message}`;
  if (!(error instanceof SmtpError)) throw error;
  const { name, message, code, phase, fate, advice } = error;
  const [host, port] = as.split(":") as [string, string];
  const shown = (text: string): string =>
    text.replace(/127\.0\.0\.1:\d+/g, as)
      .replaceAll("127.0.0.1", host)
      .replace(/\bport \d{4,}/, `port ${port}`)
      .replace(/\b300 ms/, phase === "connect" ? "30000 ms" : "60000 ms")
      .replace(/(valid to )[^;]+/, "$12026-01-31T12:00:00Z")
      .replace(/(valid from )[^;]+/, "$12026-02-02T12:00:00Z")
      .replace(/(clock says )[^)]+/, "$12026-02-01T12:00:00Z");
  return [
    ...wrapped(`${name}: ${shown(message)}`),
    `    code ${code}, phase ${phase}, fate ${fate}`,
    ...advice === undefined ? [] : wrapped(`    advice: ${shown(advice)}`),
  ].join("\n");
}

/** Lines of 120 characters at most, where blanks let them be; those that follow the first stand four further in. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  const indent = `${/^ */.exec(text)![0]}    `;
  while (rest.length > 120) {
    const blank = rest.lastIndexOf(" ", 120);
    if (blank <= indent.length) break;
    lines.push(rest.slice(0, blank).trimEnd());
    rest = indent + rest.slice(blank + 1);
  }
  return [...lines, rest];
}
