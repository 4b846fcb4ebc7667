/**
 * The lines of an assignment file: comments left out, continued lines joined, and each character's place kept.
 *
 * @module
 */
import { configError, isBlank, type Locate } from "./text.ts";

/** Longest line, continuations included, in UTF-16 code units: 64 Ki. */
const MAX_LINE = 65_536;

/** One line of meaning: one or more lines of the file. */
export interface LogicalLine {
  /** The parts as they stand, blanks included, without the `%\` between them. */
  readonly text: string;
  /** Where in the file an offset of `text` stands. */
  readonly locate: Locate;
}

/**
 * Goes through the lines. A comment begins with `;` after optional blanks and is never continued; the line after a
 * `%\` (blanks may follow it) belongs to the line before, whatever it begins with. Empty lines are left out.
 *
 * @throws {ConfigError} `CONFIG_LIMIT` for a line over 64 Ki characters, `CONFIG_SYNTAX` for a `%\` on the last line
 */
export function* logicalLines(text: string, source: string): Generator<LogicalLine> {
  let parts: string[] = [];
  let length = 0;
  let firstLine = 1;
  let line = 0;
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const physical = trimEnd(text.slice(start, end));
    start = end + 1;
    line++;
    if (parts.length === 0) {
      if (isCommentOrEmpty(physical)) continue;
      firstLine = line;
    }
    const continued = physical.endsWith("%\\");
    parts.push(continued ? physical.slice(0, -2) : physical);
    length += physical.length;
    if (length > MAX_LINE) {
      throw configError("CONFIG_LIMIT", `the line has more than ${MAX_LINE} characters`, { source, line: firstLine });
    }
    if (continued) continue;
    yield { text: parts.join(""), locate: locator(parts, { source, firstLine }) };
    parts = [];
    length = 0;
  }
  if (parts.length > 0) {
    throw configError("CONFIG_SYNTAX", "the last line ends in %\\, and nothing follows", { source, line });
  }
}

function locator(parts: readonly string[], at: { readonly source: string; readonly firstLine: number }): Locate {
  return (offset) => {
    let start = 0;
    let i = 0;
    while (i < parts.length - 1 && offset >= start + parts[i].length) start += parts[i++].length;
    return { source: at.source, line: at.firstLine + i, column: offset - start + 1 };
  };
}

/** Drops the carriage return of CRLF and trailing blanks. */
function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (isBlank(line[end - 1]) || line[end - 1] === "\r")) end--;
  return line.slice(0, end);
}

function isCommentOrEmpty(line: string): boolean {
  let i = 0;
  while (isBlank(line[i])) i++;
  return i === line.length || line[i] === ";";
}
