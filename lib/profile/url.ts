/**
 * The URLs `smtp://` and `smtps://`: server, credentials and a closed set of options in one line.
 *
 * The parser is our own, after RFC 3986: the platform's `URL` repairs what it reads (blanks, tabs, backslashes), and
 * here nothing is repaired. No error shows any of the input but an option's name, so that no part of a password that was
 * not percent-encoded can slip into one.
 *
 * @module
 */
import type { SmtpErrorCode } from "../errors.ts";
import { isIpv6 } from "../bytes/ip_address.ts";
import { hostProblem, parsePort, PORT_RULE } from "./host.ts";
import { configError, forbiddenAt, isBlank, requireString } from "./text.ts";
import { readUrlOptions, type UrlOptions } from "./url_options.ts";

/** Longest URL, in UTF-16 code units; an OAuth token takes a few thousand. */
const MAX_LENGTH = 16_384;

/** The ports of RFC 8314 section 7.3 and RFC 6409 section 3.1. */
const DEFAULT_PORTS = { smtps: 465, smtp: 587 } as const;

/** An `smtp` or `smtps` URL, taken apart. Neither `toString` nor JSON nor a console shows the password. */
export class SmtpUrl {
  /** `implicit` for smtps; for smtp `starttls`, which means required, or `off` when `tls=off` is written out. */
  readonly tls: "implicit" | "starttls" | "off";
  /** As written, without brackets: a domain name, an IPv4 or an IPv6 address. */
  readonly host: string;
  /** 1 to 65535; by default 465 for smtps and 587 for smtp. */
  readonly port: number;
  /** Percent-decoded; there is a password whenever there is a user. */
  readonly user: string | undefined;
  /** Name of the TLS profile to use (`profile=`). */
  readonly profile: string | undefined;
  /** SASL mechanism to use, upper case (`mechanism=`). */
  readonly mechanism: string | undefined;
  /** Whether credentials may travel in clear text (`allow_insecure_auth=1`, only with `tls=off`). */
  readonly allowInsecureAuth: boolean;
  /** Name to give in EHLO (`name=`). */
  readonly name: string | undefined;
  readonly #password: string | undefined;

  /** Takes what was read; {@link parseSmtpUrl} does. */
  constructor(parts: Omit<SmtpUrl, "password"> & { readonly password: string | undefined }) {
    this.tls = parts.tls;
    this.host = parts.host;
    this.port = parts.port;
    this.user = parts.user;
    this.profile = parts.profile;
    this.mechanism = parts.mechanism;
    this.allowInsecureAuth = parts.allowInsecureAuth;
    this.name = parts.name;
    this.#password = parts.password;
    Object.freeze(this);
  }

  /** Percent-decoded. */
  get password(): string | undefined {
    return this.#password;
  }
}

/**
 * Reads `smtps://user:password@host:port?option=value`. User and password are percent-encoded
 * (`encodeURIComponent` does it) and come together or not at all. Options, each at most once:
 *
 * - `tls=off` (smtp only): everything travels in clear text
 * - `allow_insecure_auth=1` (only with `tls=off`): credentials too
 * - `profile=NAME`: the TLS profile (not with `tls=off`)
 * - `mechanism=NAME`: the SASL mechanism; `EXTERNAL` takes no user and password, all others do
 * - `name=EHLO-name`: a domain name or an address literal
 *
 * Ports 465 and 587 are taken for what RFC 8314 says they are: `smtp` to 465 and `smtps` to 587 are refused.
 *
 * @throws {ConfigError} with the column: `CONFIG_SYNTAX`, `CONFIG_VALUE`, `CONFIG_UNKNOWN`, `CONFIG_DUPLICATE`,
 *   `CONFIG_LIMIT`, or `CONFIG_INSECURE` (credentials with `tls=off` alone)
 */
export function parseSmtpUrl(text: string): SmtpUrl {
  requireString(text, "an SMTP URL");
  if (text.length > MAX_LENGTH) refuse("CONFIG_LIMIT", MAX_LENGTH, `it has more than ${MAX_LENGTH} characters`);
  checkCharacters(text);
  const scheme = /^(smtps?):\/\//i.exec(text)?.[1].toLowerCase();
  if (scheme !== "smtp" && scheme !== "smtps") {
    refuse("CONFIG_SYNTAX", 0, "it must begin with smtp:// or smtps://");
  }
  const start = scheme.length + 3;
  const { end, query } = findEnd(text, start);
  const at = text.indexOf("@");
  const credentials = at < 0 ? undefined : readCredentials(text.slice(start, at), start);
  const server = readServer(text.slice(at < 0 ? start : at + 1, end), at < 0 ? start : at + 1);
  const options = query < 0 ? {} : readUrlOptions(text.slice(query), { start: query, refuse });
  const tls = scheme === "smtps" ? "implicit" : options.tls === "off" ? "off" : "starttls";
  const port = server.port ?? DEFAULT_PORTS[scheme];
  checkTogether({ scheme, port, user: credentials?.user, options });
  return new SmtpUrl({
    tls,
    host: server.host,
    port,
    user: credentials?.user,
    password: credentials?.password,
    profile: options.profile,
    mechanism: options.mechanism,
    allowInsecureAuth: options.allowInsecureAuth ?? false,
    name: options.name,
  });
}

function refuse(code: SmtpErrorCode, offset: number, message: string): never {
  const column = offset + 1;
  throw configError(code, `at column ${column}: ${message}`, { source: "SMTP URL", column });
}

