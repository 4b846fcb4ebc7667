/**
 * The network connection string `{Connector:}Host{+Port}{:Profile}`.
 *
 * It is read from both ends: a leading connector is stripped, then the last `+` starts `port{:profile}`. Without a `+`
 * one colon means `host:profile`, and several mean an IPv6 address without a profile; brackets around the address make
 * room for one.
 *
 * @module
 */
import type { SmtpErrorCode } from "../errors.ts";
import { isIpv6 } from "../bytes/ip_address.ts";
import { hostProblem, parsePort, PORT_RULE } from "./host.ts";
import { configError, quote, requireString, strangerIn } from "./text.ts";

/** Longest connection string, in UTF-16 code units. */
const MAX_LENGTH = 1024;
/** Longest profile name, in UTF-16 code units. */
const MAX_PROFILE = 255;

/** The ports of RFC 5321 section 4.5.4.2 and RFC 8314 section 7.3. */
const DEFAULT_PORTS = { TCP: 25, TLS: 465 } as const;

/** A connection string, taken apart. */
export interface ConnectionString {
  /** `TLS`: TLS from the first octet; `TCP`: a connection that begins in clear text. */
  readonly connector: "TCP" | "TLS";
  /** As written, without brackets: a domain name, an IPv4 or an IPv6 address. */
  readonly host: string;
  /** 1 to 65535; by default 25 for TCP and 465 for TLS. */
  readonly port: number;
  /** Name of the TLS profile, as written; only with TLS. */
  readonly profile: string | undefined;
}

/** The parts of a string with the offsets where they begin. */
interface Parts {
  readonly host: string;
  readonly hostAt: number;
  /** Absent without a `+`, empty when nothing follows it. */
  readonly port: string | undefined;
  readonly portAt: number;
  readonly profile: string | undefined;
  readonly profileAt: number;
}

/**
 * Reads a connection string, such as `smtp.myorg.com`, `smtp.myorg.com+587`, `TLS:smtp.myorg.com+465:smtp_profile` or
 * `tls:[2001:db8::1]+465`. At most 1,024 characters; nothing is trimmed or repaired.
 *
 * @throws {ConfigError} with the column: `CONFIG_SYNTAX`, `CONFIG_VALUE` (host, port, a profile with TCP),
 *   `CONFIG_UNKNOWN` (connector) or `CONFIG_LIMIT`
 */
export function parseConnectionString(text: string): ConnectionString {
  requireString(text, "a connection string");
  checkCharacters(text);
  const written = /^(tcp|tls):/i.exec(text)?.[1];
  const connector = written?.toUpperCase() === "TLS" ? "TLS" : "TCP";
  const start = written === undefined ? 0 : written.length + 1;
  const parts = split(text, start);
  if (written === undefined) checkConnector(parts);
  if (parts.profile !== undefined) {
    if (/^(?:tcp|tls)$/i.test(parts.host)) refuse("CONFIG_SYNTAX", parts.hostAt, "a second connector");
    checkProfile(parts.profile, { at: parts.profileAt, connector });
  }
  const host = readHost(parts);
  return { connector, host, port: readPort(parts) ?? DEFAULT_PORTS[connector], profile: parts.profile };
}

function refuse(code: SmtpErrorCode, offset: number, message: string): never {
  const column = offset + 1;
  const form = "the form is {TCP:|TLS:}host{+port}{:profile}";
  throw configError(code, `at column ${column}: ${message}; ${form}`, { source: "connection string", column });
}

/** Refuses what belongs to no part, before anything of it could be shown: a password in a URL, a control character. */
function checkCharacters(text: string): void {
  if (text.length > MAX_LENGTH) refuse("CONFIG_LIMIT", MAX_LENGTH, `more than ${MAX_LENGTH} characters`);
  const url = text.indexOf("://");
  if (url >= 0) refuse("CONFIG_SYNTAX", url, "a URL is not a connection string");
  const stranger = strangerIn(text, /[A-Za-z0-9\-._$:+[\]]/);
  if (stranger === undefined) return;
  refuse("CONFIG_SYNTAX", stranger.index, `the character ${quote(stranger.character)} has no place here`);
}

