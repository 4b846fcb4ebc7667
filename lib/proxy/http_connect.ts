/**
 * HTTP proxies, by the method CONNECT (RFC 9110 section 9.3.6).
 *
 * @module
 */
import { concat, decodeUtf8, encodeUtf8 } from "../bytes/ascii.ts";
import { toBase64 } from "../bytes/base64.ts";
import { InputError } from "../errors.ts";
import { entriesOf } from "../given.ts";
import type { TlsProfile } from "../profile/tls_profile.ts";
import { tlsProfile } from "../profile/tls_profile_object.ts";
import { targetText } from "../runtime/failure.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { type Conversation, PROXY_ADVICE, roadThrough } from "./conversation.ts";
import { type ProxyOptions, readLogin, readOptions, requireTarget } from "./options.ts";
import type { Road } from "../runtime/road.ts";

/** An HTTP proxy that has CONNECT. */
export interface HttpConnectOptions extends ProxyOptions {
  /**
   * TLS with the proxy itself, from the first octet (an `https` proxy): `true` verifies it against the platform's trust
   * anchors, settings say otherwise. TLS with the server runs within it. Default `false`.
   */
  readonly tls?: boolean | TlsSettings;
  /** For Basic authentication (RFC 7617), which is all but clear text without `tls`: 1 to 255 octets, no colon. */
  readonly user?: string;
  /** 1 to 255 octets. */
  readonly password?: string;
  /** Further fields of the request, such as `Proxy-Authorization` with a token: printable ASCII, 8,000 characters at most. */
  readonly headers?: Readonly<Record<string, string>>;
}

const KEYS = { tls: undefined, user: undefined, password: undefined, headers: undefined };

/** Characters of the caller's own fields; servers take 8 KiB and more. Own limit. */
const MAX_FIELDS = 8_000;
/** Octets of all that a proxy answers before the tunnel begins, and of one line. Own limit. */
const MAX_HEAD = 16_384;
/** Responses with 1yz that may come first (RFC 9110 section 15.2). Own limit. */
const MAX_INTERIM = 10;
/** Request Timeout (RFC 9110 section 15.5.9), Too Many Requests (RFC 6585 section 4). */
const MAYBE_LATER: readonly number[] = [408, 429];

/** What the request's form and the proxy's trust hang on. */
const OWN_FIELDS: readonly string[] = [
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "expect",
  "upgrade",
];

/**
 * Connects through an HTTP proxy by CONNECT (RFC 9110 section 9.3.6). TLS is with the server, not with the proxy.
 *
 * What goes wrong is a `ConnectionError` with the code `PROXY_FAILED`, which says what the proxy said. Many proxies allow
 * CONNECT to port 443 alone.
 *
 * @throws {InputError} at once, for options that cannot be; {@link ConfigError} for such settings of `tls`, as by `tlsProfile`
 *
 * @example
 * ```ts
 * import { httpConnect, SmtpClient } from "@posthaste/smtp";
 *
 * const proxy = httpConnect({ host: "proxy.example.com", port: 3128, user: "ada", password: "secret" });
 * await using client = new SmtpClient({ host: "mail.example.com", port: 587, proxy });
 * ```
 */
export function httpConnect(options: HttpConnectOptions): Road {
  const { host, port, tls, user, password, headers } = readOptions(options, { what: "httpConnect", keys: KEYS });
  const login = readLogin({ user, password }, "httpConnect");
  if (login !== undefined && login.user.includes(0x3a)) {
    throw new InputError("httpConnect.user", "must hold no colon (RFC 7617 section 2)");
  }
  const fields = readFields(headers);
  const basic = login && toBase64(concat([login.user, Uint8Array.of(0x3a), login.password]));
  if (basic !== undefined) {
    if (fields.some(([name]) => name.toLowerCase() === "proxy-authorization")) {
      throw new InputError("httpConnect.headers", "hold Proxy-Authorization, and there are user and password too");
    }
    fields.push(["Proxy-Authorization", `Basic ${basic}`]);
  }
  // The longest first: one may be within another.
  const values = fields.flatMap(([, value]) => [value, ...value.split(" ")]).filter((word) => word.length > 5);
  const secrets = [...values, ...password === undefined ? [] : [password as string]];
  const profile = readTls(tls);
  return roadThrough({
    kind: profile === undefined ? "HTTP" : "HTTPS",
    host,
    port,
    profile,
    secrets: secrets.sort((one, other) => other.length - one.length),
    async ask(talk, target) {
      requireTarget(target.host);
      const authority = targetText(target);
      const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...fields.map((field) => field.join(": "))];
      await talk.write(encodeUtf8(`${lines.join("\r\n")}\r\n\r\n`));
      await readResponse(talk);
    },
  });
}

