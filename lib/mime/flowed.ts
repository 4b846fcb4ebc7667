/**
 * Text that fits every width (RFC 3676): paragraphs in short lines that readers put together again.
 *
 * @module
 */
import { textToCrlf } from "../bytes/line_ends.ts";
import { InputError } from "../errors.ts";
import { given } from "../given.ts";
import { type Part, reusableText } from "./reusable.ts";
import { checkBodyText } from "./source.ts";

/** How text is made to flow. */
export interface FlowedOptions {
  /**
   * The blank that marks a line as flowing on is none of the text's (`DelSp=yes`), so that a line can be cut anywhere: for
   * scripts without blanks between words. Default `false`: lines are cut at blanks, and longer words stay whole.
   */
  readonly delSp?: boolean;
}

/** Characters of a line at most, CRLF aside (RFC 3676 section 4.2). */
const LINE_LENGTH = 78;

/** Levels of quoting; what is quoted more often stays in the lines it has. Own limit. */
const DEPTH_LIMIT = 50;

/** A line that separates the text from its signature (RFC 3676 section 4.3). */
const SEPARATOR = "-- ";

/**
 * Makes a text of type `text/plain; format=flowed`, to stand as a message's `text`: each line of it is a paragraph, and is
 * written in lines of at most 78 characters that readers join. `>` at the beginning of a line, one or more, means that it
 * is quoted, and the line `-- ` separates the signature. Blanks at the end of other lines are left out: they would
 * mean that the line goes on.
 *
 * @throws {InputError} what is no text
 *
 * @example
 * ```ts
 * import { compose, flowed } from "@posthaste/smtp";
 *
 * const text = flowed("A paragraph of any length.\n\n> What was said before.\n-- \nAda");
 * const { content } = compose({ from: "ada@example.com", to: "bob@example.net", text });
 * ```
 */
export function flowed(text: string, options: FlowedOptions = {}): Part<"text"> {
  const { delSp } = given(options, { place: "options", what: "flowed", keys: { delSp: undefined } });
  if (delSp !== undefined && typeof delSp !== "boolean") throw new InputError("options.delSp", "must be true or false");
  if (typeof text !== "string") throw new InputError("text", "must be a string");
  const lines = textToCrlf(checkBodyText(text, "text")).split("\r\n");
  const written = lines.map((line) => flowedLines(line, delSp === true)).join("\r\n");
  return reusableText(written, delSp === true ? "; format=flowed; delsp=yes" : "; format=flowed");
}

/** One paragraph, without its last line end. */
function flowedLines(line: string, delSp: boolean): string {
  const depth = /^>*/.exec(line)![0].length;
  const quoted = depth > 0 && line[depth] === " ";
  const given = line.slice(quoted ? depth + 1 : depth);
  const prefix = depth === 0 ? "" : `${">".repeat(depth)} `;
  if (given === SEPARATOR) return prefix + given;
  const text = withoutLastBlanks(given);
  if (text === "") return ">".repeat(depth);
  let lines = "";
  let at = 0;
  while (depth <= DEPTH_LIMIT) {
    const stuffing = depth === 0 && needsStuffing(text, at) ? " " : "";
    const room = LINE_LENGTH - prefix.length - stuffing.length;
    if (text.length - at <= room) break;
    const end = delSp ? cutAnywhere(text, at, room - 1) : cutAtBlank(text, at, room);
    if (end === text.length) break;
    lines += `${prefix}${stuffing}${text.slice(at, end)}${delSp ? " " : ""}\r\n`;
    at = end;
  }
  const stuffing = depth === 0 && needsStuffing(text, at) ? " " : "";
  return `${lines}${prefix}${stuffing}${text.slice(at)}`;
}

/** A loop, because an expression would look for the end from each blank. */
function withoutLastBlanks(text: string): string {
  let end = text.length;
  while (text[end - 1] === " ") end--;
  return text.slice(0, end);
}

/** Whether a reader would take the start of a line for something else (RFC 3676 section 4.4). */
function needsStuffing(text: string, at: number): boolean {
  return text[at] === " " || text[at] === ">" || text.startsWith("From ", at);
}

/** Behind the last blank that fits, else behind the next one. */
function cutAtBlank(text: string, at: number, room: number): number {
  const last = text.slice(at, at + room).lastIndexOf(" ");
  let end = last === -1 ? text.indexOf(" ", at + room) + 1 : at + last + 1;
  // What would be left as a line of its own separates a signature.
  if (text.slice(at, end) === SEPARATOR) end = text.indexOf(" ", end) + 1;
  return end === 0 ? text.length : end;
}

/** Behind the last blank that fits, else between any two characters. */
function cutAnywhere(text: string, at: number, room: number): number {
  const last = text.slice(at, at + room).lastIndexOf(" ");
  if (last !== -1) return at + last + 1;
  const code = text.charCodeAt(at + room - 1);
  return at + room - (code >= 0xd800 && code < 0xdc00 ? 1 : 0);
}
