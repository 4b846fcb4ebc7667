/**
 * What is wrong with a configuration, and where.
 *
 * @module
 */
import { setKnown } from "./known.ts";
import { SmtpError, type SmtpErrorCode, type SmtpErrorOptions } from "./smtp_error.ts";

/** Where in a configuration something stands. Lines and columns count from 1, columns in UTF-16 code units. */
export interface ConfigPlace {
  /** File, URL or `connection string`; never a secret. */
  readonly source?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** In UTF-16 code units, counted from 1. */
  readonly column?: number;
  /** The profile or section it stands in. */
  readonly profile?: string;
  /** The option it is about. */
  readonly option?: string;
}

/** A configuration that cannot be understood or would be unsafe; nothing was connected. */
export class ConfigError extends SmtpError {
  /** The name of the class. */
  override readonly name = "ConfigError";
  /** File or text that is wrong. */
  declare readonly source?: string;
  // Bun's errors have a line and a column by themselves: where in the program they were made. Fields hide those.
  /** Counted from 1. */
  readonly line: number | undefined;
  /** In UTF-16 code units, counted from 1. */
  readonly column: number | undefined;
  /** Name of the TLS profile. */
  declare readonly profile?: string;
  /** Name of the option. */
  declare readonly option?: string;

  /** Made by this library; tests of a program may make one too. */
  constructor(code: SmtpErrorCode, message: string, place: ConfigPlace = {}, options: SmtpErrorOptions = {}) {
    super(code, "configuration", place.source === undefined ? message : `${placeText(place)}: ${message}`, options);
    setKnown<ConfigError>(this, place);
  }
}

/** Without a line, a column says nothing. */
function placeText({ source, line, column }: ConfigPlace): string {
  return [source, line, line && column].filter((part) => part !== undefined).join(":");
}
