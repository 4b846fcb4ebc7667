/**
 * The statements of one assignment file: the settings of the two sections that matter here, and the files it includes.
 *
 * What is in another section is left alone, but for its form: it belongs to other programs.
 *
 * @module
 */
import type { ConfigPlace, SmtpErrorCode } from "../errors.ts";
import { editDistance } from "../errors/nearest.ts";
import { decodeAssignmentText } from "./assignment_text.ts";
import { type LogicalLine, logicalLines } from "./assignment_lines.ts";
import { configError, isBlank, type Locate, quote, upperAscii } from "./text.ts";
import { optionNamed } from "./tls_options.ts";

/** Most lines that are neither comments nor empty, in one file and all that it includes. */
export const MAX_STATEMENTS = 10_000;

/** Name of the setting in `[DRIVER_SETTINGS]` that holds the TLS profile of the driver. */
export const DRIVER_PROFILE = "USYS$TLS_PARAMS";

/** The sections that are interpreted; TLS profiles by name stand in the first. */
const SECTIONS = ["NET_SETTINGS", "DRIVER_SETTINGS"] as const;

/** A section that is interpreted. */
export type Section = typeof SECTIONS[number];

/** `Name {=} Value`. */
export interface Setting {
  readonly kind: "setting";
  readonly section: Section;
  /** As written. */
  readonly name: string;
  readonly value: string;
  /** Where an offset of `value` stands. */
  readonly locate: Locate;
}

/** `#FILE name`. */
export interface Include {
  readonly kind: "include";
  /** As written. */
  readonly path: string;
  readonly place: ConfigPlace;
}

/** What {@link parseStatements} found. */
export interface StatementList {
  readonly statements: readonly (Setting | Include)[];
  /** Lines that are neither comments nor empty. */
  readonly lineCount: number;
}

/**
 * Reads one file, without following what it includes.
 *
 * @throws {ConfigError} `CONFIG_SYNTAX`, `CONFIG_UNKNOWN` (a section misspelt), `CONFIG_DUPLICATE` (a setting, or an
 *   interpreted section, twice in this file) or `CONFIG_LIMIT`
 */
export function parseStatements(
  content: string | Uint8Array,
  options: { readonly source: string; readonly included: boolean },
): StatementList {
  const reader = new StatementReader(options.included);
  for (const line of logicalLines(decodeAssignmentText(content, options.source), options.source)) reader.read(line);
  return reader;
}

class StatementReader implements StatementList {
  readonly statements: (Setting | Include)[] = [];
  lineCount = 0;
  readonly #included: boolean;
  /** Names of sections, and of settings in lower case with their section in front. */
  readonly #seen = new Set<string>();
  #section: string | undefined;

  constructor(included: boolean) {
    this.#included = included;
  }

  read(line: LogicalLine): void {
    let start = 0;
    while (isBlank(line.text[start])) start++;
    // A continued line may be blank as a whole.
    if (start === line.text.length) return;
    if (++this.lineCount > MAX_STATEMENTS) {
      refuse("CONFIG_LIMIT", `more than ${MAX_STATEMENTS} lines`, line.locate(start));
    }
    const text = line.text.slice(start);
    if (text.startsWith("[")) this.#openSection(text, line.locate(start));
    else if (this.#included && this.#section === undefined) {
      refuse("CONFIG_SYNTAX", "an included file must open with a section header", line.locate(start));
    } else if (text.startsWith("#")) this.#include(text, line.locate(start));
    else this.#setting(line, start);
  }

  #openSection(text: string, place: ConfigPlace): void {
    const name = /^\[([^\s[\]](?:[^[\]]*[^\s[\]])?)\]$/.exec(text)?.[1];
    if (name === undefined) refuse("CONFIG_SYNTAX", "a section header is [NAME], with nothing behind it", place);
    this.#section = upperAscii(name);
    const meant = SECTIONS.find((section) => name.length < 32 && editDistance(section, upperAscii(name)) <= 2);
    if (meant === undefined) return;
    if (meant !== this.#section) {
      refuse("CONFIG_UNKNOWN", `unknown section ${quote(name)}; did you mean ${meant}?`, place);
    }
    this.#once(meant, { what: `section ${meant}`, place });
  }

  #include(text: string, place: ConfigPlace): void {
    const path = /^#FILE[ \t]+(\S.*)$/i.exec(text)?.[1];
    if (path === undefined) refuse("CONFIG_SYNTAX", "a line that begins with # must be #FILE name", place);
    this.statements.push({ kind: "include", path, place });
  }

  #setting(line: LogicalLine, start: number): void {
    if (this.#section === undefined) {
      refuse("CONFIG_SYNTAX", "a setting stands in a section, and no [SECTION] came before", line.locate(start));
    }
    const section = SECTIONS.find((section) => section === this.#section);
    if (section === undefined) return;
    const { text } = line;
    let end = start;
    while (end < text.length && !isBlank(text[end]) && text[end] !== "=") end++;
    const name = text.slice(start, end);
    const place = line.locate(start);
    checkSettingName(name, { section, place });
    let valueStart = skipBlanks(text, end);
    if (text[valueStart] === "=") valueStart = skipBlanks(text, valueStart + 1);
    if (valueStart === text.length) refuse("CONFIG_SYNTAX", `the setting ${quote(name)} has no value`, place);
    this.#once(`${section}/${name.toLowerCase()}`, { what: `setting ${quote(name)}`, place });
    const locate: Locate = (offset) => line.locate(valueStart + offset);
    this.statements.push({ kind: "setting", section, name, value: text.slice(valueStart), locate });
  }

  #once(key: string, options: { readonly what: string; readonly place: ConfigPlace }): void {
    if (this.#seen.has(key)) {
      refuse("CONFIG_DUPLICATE", `the ${options.what} stands twice in this file, in any case`, options.place);
    }
    this.#seen.add(key);
  }
}

function checkSettingName(name: string, options: { readonly section: Section; readonly place: ConfigPlace }): void {
  const { section, place } = options;
  if (name === "" || /[,;"[\]]/.test(name)) {
    refuse("CONFIG_SYNTAX", 'a setting is Name = Value; a name holds none of , ; " [ ]', place);
  }
  // Without this, a forgotten %\ would turn the rest of a profile into settings that nobody reads.
  if (optionNamed(name) !== undefined) {
    refuse("CONFIG_SYNTAX", `${quote(name)} is an option of a TLS profile; does the line before lack its %\\?`, place);
  }
  const upper = upperAscii(name.slice(0, 32));
  // It would be passed over there, and STARTTLS trust whom the platform trusts.
  if (section === "NET_SETTINGS" && upper === DRIVER_PROFILE) {
    refuse("CONFIG_UNKNOWN", `${DRIVER_PROFILE} stands in [DRIVER_SETTINGS], and has no effect here`, place);
  }
  if (section === "DRIVER_SETTINGS" && upper !== DRIVER_PROFILE && editDistance(upper, DRIVER_PROFILE) <= 1) {
    refuse("CONFIG_UNKNOWN", `unknown setting ${quote(name)}; did you mean ${DRIVER_PROFILE}?`, place);
  }
}

function skipBlanks(text: string, start: number): number {
  let i = start;
  while (isBlank(text[i])) i++;
  return i;
}

function refuse(code: SmtpErrorCode, message: string, place: ConfigPlace): never {
  throw configError(code, message, place);
}