function readTls(tls: unknown): TlsProfile | undefined {
  if (tls === undefined || tls === false) return undefined;
  if (tls === true) return tlsProfile({});
  if (typeof tls === "object" && tls !== null) return tlsProfile(tls);
  throw new InputError("httpConnect.tls", "must be true, false or settings");
}

function readFields(headers: unknown): [name: string, value: string][] {
  if (headers === undefined) return [];
  const place = "httpConnect.headers";
  const fields: [name: string, value: string][] = [];
  let size = 0;
  for (const [name, value] of entriesOf(headers, place)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new InputError(place, "hold a name that is none (RFC 9110)");
    if (OWN_FIELDS.includes(name.toLowerCase())) throw new InputError(place, `must not hold ${name}`);
    // No value is shown: it may be a secret.
    if (typeof value !== "string" || !/^[ -~]*$/.test(value)) {
      throw new InputError(place, `${name} must be printable ASCII on one line`);
    }
    size += name.length + value.length;
    fields.push([name, value]);
  }
  if (size > MAX_FIELDS) throw new InputError(place, `have more than ${MAX_FIELDS} characters`);
  return fields;
}

/** Reads the response's head: with 2yz the tunnel begins behind it, whatever it says of a length (RFC 9110 section 9.3.6). */
async function readResponse(talk: Conversation): Promise<void> {
  let left = MAX_HEAD;
  const line = async (): Promise<string> => {
    const octets = await talk.takeLine(left);
    if (octets === undefined) throw talk.refusal(`its answer has more than ${MAX_HEAD} octets`, false);
    left -= octets.length + 1;
    return decodeUtf8(octets);
  };
  for (let responses = 0; responses <= MAX_INTERIM; responses++) {
    const first = await line();
    const [, digits, words = ""] = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: ([^]*))?$/.exec(first) ?? [];
    if (digits === undefined) throw talk.refusal(`it does not speak HTTP/1.1; it said ${talk.words(first)}`, false);
    const wanted = await readFieldsOf(talk, line);
    // 101 is a last answer, and to a request that this is not (RFC 9110 section 15.2.2).
    if (digits.startsWith("1") && digits !== "101") continue;
    if (digits.startsWith("2")) return;
    const code = Number(digits);
    const { basic, login, rules } = PROXY_ADVICE;
    const given = wanted.length === 0 || /\bbasic\b/i.test(`${wanted}`) ? login : basic;
    const advice = code === 407 ? given : code === 403 || code === 405 ? rules : undefined;
    throw talk.refusal(
      refusalText({ code, words: words === "" ? "" : talk.words(words), wanted }),
      code >= 500 || MAYBE_LATER.includes(code),
      advice,
    );
  }
  throw talk.refusal("it answers without end that it is not done yet", false);
}

/** Reads the fields up to the empty line; gives the authentication that is asked for. */
async function readFieldsOf(talk: Conversation, line: () => Promise<string>): Promise<readonly string[]> {
  const schemes: string[] = [];
  for (let field = await line(); field !== ""; field = await line()) {
    const challenge = /^proxy-authenticate:[ \t]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)/i.exec(field)?.[1];
    if (challenge !== undefined && schemes.length < 5) schemes.push(talk.masked(challenge).slice(0, 40));
  }
  return schemes;
}

function refusalText(
  { code, words, wanted }: { readonly code: number; readonly words: string; readonly wanted: readonly string[] },
): string {
  const said = `it answered ${code}${words === "" ? "" : ` ${words}`}`;
  if (code === 407) return `${said}: it wants authentication${wanted.length === 0 ? "" : ` (${wanted.join(", ")})`}`;
  if (code === 403 || code === 405) return `${said}: its rules do not allow it`;
  return said;
}
