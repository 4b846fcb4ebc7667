/**
 * Which mechanism credentials are used with.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { cramMd5 } from "./cram_md5.ts";
import {
  brought,
  type Candidate,
  type Credentials,
  type CustomMechanism,
  type ExternalCredentials,
  named,
  type PasswordCredentials,
  type Provider,
  secretIn,
  type TokenCredentials,
} from "./credentials.ts";
import { external } from "./external.ts";
import { login } from "./login.ts";
import type { Mechanism, MechanismContext } from "./mechanism.ts";
import { oauthBearer } from "./oauthbearer.ts";
import { plain } from "./plain.ts";
import { xoauth2 } from "./xoauth2.ts";

/**
 * The mechanisms to try, the strongest first: those that fit the credentials and that the server offered.
 *
 * Empty when there is none: a mechanism that was named and is not offered has no stand-in. Names are compared without
 * regard to case.
 *
 * @throws {InputError} when a mechanism of the caller's own has a name that is none
 */
export function candidates(
  credentials: Credentials,
  offered: readonly string[],
  context: MechanismContext = {},
): readonly (() => Mechanism)[] {
  const names = offered.map((name) => name.toUpperCase());
  return fittingOf(credentials, { ...context, offered: names }).filter(([name]) => names.includes(name))
    .map(([, make]) => make);
}

/** The names of all mechanisms that fit the credentials, whatever is offered. */
export function mechanismsFor(credentials: Credentials): readonly string[] {
  // SCRAM is made ready only where a server has it.
  return fittingOf(credentials, { offered: ["SCRAM-"] }).map(([name]) => name);
}

function fittingOf(credentials: Credentials, context: MechanismContext): readonly Candidate[] {
  // Without a prototype, which somebody may have added to.
  const own: Credentials = Object.create(null, Object.getOwnPropertyDescriptors(credentials));
  return fitting(own, context, brought(credentials));
}

function fitting(
  credentials: Credentials,
  context: MechanismContext,
  stronger: Provider | undefined,
): readonly Candidate[] {
  const secret = secretIn(credentials);
  if (secret === "token") return forToken(credentials as TokenCredentials, context);
  if (secret === "password") return forPassword(credentials as PasswordCredentials, stronger?.(context) ?? []);
  return [withoutSecret(credentials as ExternalCredentials | CustomMechanism, context)];
}

function forToken(credentials: TokenCredentials, context: MechanismContext): readonly Candidate[] {
  const all: readonly Candidate[] = [
    ["OAUTHBEARER", () => oauthBearer(credentials, context)],
    ["XOAUTH2", () => xoauth2(credentials)],
  ];
  const only = named(credentials);
  return all.filter(([name]) => only?.includes(name) ?? true);
}

function forPassword(credentials: PasswordCredentials, stronger: readonly Candidate[]): readonly Candidate[] {
  const all: readonly Candidate[] = [
    ...stronger,
    ["PLAIN", () => plain(credentials)],
    ["LOGIN", () => login(credentials)],
    ["CRAM-MD5", () => cramMd5(credentials)],
  ];
  const only = named(credentials);
  const unfit = credentials.authzid === undefined ? ["CRAM-MD5"] : ["CRAM-MD5", "LOGIN"];
  return all.filter(([name]) => only?.includes(name) ?? !unfit.includes(name));
}

function withoutSecret(credentials: ExternalCredentials | CustomMechanism, context: MechanismContext): Candidate {
  const { mechanism } = credentials;
  if (mechanism === "EXTERNAL") return ["EXTERNAL", () => external((credentials as ExternalCredentials).authzid)];
  const { name } = mechanism(context);
  // RFC 4422 section 3.1. The name becomes part of a command.
  if (!/^[A-Z0-9_-]{1,20}$/.test(name)) {
    throw new InputError("auth.mechanism", "a mechanism's name is 1 to 20 of A-Z, 0-9, - and _");
  }
  return [name, () => mechanism(context)];
}
