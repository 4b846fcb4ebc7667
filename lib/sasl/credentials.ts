/**
 * Credentials, and whether they can be used.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { given } from "../given.ts";
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

/** What of credentials is secret; `undefined` for those of a certificate, and a mechanism of the caller's own. */
export function secretIn(credentials: Credentials): "token" | "password" | undefined {
  const { token, password } = credentials as { readonly token?: unknown; readonly password?: unknown };
  return token !== undefined ? "token" : password !== undefined ? "password" : undefined;
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
  const { mechanism } = given(options, { place: "", what: "oauth2", keys: { mechanism: undefined } });
  const credentials = hidden({ mechanism: mechanism as TokenCredentials["mechanism"], user, token }, "token");
  checkCredentials(credentials);
  return Object.freeze(credentials);
}

/**
 * Takes credentials and checks them, before anything is connected.
 *
 * @returns a copy whose secrets printing does not show, with what was brought along
 * @throws {InputError} for an unknown or missing key, a mechanism they do not fit, or a value that cannot be sent
 */
export function checkCredentials(credentials: Credentials): Credentials {
  const own = given(credentials, { place: "auth", what: "credentials", keys: KEYS });
  const provider = providers.get(credentials);
  checkOwn(own, provider !== undefined);
  const copy = own as unknown as Credentials;
  for (const secret of ["password", "token"]) hidden(copy, secret as keyof Credentials);
  if (provider !== undefined) bring(copy, provider);
  return copy;
}

const KEYS = { user: undefined, password: undefined, token: undefined, mechanism: undefined, authzid: undefined };

type Own = { readonly [key in keyof typeof KEYS]: unknown };

function checkOwn(own: Own, isProvided: boolean): void {
  const { mechanism, authzid } = own;
  if (typeof mechanism === "function") return checkKeys(own, ["mechanism"]);
  if (authzid !== undefined) checkName(authzid, "auth.authzid");
  if (mechanism === "EXTERNAL") return checkKeys(own, ["mechanism", "authzid"]);
  checkName(own.user, "auth.user");
  if (own.token !== undefined) {
    checkKeys(own, ["user", "token", "mechanism"]);
    checkMechanism(mechanism, ["OAUTHBEARER", "XOAUTH2"]);
    checkTokenSource(own.token, "auth.token");
    return;
  }
  checkKeys(own, ["user", "password", "mechanism", "authzid"]);
  const names = checkMechanism(mechanism, ["PLAIN", "LOGIN", "CRAM-MD5", ...SCRAM]);
  if (!isProvided && names.some((name) => SCRAM.includes(name))) {
    throw new InputError("auth.mechanism", "SCRAM comes with password(user, password, { mechanism }) alone");
  }
  if (authzid !== undefined && names.some((name) => name === "LOGIN" || name === "CRAM-MD5")) {
    throw new InputError("auth.authzid", "only PLAIN, SCRAM and EXTERNAL can say it");
  }
  checkPassword(own.password, "auth.password");
}

const SCRAM = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"];

function checkKeys(own: Own, allowed: readonly (keyof Own)[]): void {
  for (const key of Object.keys(own) as (keyof Own)[]) {
    if (own[key] === undefined || allowed.includes(key)) continue;
    throw new InputError("auth", `"${key}" is none of ${allowed.join(", ")}, which may stand here`);
  }
}

/** A name, or a list of names that is not empty. */
function checkMechanism(value: unknown, allowed: readonly string[]): readonly string[] {
  if (value === undefined) return [];
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > 0 && names.every((name) => allowed.includes(name as string))) return names as readonly string[];
  throw new InputError("auth.mechanism", `must be of ${allowed.join(", ")}, EXTERNAL with no user, or a function`);
}
