/**
 * A proxy in one line: `socks5://user:password@host:port`.
 *
 * @module
 */
import type { SmtpErrorCode } from "../errors.ts";
import { hostProblem, parsePort, PORT_RULE } from "../profile/host.ts";
import { configError, forbiddenAt, requireString } from "../profile/text.ts";
import { httpConnect } from "./http_connect.ts";
import type { Road } from "../runtime/road.ts";
import { socks4a } from "./socks4a.ts";
import { socks5 } from "./socks5.ts";

/** Longest URL, in UTF-16 code units. */
const MAX_LENGTH = 2_048;

interface Parts {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** By scheme; what has no port of its own must name one. */
const SCHEMES: Readonly<Record<string, (parts: Parts) => Road>> = {
  socks5: (parts) => socks5(given(parts)),
  socks5h: (parts) => socks5(given(parts)),
  socks4: (parts) => socks4a({ ...withoutPassword(parts), resolve: "local" }),
  socks4a: (parts) => socks4a(withoutPassword(parts)),
  http: (parts) => httpConnect(withPort(parts)),
  https: (parts) => httpConnect({ ...withPort(parts), tls: true }),
};

/**
 * The proxy that a URL names, as proxies are often configured:
 *
 * - `socks5://host:port`, `socks5h://host:port`: {@link socks5}; with either, the proxy looks names up. Port 1080 by default.
 * - `socks4a://host:port`: {@link socks4a}; `socks4://host:port`: the same, and this machine looks names up
 * - `http://host:port`: {@link httpConnect}; `https://host:port`: the same, over TLS with the proxy. The port must be there.
 *
 * User and password are percent-encoded and stand before the host, `user:password@`; with SOCKS4 a user alone. No error
 * shows any of the text.
 *
 * @throws {ConfigError} `CONFIG_SYNTAX`, `CONFIG_VALUE`, `CONFIG_UNKNOWN`, `CONFIG_LIMIT`
 * @throws {InputError} a user or password that cannot be
 *
 * @example
 * ```ts
 * import { proxy, SmtpClient } from "@posthaste/smtp";
 *
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", {
 *   proxy: proxy("socks5://user:password@proxy.example.com:1080"),
 * });
 * ```
 */
export function proxy(url: string): Road {
  requireString(url, "a proxy's URL");
  if (url.length > MAX_LENGTH) refuse("CONFIG_LIMIT", `has more than ${MAX_LENGTH} characters`);
  if (forbiddenAt(url) >= 0 || /[\s\\]/.test(url)) {
    refuse("CONFIG_SYNTAX", "holds a blank, a backslash or a control character");
  }
  const [, scheme, authority] = /^([A-Za-z0-9]+):\/\/([^/?#]*)\/?$/.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) {
    refuse("CONFIG_SYNTAX", "must have the form scheme://user:password@host:port");
  }
  const name = scheme.toLowerCase();
  if (!Object.hasOwn(SCHEMES, name)) {
    refuse("CONFIG_UNKNOWN", `must begin with one of ${Object.keys(SCHEMES).join(", ")}`);
  }
  return SCHEMES[name]!(readAuthority(authority));
}

function readAuthority(text: string): Parts {
  const at = text.indexOf("@");
  if (at !== text.lastIndexOf("@")) refuse("CONFIG_SYNTAX", "has an @ in user or password that is not percent-encoded");
  const [, written, digits] = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(text.slice(at + 1)) ?? [];
  if (written === undefined) {
    refuse("CONFIG_SYNTAX", "has a host that cannot be read; an IPv6 address stands in brackets");
  }
  const host = written.replace(/^\[(.*)\]$/, "$1");
  const problem = hostProblem(host);
  if (problem !== undefined) refuse("CONFIG_VALUE", `has a host that cannot be: ${problem.message}`);
  const port = digits === undefined ? undefined : parsePort(digits);
  if (digits !== undefined && port === undefined) refuse("CONFIG_VALUE", `has a port that is none: ${PORT_RULE}`);
  if (at < 0) return { host, port, user: undefined, password: undefined };
  const userinfo = text.slice(0, at);
  const colon = userinfo.indexOf(":");
  const user = decode(colon < 0 ? userinfo : userinfo.slice(0, colon));
  return { host, port, user, password: colon < 0 ? undefined : decode(userinfo.slice(colon + 1)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse("CONFIG_SYNTAX", "has a user or password that is not percent-encoded UTF-8");
  }
}

function given<T extends object>(parts: T): { readonly [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;
}

function withoutPassword(parts: Parts): { readonly host: string; readonly port: number; readonly user: string } {
  const { password, ...rest } = parts;
  if (password !== undefined) refuse("CONFIG_VALUE", "has a password, and SOCKS4 knows none");
  return given(rest);
}

function withPort(
  parts: Parts,
): { readonly host: string; readonly port: number; readonly user: string; readonly password: string } {
  if (parts.port === undefined) refuse("CONFIG_VALUE", "must name the port: HTTP proxies have none of their own");
  return given(parts);
}

function refuse(code: SmtpErrorCode, message: string): never {
  throw configError(code, `the proxy's URL ${message}`, {});
}
