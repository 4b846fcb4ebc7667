/**
 * Credentials, and whether they can be used.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { checkTokenSource, type TokenSource } from "./bearer.ts";
import { checkName, checkPassword } from "./fields.ts";
import type { Mechanism, MechanismContext } from "./mechanism.ts";

/** A mechanism that a password can be used with, the strongest first. */
export type PasswordMechanism =
  | "SCRAM-SHA-256-PLUS"
  | "SCRAM-SHA-256"
  | "SCRAM-SHA-1-PLUS"
  | "SCRAM-SHA-1"
  | "PLAIN"
  | "LOGIN"
  | "CRAM-MD5";

/** A mechanism that an access token can be used with. */
export type TokenMechanism = "OAUTHBEARER" | "XOAUTH2";

/** A user's name and password. */
export interface PasswordCredentials {
  /** Name of the account. */
  readonly user: string;
  /** Any text without NUL; 4,096 characters at most. */
  readonly password: string;
  /**
   * Only this mechanism, or only these, the strongest first whatever their order. Default: PLAIN, or LOGIN where there is
   * no PLAIN, and before them SCRAM, which comes with {@link password} alone. CRAM-MD5 only when it is named here.
   */
  readonly mechanism?: PasswordMechanism | readonly PasswordMechanism[] | undefined;
  /** The identity to act as (RFC 4422 section 3.4.1), by default the user's own; SCRAM and PLAIN alone can say it. */
  readonly authzid?: string | undefined;
}

/** A user's name and an OAuth 2.0 access token, or a function that gets one. */
export interface TokenCredentials {
  /** Name of the account. */
  readonly user: string;
  /** The token, or what gets one. */
  readonly token: TokenSource;
  /** Only this mechanism, or only these. Default: OAUTHBEARER, or XOAUTH2 where there is no OAUTHBEARER. */
  readonly mechanism?: TokenMechanism | readonly TokenMechanism[] | undefined;
}

/** The client's TLS certificate. */
export interface ExternalCredentials {
  /** Says that the client's TLS certificate is what it authenticates with (RFC 4422 appendix A). */
  readonly mechanism: "EXTERNAL";
  /** The identity to act as, by default the one the server derives from the certificate. */
  readonly authzid?: string | undefined;
}

/** A mechanism of the caller's own, made anew for each authentication. */
export interface CustomMechanism {
  /** Makes the mechanism. */
  readonly mechanism: (context: MechanismContext) => Mechanism;
}

/** What a client authenticates with. */
export type Credentials = PasswordCredentials | TokenCredentials | ExternalCredentials | CustomMechanism;

/** A mechanism that fits some credentials. */
export type Candidate = readonly [name: string, make: () => Mechanism];

/** Finds the mechanisms that fit some credentials on a connection, the strongest first. */
export type Provider = (context: MechanismContext) => readonly Candidate[];

const providers = new WeakMap<Credentials, Provider>();

/** Has credentials bring mechanisms along that those of the same form do not have: stronger ones than all others. */
export function bring(credentials: Credentials, provider: Provider): void {
  providers.set(credentials, provider);
}

/** What was brought along with credentials. */
export function brought(credentials: Credentials): Provider | undefined {
  return providers.get(credentials);
}

/** Hides a property from printing and `JSON.stringify`. */
export function hidden<T extends Credentials>(credentials: T, secret: keyof T): T {
  return Object.defineProperty(credentials, secret, { enumerable: false });
}

/** The mechanisms that are named; `undefined` when all will do. */
export function named({ mechanism }: PasswordCredentials | TokenCredentials): readonly string[] | undefined {
  return mechanism === undefined ? undefined : [mechanism].flat();
}

/** Makes credentials of a name and an OAuth 2.0 access token, which printing and `JSON.stringify` do not show. */
export function oauth2(
  user: string,
  token: TokenSource,
  options: Pick<TokenCredentials, "mechanism"> = {},
): TokenCredentials {
  const credentials = hidden({ ...options, user, token }, "token");
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
  const authzid = own.get("authzid");
  if (authzid !== undefined) checkName(authzid, "auth.authzid");
  if (mechanism === "EXTERNAL") return checkKeys(own, ["mechanism", "authzid"]);
  checkName(own.get("user"), "auth.user");
  if (own.has("token")) {
    checkKeys(own, ["user", "token", "mechanism"]);
    checkMechanism(mechanism, ["OAUTHBEARER", "XOAUTH2"]);
    checkTokenSource(own.get("token"), "auth.token");
    return;
  }
  checkKeys(own, ["user", "password", "mechanism", "authzid"]);
  const names = checkMechanism(mechanism, ["PLAIN", "LOGIN", "CRAM-MD5", ...SCRAM]);
  if (providers.get(credentials) === undefined && names.some((name) => SCRAM.includes(name))) {
    throw new InputError("auth.mechanism", "SCRAM comes with password(user, password, { mechanism }) alone");
  }
  if (authzid !== undefined && names.some((name) => name === "LOGIN" || name === "CRAM-MD5")) {
    throw new InputError("auth.authzid", "only PLAIN, SCRAM and EXTERNAL can say it");
  }
  checkPassword(own.get("password"), "auth.password");
}

const SCRAM = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"];

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

/** A name, or a list of names that is not empty. */
function checkMechanism(value: unknown, allowed: readonly string[]): readonly string[] {
  if (value === undefined) return [];
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > 0 && names.every((name) => allowed.includes(name as string))) return names as readonly string[];
  throw new InputError("auth.mechanism", `must be of ${allowed.join(", ")}, EXTERNAL with no user, or a function`);
}
