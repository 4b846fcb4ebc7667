/**
 * Attributes of the client that a relay speaks for, as Postfix's XCLIENT and XFORWARD write them.
 *
 * @module
 */
import { isIpAddress } from "../address/ip.ts";
import { toXtext } from "../bytes/xtext.ts";
import { PLAIN_COMMAND_LIMIT } from "../dialogue/command.ts";
import { InputError, UnsupportedError } from "../errors.ts";
import { given } from "../given.ts";
import { commandLine } from "../wire/command.ts";
import type { Extensions } from "../wire/extension.ts";
import { requireWhole } from "./values.ts";

/** Characters of a value as xtext. */
const VALUE_LIMIT = 255;

/** Checks a value, which is not `null`, and gives its text. */
export type AttributeReader = (value: unknown, place: string) => string;

/** The attributes of a command: key of the caller's object to name on the wire and reader, in the order of writing. */
export type AttributeTable = Readonly<Record<string, readonly [name: string, read: AttributeReader]>>;

/** One attribute, ready for the wire. */
export interface Attribute {
  readonly name: string;
  /** Such as `NAME=mail.example.com`. */
  readonly text: string;
}

/**
 * Reads a caller's attributes; `null` says that something is not known.
 *
 * @throws {InputError}
 */
export function readAttributes(
  input: unknown,
  { command, table }: { readonly command: string; readonly table: AttributeTable },
): readonly Attribute[] {
  const place = command.toLowerCase();
  const keys = Object.fromEntries(Object.keys(table).map((key) => [key, undefined]));
  const own = given(input, { place, what: place, keys });
  const attributes = Object.entries(table).flatMap(([key, [name, read]]) => {
    const value = own[key];
    if (value === undefined) return [];
    const text = value === null ? "[UNAVAILABLE]" : toXtext(read(value, `${place}.${key}`));
    if (text.length > VALUE_LIMIT) throw new InputError(`${place}.${key}`, `is longer than ${VALUE_LIMIT} characters`);
    return [{ name, text: `${name}=${text}` }];
  });
  if (attributes.length === 0) throw new InputError(place, `takes one at least of ${Object.keys(table).join(", ")}`);
  return attributes;
}

/** Command lines with all attributes, as few as hold them within 512 octets each. */
export function attributeLines(command: string, attributes: readonly Attribute[]): readonly string[] {
  const lines: string[] = [];
  let line = command;
  for (const { text } of attributes) {
    if (line.length + 1 + text.length + 2 > PLAIN_COMMAND_LIMIT) {
      lines.push(commandLine(line, { limit: PLAIN_COMMAND_LIMIT }));
      line = command;
    }
    line += ` ${text}`;
  }
  return [...lines, commandLine(line, { limit: PLAIN_COMMAND_LIMIT })];
}

/**
 * Holds attributes against what the server takes.
 *
 * @throws {UnsupportedError} `EXTENSION_UNSUPPORTED`
 */
export function requireOffered(command: string, attributes: readonly Attribute[], { keywords }: Extensions): void {
  const offered = keywords.get(command)?.toUpperCase().split(" ");
  const missing = offered === undefined ? undefined : attributes.find(({ name }) => !offered.includes(name));
  if (offered !== undefined && missing === undefined) return;
  const text = offered === undefined
    ? `The server does not offer ${command} to this client`
    : `The server offers ${command} without ${missing!.name}`;
  throw new UnsupportedError("EXTENSION_UNSUPPORTED", "command", command, text, { sessionUsable: true });
}

/** A name, or another word without blanks and what Postfix would replace. */
export function word(value: unknown, place: string): string {
  if (typeof value !== "string" || value === "") {
    throw new InputError(place, "must be a text that is not empty, or null");
  }
  const at = value.search(/[^!-~]|[<>()\\";@]/);
  if (at >= 0) throw new InputError(place, 'takes printable ASCII characters other than <>()\\";@', at);
  return value;
}

/** An IP address; version 6 gets its prefix. */
export function ipAddress(value: unknown, place: string): string {
  if (typeof value !== "string" || !isIpAddress(value) || value.startsWith("[")) {
    throw new InputError(place, "must be an IP address without brackets, or null");
  }
  return value.includes(":") ? `IPV6:${value}` : value;
}

/** A TCP port. */
export function port(value: unknown, place: string): string {
  return String(requireWhole(value, { place, least: 1, most: 65535 }));
}