function checkCharacters(text: string): void {
  const forbidden = forbiddenAt(text);
  if (forbidden >= 0) refuse("CONFIG_SYNTAX", forbidden, "a control character has no place in a URL");
  for (let i = 0; i < text.length; i++) {
    if (isBlank(text[i])) refuse("CONFIG_SYNTAX", i, "a blank has no place in a URL; percent-encode it (%20)");
    if (text[i] === "\\") refuse("CONFIG_SYNTAX", i, "a backslash has no place in a URL");
  }
}

/** Finds where host and port end, and where the options begin (-1: none). A path may be `/` at most. */
function findEnd(text: string, start: number): { readonly end: number; readonly query: number } {
  const found = text.slice(start).search(/[/?#]/);
  const end = found < 0 ? text.length : start + found;
  const at = text.lastIndexOf("@");
  if (at >= end) refuse("CONFIG_SYNTAX", end, "/, ? and # in user or password must be percent-encoded (%2F %3F %23)");
  if (at !== text.indexOf("@")) refuse("CONFIG_SYNTAX", at, "@ in user or password must be percent-encoded (%40)");
  const fragment = text.indexOf("#", end);
  if (fragment >= 0) refuse("CONFIG_SYNTAX", fragment, "a fragment (#) has no meaning here");
  const mark = text.indexOf("?", end);
  const path = text.slice(end, mark < 0 ? text.length : mark);
  if (path !== "" && path !== "/") refuse("CONFIG_SYNTAX", end, "a path has no meaning here");
  return { end, query: mark < 0 ? -1 : mark + 1 };
}

function readCredentials(userinfo: string, start: number): { readonly user: string; readonly password: string } {
  const colon = userinfo.indexOf(":");
  if (userinfo === "" || colon === 0) refuse("CONFIG_VALUE", start, "the user is empty");
  if (colon < 0) refuse("CONFIG_VALUE", start, "a user without a password; write user:password@");
  const user = decode(userinfo.slice(0, colon), { start, what: "the user" });
  const password = decode(userinfo.slice(colon + 1), { start: start + colon + 1, what: "the password" });
  if (password === "") refuse("CONFIG_VALUE", start + colon + 1, "the password is empty");
  return { user, password };
}

function decode(text: string, options: { readonly start: number; readonly what: string }): string {
  const stranger = text.search(/[^A-Za-z0-9\-._~!$&'()*+,;=:%]/);
  if (stranger >= 0) {
    refuse("CONFIG_SYNTAX", options.start + stranger, `in ${options.what} this character must be percent-encoded`);
  }
  const bad = text.search(/%(?![0-9A-Fa-f]{2})/);
  if (bad >= 0) refuse("CONFIG_SYNTAX", options.start + bad, "% must be followed by two hexadecimal digits");
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    refuse("CONFIG_SYNTAX", options.start, `the percent-encoded octets of ${options.what} are not UTF-8`);
  }
  if (forbiddenAt(decoded) >= 0 || decoded.includes("\t")) {
    refuse("CONFIG_VALUE", options.start, `${options.what} holds an encoded control character`);
  }
  return decoded;
}

function readServer(text: string, start: number): { readonly host: string; readonly port: number | undefined } {
  const bracket = text.startsWith("[") ? text.indexOf("]") : -1;
  const colon = text.indexOf(":", Math.max(bracket, 0));
  const hostEnd = colon < 0 ? text.length : colon;
  const port = colon < 0 ? undefined : parsePort(text.slice(colon + 1));
  if (colon >= 0 && port === undefined) {
    refuse("CONFIG_VALUE", start + colon + 1, `${PORT_RULE}; an IPv6 address stands in brackets`);
  }
  const written = text.slice(0, hostEnd);
  const inner = written.startsWith("[") && written.endsWith("]") ? written.slice(1, -1) : undefined;
  if (inner !== undefined && !isIpv6(inner)) refuse("CONFIG_VALUE", start, "brackets hold an IPv6 address");
  const problem = inner === undefined ? hostProblem(written) : undefined;
  if (problem !== undefined) refuse("CONFIG_VALUE", start + problem.offset, problem.message);
  return { host: inner ?? written, port };
}

/** Refuses what each part allows and the whole does not. */
function checkTogether(
  url: {
    readonly scheme: "smtp" | "smtps";
    readonly port: number;
    readonly user: string | undefined;
    readonly options: UrlOptions;
  },
): void {
  const { scheme, port, user, options } = url;
  if (scheme === "smtps" && options.tls === "off") refuse("CONFIG_VALUE", 0, "smtps contradicts tls=off");
  if (scheme === "smtps" && port === 587) refuse("CONFIG_VALUE", 0, "port 587 begins in clear text; write smtp://");
  if (scheme === "smtp" && port === 465) refuse("CONFIG_VALUE", 0, "port 465 begins with TLS; write smtps://");
  if (options.tls !== "off" && options.allowInsecureAuth === true) {
    refuse("CONFIG_VALUE", 0, "allow_insecure_auth is only for tls=off");
  }
  if (options.tls === "off" && options.profile !== undefined) {
    refuse("CONFIG_VALUE", 0, "tls=off contradicts profile");
  }
  if (options.tls === "off" && user !== undefined && options.allowInsecureAuth !== true) {
    refuse("CONFIG_INSECURE", 0, "user and password would travel in clear text; allow_insecure_auth=1 allows it");
  }
  const external = options.mechanism === "EXTERNAL";
  if (external && user !== undefined) refuse("CONFIG_VALUE", 0, "mechanism EXTERNAL takes no user and password");
  if (options.mechanism !== undefined && !external && user === undefined) {
    refuse("CONFIG_VALUE", 0, "this mechanism needs user and password");
  }
}
