/**
 * Where mail providers take mail: host, port and TLS, and what they ask for and allow.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { given } from "../given.ts";
import { HOSTING, type HostingProvider } from "./hosting.ts";
import { MAILBOXES, type MailboxProvider } from "./mailboxes.ts";
import type { Provider } from "./entry.ts";
import { type ServiceProvider, SERVICES } from "./services.ts";

/** A provider's name, as {@link provider} takes it. */
export type ProviderName = MailboxProvider | ServiceProvider | HostingProvider;

/** All providers by name: what each asks for and allows, and where that was published. */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = { ...MAILBOXES, ...SERVICES, ...HOSTING };

/** What to connect to: the part of `SessionOptions` that a provider decides. TLS is never off. */
export interface ProviderTarget {
  /** Domain name of the server. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** TLS from the first octet, or after STARTTLS. */
  readonly tls: "implicit" | "starttls";
}

/** Longest name of a region. Own limit. */
const MAX_REGION = 40;

/**
 * Host, port and TLS of a provider, to be spread into the options of a session or client. What it asks for and allows
 * beside that is in {@link PROVIDERS}.
 *
 * @param options `region`, such as `eu-west-1`, for a provider that has a host for each (`amazon-ses`)
 * @throws {InputError} a provider that is not known, a region that is missing or cannot be
 *
 * @example
 * ```ts
 * import { provider, SmtpClient } from "@posthaste/smtp";
 *
 * const auth = { user: "ada@gmail.com", password: "an app password" };
 * await using client = new SmtpClient({ ...provider("gmail"), auth });
 * await using other = new SmtpClient({ ...provider("amazon-ses", { region: "eu-west-1" }), auth });
 * ```
 */
export function provider(name: ProviderName, options: { readonly region?: string } = {}): ProviderTarget {
  if (!Object.hasOwn(PROVIDERS, name)) {
    throw new InputError("name", `is no provider that is known; there are ${Object.keys(PROVIDERS).join(", ")}`);
  }
  const { host, port, tls } = PROVIDERS[name];
  const { region } = given(options, { place: "options", what: "provider", keys: { region: undefined } });
  const hasRegions = host.includes("{region}");
  if (!hasRegions && region === undefined) return { host, port, tls };
  if (!hasRegions) throw new InputError("region", `is nothing that ${name} has`);
  const fits = typeof region === "string" && region.length <= MAX_REGION && /^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(region);
  if (!fits) throw new InputError("region", "must be given, such as eu-west-1");
  return { host: host.replace("{region}", region), port, tls };
}
