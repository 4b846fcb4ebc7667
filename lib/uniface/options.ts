/**
 * Options, and the types of arguments: what is wrong with them is a mistake in the program, and no status.
 *
 * @module
 */
import type { Trace } from "../dialogue/running.ts";
import type { AssignmentFile } from "../profile/assignment_file.ts";
import type { FileLoader } from "../profile/file_loader.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { resolveTimeouts, type Timeouts } from "../session/timeouts.ts";
import { helloLine } from "../wire/command.ts";

/** What a `UPopMail` works with; everything has a default. */
export interface UPopMailOptions {
  /** Where TLS profiles are looked up: those that connection strings name, and `USYS$TLS_PARAMS`. */
  readonly profiles?: AssignmentFile;
  /** Reads the files of TLS profiles. Default: the files of the runtime. */
  readonly loader?: FileLoader;
  /** Default: the runtime this runs on. */
  readonly runtime?: Runtime;
  /** Limits on each step, milliseconds. */
  readonly timeouts?: Partial<Timeouts>;
  /** Name given in EHLO: a domain name or an address literal. Default `[127.0.0.1]`, which tells nothing. */
  readonly clientName?: string;
  /** Security drivers may authenticate over a connection without TLS. Default `false`: status -8. */
  readonly allowInsecureAuth?: boolean;
  /** Told of everything that is written and received, secrets replaced. */
  readonly log?: Trace;
}

const OPTIONS: ReadonlySet<string> = new Set([
  "profiles",
  "loader",
  "runtime",
  "timeouts",
  "clientName",
  "allowInsecureAuth",
  "log",
]);

/** Returns a copy of options that are good. Throws a TypeError or RangeError for others. */
export function checkOptions(options: UPopMailOptions): UPopMailOptions {
  requireObject(options, "options");
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key)) throw new TypeError(`${key}: unknown option; there are ${[...OPTIONS].join(", ")}`);
  }
  const { allowInsecureAuth, clientName, timeouts } = options;
  if (allowInsecureAuth !== undefined && typeof allowInsecureAuth !== "boolean") {
    throw new TypeError("allowInsecureAuth: must be true or false");
  }
  if (clientName !== undefined) helloLine("EHLO", clientName);
  resolveTimeouts(timeouts);
  return { ...options };
}

/** Throws a TypeError unless every one of the values is a string. */
export function requireText(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string") throw new TypeError(`${name}: must be a string`);
  }
}

/** Returns an object; throws a TypeError for anything else. */
export function requireObject<T extends object>(value: T, name: string): T {
  if (typeof value !== "object" || value === null) throw new TypeError(`${name}: must be a string or an object`);
  return value;
}
