/**
 * What is wrong with a configuration, and where.
 *
 * @module
 */
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
  readonly source: string | undefined;
  /** Counted from 1. */
  readonly line: number | undefined;
  /** In UTF-16 code units, counted from 1. */
  readonly column: number | undefined;
  /** Name of the TLS profile. */
  readonly profile: string | undefined;
  /** Name of the option. */
  readonly option: string | undefined;

  /** Made by this library; tests of a program may make one too. */
  constructor(code: SmtpErrorCode, message: string, place: ConfigPlace = {}, options: SmtpErrorOptions = {}) {
    super(code, "configuration", place.source === undefined ? message : `${placeText(place)}: ${message}`, options);
    this.source = place.source;
    this.line = place.line;
    this.column = place.column;
    this.profile = place.profile;
    this.option = place.option;
  }
}

function placeText(place: ConfigPlace): string {
  const line = place.line === undefined ? "" : `:${place.line}`;
  const column = place.line === undefined || place.column === undefined ? "" : `:${place.column}`;
  return `${place.source}${line}${column}`;
}
