/**
 * A connection string or a URL as session options.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import { parseConnectionString } from "../profile/connection_string.ts";
import { parseSmtpUrl, type SmtpUrl } from "../profile/url.ts";
import type { Credentials } from "../sasl/credentials.ts";
import type { SessionOptions, TlsMode } from "./options.ts";

/**
 * Adds what a connection string (`TLS:smtp.myorg.com+465:smtp_profile`) or a URL (`smtps://ada:secret@mail.example.com`)
 * says to the options beside it, which were read. What both say is an error, unless they agree.
 *
 * `TCP:` means clear text, unless `tls: "starttls"` stands beside it.
 *
 * @throws {ConfigError} the text cannot be understood, or contradicts the options
 */
export function withTarget(target: string, options: SessionOptions): SessionOptions {
  const said = /^smtps?:/i.test(target) ? fromUrl(parseSmtpUrl(target)) : fromConnectionString(target, options.tls);
  for (const [key, value] of Object.entries(said)) {
    const beside = options[key as keyof SessionOptions];
    if (beside !== undefined && value !== undefined && beside !== value) {
      throw new ConfigError("CONFIG_DUPLICATE", `${key} is given in the target and in the options, and they differ`, {
        option: key,
      });
    }
  }
  return overlaid(options, said);
}

/** Options over others, both read; one that is `undefined` takes nothing away, such as a profile with pins. */
export function overlaid<T extends SessionOptions>(below: T, above: T): T {
  const all = { ...below };
  for (const [key, value] of Object.entries(above)) if (value !== undefined) Reflect.set(all, key, value);
  return all;
}

function fromConnectionString(text: string, tls: TlsMode | undefined): SessionOptions {
  const { connector, host, port, profile } = parseConnectionString(text);
  const mode = connector === "TLS" ? "implicit" : tls === "starttls" ? "starttls" : "off";
  return { host, port, tls: mode, profile };
}

function fromUrl(url: SmtpUrl): SessionOptions {
  return {
    host: url.host,
    port: url.port,
    tls: url.tls,
    profile: url.profile,
    auth: credentials(url),
    allowInsecureAuth: url.allowInsecureAuth ? true : undefined,
    clientName: url.name,
  };
}

function credentials({ user, password, mechanism }: SmtpUrl): Credentials | undefined {
  if (mechanism === "EXTERNAL") return { mechanism };
  if (user === undefined || password === undefined) return undefined;
  if (mechanism === "XOAUTH2" || mechanism === "OAUTHBEARER") return { user, token: password, mechanism };
  return mechanism === undefined ? { user, password } : { user, password, mechanism } as Credentials;
}
