/**
 * What a `UPopMail` works with: what is wrong with it is a mistake in the program, and no status.
 *
 * @module
 */
import { given, type KeysOf } from "../given.ts";
import type { Compose } from "../mime/composer.ts";
import type { AssignmentFile } from "../profile/assignment_file.ts";
import type { FileLoader } from "../profile/file_loader.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { resolveTimeouts, type Timeouts } from "../session/timeouts.ts";
import { helloLine } from "../wire/command.ts";
import { requireType } from "./arguments.ts";
import type { Log } from "../session/log.ts";

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
  readonly log?: Log;
  /**
   * Composes every message of `sendMail` and `send`, before anything is connected for it. What it throws is status -2 when
   * it is an `InputError`, else -1. Default: the `compose` of this package.
   */
  readonly compose?: Compose;
}

const KEYS: KeysOf<UPopMailOptions> = {
  profiles: undefined,
  loader: undefined,
  runtime: undefined,
  timeouts: undefined,
  clientName: undefined,
  allowInsecureAuth: undefined,
  log: undefined,
  compose: undefined,
};

/** Returns a copy of options that are good. Throws a TypeError or RangeError for others. */
export function checkOptions(options: UPopMailOptions): UPopMailOptions {
  const own = given(options, { place: "", what: "options", keys: KEYS }) as UPopMailOptions;
  const { allowInsecureAuth, clientName, timeouts, compose } = own;
  if (allowInsecureAuth !== undefined && typeof allowInsecureAuth !== "boolean") {
    throw new TypeError("allowInsecureAuth: must be true or false");
  }
  if (compose !== undefined) requireType(compose, { name: "compose", types: ["function"] });
  if (clientName !== undefined) helloLine("EHLO", clientName);
  resolveTimeouts(timeouts);
  return own;
}
