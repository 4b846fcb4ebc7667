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
  readonly line?: number;
  readonly column?: number;
  /** The profile or section it stands in. */
  readonly profile?: string;
  /** The option it is about. */
  readonly option?: string;
}

/** A configuration that cannot be understood or would be unsafe; nothing was connected. */
export class ConfigError extends SmtpError {
  override readonly name = "ConfigError";
  readonly source: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly profile: string | undefined;
  readonly option: string | undefined;

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
