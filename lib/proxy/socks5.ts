/**
 * SOCKS5 (RFC 1928), with user and password (RFC 1929).
 *
 * @module
 */
import { concat, encodeUtf8 } from "../bytes/ascii.ts";
import { parseIp } from "../bytes/ip_address.ts";
import type { Target } from "../runtime/failure.ts";
import { type Conversation, PROXY_ADVICE, roadThrough } from "./conversation.ts";
import { type ProxyOptions, readLogin, readOptions, readResolve, requireTarget, type Resolve } from "./options.ts";
import type { Road } from "../runtime/road.ts";

/** A SOCKS5 proxy. */
export interface Socks5Options extends Omit<ProxyOptions, "port"> {
  /** 1 to 65535. Default 1080. */
  readonly port?: number;
  /** 1 to 255 octets; together with `password`, which travels to the proxy in clear text. */
  readonly user?: string;
  /** 1 to 255 octets. */
  readonly password?: string;
  /** `remote`: the proxy looks the server's name up. `local`: this machine does, and never tells the proxy the name. Default `remote`. */
  readonly resolve?: Resolve;
}

const KEYS = { user: undefined, password: undefined, resolve: undefined };
const VERSION = 5;
/** RFC 1928 section 3. */
const NO_AUTHENTICATION = 0;
const USER_PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;

/**
 * Connects through a SOCKS5 proxy (RFC 1928). TLS is with the server, not with the proxy, which sees octets only.
 *
 * What goes wrong is a `ConnectionError` with the code `PROXY_FAILED`, which says what the proxy said.
 *
 * @throws {InputError} at once, for options that cannot be
 *
 * @example
 * ```ts
 * import { SmtpClient, socks5 } from "@posthaste/smtp";
 *
 * const proxy = socks5({ host: "127.0.0.1", port: 1080 });
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { proxy });
 * ```
 */
export function socks5(options: Socks5Options): Road {
  const { host, port, user, password, resolve } = readOptions(options, { what: "socks5", keys: KEYS, port: 1080 });
  const login = readLogin({ user, password }, "socks5");
  return roadThrough({
    kind: "SOCKS5",
    host,
    port,
    secrets: password === undefined ? [] : [password as string],
    looksUp: readResolve(resolve, "socks5.resolve") === "local",
    async ask(talk, target) {
      requireTarget(target.host);
      await authenticate(talk, login);
      await request(talk, target);
    },
  });
}

type Login = { readonly user: Uint8Array; readonly password: Uint8Array } | undefined;

async function authenticate(talk: Conversation, login: Login): Promise<void> {
  const methods = login === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, USER_PASSWORD];
  await talk.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await talk.take(2);
  if (version !== VERSION) throw talk.refusal(strangeVersion(version!), false);
  if (method === NONE_ACCEPTABLE) {
    const why = login === undefined
      ? "it wants a user and a password, or another authentication"
      : "it takes neither user and password nor nobody at all";
    throw talk.refusal(why, false, PROXY_ADVICE.login);
  }
  if (!methods.includes(method!)) {
    throw talk.refusal(`it chose the authentication ${method}, which was not offered`, false);
  }
  if (method === NO_AUTHENTICATION || login === undefined) return;
  const { user, password } = login;
  await talk.write(concat([Uint8Array.of(1, user.length), user, Uint8Array.of(password.length), password]));
  const [subVersion, status] = await talk.take(2);
  // RFC 1929 section 2 numbers this anew from 1; some proxies answer 5.
  if (subVersion !== 1 && subVersion !== VERSION) {
    throw talk.refusal("its answer to the password makes no sense", false);
  }
  if (status !== 0) throw talk.refusal("it refused the user or the password", false, PROXY_ADVICE.login);
}

/** RFC 1928 section 6; what may be otherwise later on. */
const REPLIES: readonly (readonly [why: string, retryable: boolean])[] = [
  ["it failed", true],
  ["its rules do not allow it", false],
  ["network unreachable", true],
  ["host unreachable, or the name is not known", true],
  ["connection refused", true],
  ["the packets' time to live ran out", true],
  ["it does not know the command CONNECT", false],
  ["it does not take this kind of address", false],
];

const NOT_ALLOWED = 2;

async function request(talk: Conversation, { host, port }: Target): Promise<void> {
  const ip = parseIp(host);
  const name = ip === undefined ? encodeUtf8(host) : ip;
  const type = ip === undefined ? [3, name.length] : [ip.length === 4 ? 1 : 4];
  await talk.write(concat([Uint8Array.of(VERSION, 1, 0, ...type), name, Uint8Array.of(port >> 8, port & 0xff)]));
  const [version, reply] = await talk.take(2);
  if (version !== VERSION) throw talk.refusal(strangeVersion(version!), false);
  if (reply !== 0) {
    const [why, retryable] = REPLIES[reply! - 1] ?? [`it answered ${reply}, which has no meaning`, false];
    throw talk.refusal(why, retryable, reply === NOT_ALLOWED ? PROXY_ADVICE.rules : undefined);
  }
  const [, bound] = await talk.take(2);
  const size = bound === 1 ? 4 : bound === 4 ? 16 : bound === 3 ? (await talk.take(1))[0]! : undefined;
  if (size === undefined) throw talk.refusal(`its answer has an address of the unknown kind ${bound}`, false);
  await talk.take(size + 2);
}

function strangeVersion(version: number): string {
  const isHttp = version === 0x48;
  return `it does not speak SOCKS5 (its first octet is ${version}${isHttp ? "; it may be an HTTP proxy" : ""})`;
}
