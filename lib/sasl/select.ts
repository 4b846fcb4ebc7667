/**
 * Credentials, and which mechanism they are used with.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { cramMd5 } from "./cram_md5.ts";
import { external } from "./external.ts";
import { checkName, checkPassword } from "./fields.ts";
import { login } from "./login.ts";
import type { Mechanism } from "./mechanism.ts";
import { plain } from "./plain.ts";
import { checkTokenSource, type TokenSource, xoauth2 } from "./xoauth2.ts";

/** How a password may be used. */
export interface PasswordOptions {
  /** Only this mechanism. Default: PLAIN, or LOGIN where there is no PLAIN; CRAM-MD5 only when it is named here. */
  readonly mechanism?: "PLAIN" | "LOGIN" | "CRAM-MD5";
  /** The identity to act as (RFC 4422 section 3.4.1), by default the user's own; PLAIN alone can say it. */
  readonly authzid?: string;
}

/** A user's name and password. */
export interface PasswordCredentials extends PasswordOptions {
  readonly user: string;
  readonly password: string;
}

/** A user's name and an OAuth 2.0 access token, or a function that gets one; it is asked for each authentication. */
export interface TokenCredentials {
  readonly user: string;
  readonly token: TokenSource;
  /** Only this mechanism; there is no other yet. */
  readonly mechanism?: "XOAUTH2";
}

/** The client's TLS certificate. */
export interface ExternalCredentials {
  readonly mechanism: "EXTERNAL";
  /** The identity to act as, by default the one the server derives from the certificate. */
  readonly authzid?: string;
}

/** A mechanism of the caller's own, made anew for each authentication. */
export interface CustomMechanism {
  readonly mechanism: () => Mechanism;
}

/** What a client authenticates with. */
export type Credentials = PasswordCredentials | TokenCredentials | ExternalCredentials | CustomMechanism;

/** Makes credentials of a name and a password, which printing and `JSON.stringify` do not show. */
export function password(user: string, password: string, options: PasswordOptions = {}): PasswordCredentials {
  return hidden({ ...options, user, password }, "password");
}

/** Makes credentials of a name and an OAuth 2.0 access token, which printing and `JSON.stringify` do not show. */
export function oauth2(user: string, token: TokenSource): TokenCredentials {
  return hidden({ user, token }, "token");
}

function hidden<T extends Credentials>(credentials: T, secret: keyof T): T {
  Object.defineProperty(credentials, secret, { enumerable: false });
  checkCredentials(credentials);
  return Object.freeze(credentials);
}

/**
 * Checks credentials before anything is connected.
 *
 * @throws {InputError} for an unknown or missing key, a mechanism they do not fit, or a value that cannot be sent
 */
export function checkCredentials(credentials: Credentials): void {
  const own = ownProperties(credentials);
  const mechanism = own.get("mechanism");
  if (typeof mechanism === "function") return checkKeys(own, ["mechanism"]);
  if (own.get("authzid") !== undefined) checkName(own.get("authzid"), "auth.authzid");
  if (mechanism === "EXTERNAL") return checkKeys(own, ["mechanism", "authzid"]);
  checkName(own.get("user"), "auth.user");
  if (own.has("token")) {
    checkKeys(own, ["user", "token", "mechanism"]);
    checkMechanism(mechanism, ["XOAUTH2"]);
    checkTokenSource(own.get("token"), "auth.token");
    return;
  }
  checkKeys(own, ["user", "password", "mechanism", "authzid"]);
  checkMechanism(mechanism, ["PLAIN", "LOGIN", "CRAM-MD5"]);
  if (own.get("authzid") !== undefined && mechanism !== undefined && mechanism !== "PLAIN") {
    throw new InputError("auth.authzid", "only PLAIN and EXTERNAL can say it");
  }
  checkPassword(own.get("password"), "auth.password");
}

/** Own properties alone, those that printing does not show included; `undefined` is as good as absent. */
function ownProperties(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null) {
    throw new InputError("auth", "must be { user, password }, { user, token } or { mechanism }");
  }
  const own = value as Readonly<Record<string, unknown>>;
  const entries = Object.getOwnPropertyNames(own).map((key) => [key, own[key]] as const);
  return new Map(entries.filter(([, content]) => content !== undefined));
}

function checkKeys(own: ReadonlyMap<string, unknown>, allowed: readonly string[]): void {
  for (const key of own.keys()) {
    if (allowed.includes(key)) continue;
    const shown = /^\w{1,40}$/.test(key) ? `"${key}"` : "a key";
    throw new InputError("auth", `${shown} is none of ${allowed.join(", ")}, which may stand here`);
  }
}

function checkMechanism(value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return;
  throw new InputError("auth.mechanism", `must be ${allowed.join(", ")}, EXTERNAL with no user, or a function`);
}

/**
 * The mechanisms to try, the strongest first: those that fit the credentials and that the server offered.
 *
 * Empty when there is none: a mechanism that was named and is not offered has no stand-in. Names are compared without
 * regard to case.
 *
 * @throws {InputError} when a mechanism of the caller's own has a name that is none
 */
export function candidates(credentials: Credentials, offered: readonly string[]): readonly (() => Mechanism)[] {
  const names = new Set(offered.map((name) => name.toUpperCase()));
  return fitting(credentials).filter(([name]) => names.has(name)).map(([, make]) => make);
}

type Candidate = readonly [name: string, make: () => Mechanism];

function fitting(credentials: Credentials): readonly Candidate[] {
  if ("token" in credentials && credentials.token !== undefined) return [["XOAUTH2", () => xoauth2(credentials)]];
  if ("password" in credentials && credentials.password !== undefined) return forPassword(credentials);
  return [withoutSecret(credentials as ExternalCredentials | CustomMechanism)];
}

function forPassword(credentials: PasswordCredentials): readonly Candidate[] {
  const { mechanism, authzid } = credentials;
  const all: readonly Candidate[] = [
    ["PLAIN", () => plain(credentials)],
    ["LOGIN", () => login(credentials)],
    ["CRAM-MD5", () => cramMd5(credentials)],
  ];
  if (mechanism !== undefined) return all.filter(([name]) => name === mechanism);
  return all.slice(0, authzid === undefined ? 2 : 1);
}

function withoutSecret(credentials: ExternalCredentials | CustomMechanism): Candidate {
  const { mechanism } = credentials;
  if (mechanism === "EXTERNAL") return ["EXTERNAL", () => external(credentials.authzid)];
  const { name } = mechanism();
  // RFC 4422 section 3.1. The name becomes part of a command.
  if (!/^[A-Z0-9_-]{1,20}$/.test(name)) {
    throw new InputError("auth.mechanism", "a mechanism's name is 1 to 20 of A-Z, 0-9, - and _");
  }
  return [name, mechanism];
}