function split(text: string, start: number): Parts {
  const plus = text.lastIndexOf("+");
  if (plus < start) return splitWithoutPort(text, start);
  const colon = text.indexOf(":", plus);
  const portEnd = colon < 0 ? text.length : colon;
  return {
    host: text.slice(start, plus),
    hostAt: start,
    port: text.slice(plus + 1, portEnd),
    portAt: plus + 1,
    profile: colon < 0 ? undefined : text.slice(colon + 1),
    profileAt: portEnd + 1,
  };
}

function splitWithoutPort(text: string, start: number): Parts {
  const bracket = text.startsWith("[", start) ? text.indexOf("]", start) : -1;
  const colon = text.indexOf(":", Math.max(start, bracket));
  const several = bracket < 0 && colon >= 0 && text.includes(":", colon + 1);
  const hostEnd = colon < 0 || several ? text.length : colon;
  return {
    host: text.slice(start, hostEnd),
    hostAt: start,
    port: undefined,
    portAt: text.length,
    profile: hostEnd === text.length ? undefined : text.slice(hostEnd + 1),
    profileAt: hostEnd + 1,
  };
}

/** Without TCP or TLS in front, whatever stands before a colon was meant as a connector or begins a profile. */
function checkConnector(parts: Parts): void {
  const colon = parts.host.indexOf(":");
  if (colon > 0 && /^[^.[]*$/.test(parts.host.slice(0, colon)) && !isIpv6(parts.host)) {
    unknownConnector(parts.host.slice(0, colon));
  }
  const looksLikeConnector = parts.profile !== undefined && parts.port === undefined &&
    /^[A-Za-z0-9_]+$/.test(parts.host) && !/^\d+$/.test(parts.profile);
  if (looksLikeConnector) unknownConnector(parts.host);
}

function unknownConnector(word: string): never {
  refuse("CONFIG_UNKNOWN", 0, `unknown connector ${quote(word)}; allowed are TCP and TLS`);
}

function checkProfile(profile: string, options: { readonly at: number; readonly connector: "TCP" | "TLS" }): void {
  if (options.connector === "TCP") {
    refuse("CONFIG_VALUE", options.at, "a profile is only for the connector TLS, and a port stands behind +");
  }
  if (profile === "") refuse("CONFIG_VALUE", options.at, "the profile is empty");
  if (profile.length > MAX_PROFILE) {
    refuse("CONFIG_LIMIT", options.at, `a profile name has at most ${MAX_PROFILE} characters`);
  }
  const stranger = /[:[\]]/.exec(profile);
  if (stranger !== null) {
    const rule = "a profile name has letters, digits, hyphens and . _ $ only";
    refuse("CONFIG_SYNTAX", options.at + stranger.index, rule);
  }
}

function readPort(parts: Parts): number | undefined {
  if (parts.port === undefined || parts.port === "") return undefined;
  const port = parsePort(parts.port);
  if (port === undefined) refuse("CONFIG_VALUE", parts.portAt, `${quote(parts.port)}: ${PORT_RULE}`);
  return port;
}

function readHost(parts: Parts): string {
  const { host, hostAt } = parts;
  if (host.startsWith("[")) {
    const inner = host.slice(1, -1);
    if (host.endsWith("]") && isIpv6(inner)) return inner;
    refuse("CONFIG_VALUE", hostAt, "brackets hold an IPv6 address, nothing else, and are closed behind it");
  }
  if (host.includes(":") && !isIpv6(host)) {
    refuse("CONFIG_VALUE", hostAt, `${quote(host)} is no IPv6 address (with a profile it needs brackets)`);
  }
  const problem = hostProblem(host);
  if (problem !== undefined) refuse("CONFIG_VALUE", hostAt + problem.offset, problem.message);
  return host;
}
