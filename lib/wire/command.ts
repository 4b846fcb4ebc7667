/**
 * Command lines (RFC 5321 section 4.1). Every octet of a command passes through {@link commandLine}, which refuses what
 * could end the line early: no caller's string becomes a second command, whatever was or was not checked before.
 *
 * @module
 */
import { findForbidden } from "../address/characters.ts";
import { InputError } from "../errors.ts";

/**
 * Most octets of a command line, its CRLF included. RFC 5321 section 4.5.3.1.4 says 512 and lets each extension add to
 * it; a path of 256 octets with the parameters of the known extensions stays below this. Own limit.
 */
export const COMMAND_LIMIT = 2048;

/** Most octets of a line in an AUTH exchange, its CRLF included (RFC 4954 section 4.3). */
export const AUTH_LINE_LIMIT = 12288;

const encoder = new TextEncoder();

/** How a command line is checked. */
export interface CommandLineOptions {
  /** UTF-8 may stand in it: SMTPUTF8 was offered and is asked for (RFC 6531). Default `false`. */
  readonly utf8?: boolean;
  /** Most octets, the CRLF included. Default {@link COMMAND_LIMIT}. */
  readonly limit?: number;
}

/**
 * The line with its CRLF.
 *
 * @throws {InputError} for a control character (C1 too), U+2028 and U+2029, for non-ASCII without `utf8`, for a lone
 *   surrogate, or over the limit; the text of the error never holds the line
 */
export function commandLine(line: string, options: CommandLineOptions = {}): string {
  let ascii = true;
  for (let i = 0; i < line.length; i++) {
    const unit = line.charCodeAt(i);
    if (unit < 32 || unit === 127) throw new InputError("command", "holds a control character", i);
    if (unit > 127) ascii = false;
  }
  const verb = line.slice(0, 4).trimEnd();
  if (!ascii && options.utf8 !== true) throw new InputError("command", `${verb} holds non-ASCII without SMTPUTF8`);
  if (!ascii && findForbidden(line) >= 0) throw new InputError("command", `${verb} holds what no line may hold`);
  const octets = ascii ? line.length : encoder.encode(line).length;
  const limit = options.limit ?? COMMAND_LIMIT;
  if (octets + 2 > limit) throw new InputError("command", `${verb} is longer than ${limit} octets`);
  return `${line}\r\n`;
}

/** `EHLO name`, `HELO name` or `LHLO name`; a domain or an address literal (RFC 5321 section 4.1.1.1). */
export function helloLine(verb: "EHLO" | "HELO" | "LHLO", name: string): string {
  if (!/^[A-Za-z0-9._-]+$|^\[[A-Za-z0-9.:]+\]$/.test(name) || name.length > 255) {
    throw new InputError("clientName", "must be a domain or an address literal such as [192.0.2.1]");
  }
  return commandLine(`${verb} ${name}`);
}

/** What MAIL says beside the reverse-path. */
export interface MailParameters {
  /** SIZE in octets (RFC 1870). */
  readonly size?: number | undefined;
  /** BODY (RFC 6152, RFC 3030). */
  readonly body?: "7BIT" | "8BITMIME" | "BINARYMIME" | undefined;
  /** SMTPUTF8 (RFC 6531). */
  readonly smtpUtf8?: boolean | undefined;
  /** Those of other extensions, with blanks between them; checked before. */
  readonly more?: string | undefined;
}

/** `MAIL FROM:<path> …`; an empty path is the null reverse-path (RFC 5321 section 4.1.1.2). */
export function mailLine(path: string, parameters: MailParameters = {}): string {
  checkPath(path);
  let line = `MAIL FROM:<${path}>`;
  if (parameters.size !== undefined) line += ` SIZE=${parameters.size}`;
  if (parameters.body !== undefined) line += ` BODY=${parameters.body}`;
  if (parameters.smtpUtf8 === true) line += " SMTPUTF8";
  if (parameters.more !== undefined) line += ` ${parameters.more}`;
  return commandLine(line, { utf8: parameters.smtpUtf8 === true });
}

/** `RCPT TO:<path>` (RFC 5321 section 4.1.1.3), with parameters that were checked before. */
export function recipientLine(
  path: string,
  options: { readonly utf8: boolean; readonly more?: string | undefined },
): string {
  checkPath(path);
  const more = options.more === undefined ? "" : ` ${options.more}`;
  return commandLine(`RCPT TO:<${path}>${more}`, { utf8: options.utf8 });
}

/** A blank or angle bracket outside a quoted string would end the path and start a parameter. */
function checkPath(path: string): void {
  let quoted = false;
  for (let i = 0; i < path.length; i++) {
    const char = path[i];
    if (char === '"') quoted = !quoted;
    else if (quoted && char === "\\") i++;
    else if (!quoted && (char === " " || char === "<" || char === ">")) {
      throw new InputError("path", "holds a blank or an angle bracket outside a quoted string", i);
    }
  }
  if (quoted) throw new InputError("path", "holds a quoted string without end");
}
