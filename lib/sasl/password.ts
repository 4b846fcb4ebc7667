/**
 * Passwords that SCRAM can be used with: whoever calls this brings SCRAM's code along.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import { bring, type Candidate, checkCredentials, hidden, type PasswordCredentials } from "./credentials.ts";
import type { MechanismContext } from "./mechanism.ts";
import { MIN_ITERATIONS, scram, type ScramHash, type ScramOptions } from "./scram.ts";
import { saslprep } from "./saslprep.ts";

/** How a password may be used. */
export interface PasswordOptions extends Pick<PasswordCredentials, "mechanism" | "authzid"> {
  /**
   * Most iterations that a server may make SCRAM compute, a whole number from 4,096 to 2^31 - 1. Default 1,000,000, which takes about
   * half a second.
   */
  readonly maxIterations?: number;
}

/** What platforms can count to. */
const MAX_LIMIT = 2 ** 31 - 1;
const KEYS: KeysOf<PasswordOptions> = { mechanism: undefined, authzid: undefined, maxIterations: undefined };
const HASHES: readonly ScramHash[] = ["SHA-256", "SHA-1"];

/**
 * Makes credentials of a name and a password, which printing and `JSON.stringify` do not show, and which SCRAM is used
 * with where the server offers it: the password does not travel, and the server proves that it knows it. A plain
 * `{ user, password }` is used with PLAIN and LOGIN alone.
 *
 * SCRAM takes what SASLprep (RFC 4013) makes of name and password. Where it makes nothing of them (it prohibits control
 * characters, private use, and a mixture of directions), SCRAM is left out.
 *
 * @throws {InputError} for an empty field, a NUL or lone surrogate in any, another control character in a name, a mechanism
 *   that no password can be used with
 *
 * @example Never the password itself
 * ```ts
 * import { password, Session } from "@posthaste/smtp";
 *
 * const auth = password("ada", "secret", { mechanism: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"] });
 * await using session = await Session.open({ host: "mail.example.com", auth });
 * ```
 */
export function password(user: string, password: string, options: PasswordOptions = {}): PasswordCredentials {
  const { maxIterations, ...rest } = given(options, {
    place: "",
    what: "password",
    keys: KEYS,
  }) as PasswordOptions;
  if (maxIterations !== undefined && !isLimit(maxIterations)) {
    throw new InputError("maxIterations", `must be a whole number from ${MIN_ITERATIONS} to ${MAX_LIMIT}`);
  }
  const { mechanism, authzid } = rest;
  const credentials = hidden({ ...rest, user, password }, "password");
  bring(credentials, (context) => byScram({ user, password, authzid, maxIterations }, context));
  checkCredentials(credentials);
  if (mechanism !== undefined && [mechanism].flat().every((name) => name.startsWith("SCRAM-"))) {
    if (!fits(user)) throw new InputError("auth.user", UNFIT);
    if (!fits(password)) throw new InputError("auth.password", UNFIT);
  }
  return Object.freeze(credentials);
}

const UNFIT = "holds what SASLprep (RFC 4013) prohibits, so that no SCRAM mechanism can use it";

function fits(text: string): boolean {
  return saslprep(text) !== undefined;
}

function isLimit(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= MIN_ITERATIONS && (value as number) <= MAX_LIMIT;
}

function byScram(who: Omit<ScramOptions, "hash">, context: MechanismContext): readonly Candidate[] {
  if (!fits(who.user) || !fits(who.password)) return [];
  const { offered = [] } = context;
  if (!offered.some((name) => name.startsWith("SCRAM-"))) return [];
  const channelBinding = context.channelBinding?.();
  return HASHES.flatMap((hash): readonly Candidate[] => {
    const about = { ...who, hash };
    const couldBind = channelBinding !== undefined && !offered.includes(`SCRAM-${hash}-PLUS`);
    const unbound: Candidate = [`SCRAM-${hash}`, () => scram({ ...about, couldBind })];
    if (channelBinding === undefined) return [unbound];
    return [[`SCRAM-${hash}-PLUS`, () => scram({ ...about, binding: channelBinding })], unbound];
  });
}
