/**
 * SOCKS4, and SOCKS4a, which has the proxy look the name up. Neither has an RFC: they are what their authors wrote down
 * ("SOCKS: A protocol for TCP proxy across firewalls", Ying-Da Lee).
 *
 * @module
 */
import { concat, encodeUtf8 } from "../bytes/ascii.ts";
import { parseIp } from "../bytes/ip_address.ts";
import { InputError } from "../errors.ts";
import { roadThrough } from "./conversation.ts";
import { type ProxyOptions, readCredential, readOptions, readResolve, requireTarget, type Resolve } from "./options.ts";
import type { Road } from "../runtime/road.ts";

/** A SOCKS4 or SOCKS4a proxy. */
export interface Socks4aOptions extends Omit<ProxyOptions, "port"> {
  /** 1 to 65535. Default 1080. */
  readonly port?: number;
  /** Whom the proxy is told it is for; 1 to 255 octets. There is no password. Default: nobody. */
  readonly user?: string;
  /** `remote`: the proxy looks the name up (SOCKS4a). `local`: this machine does (SOCKS4). Default `remote`. */
  readonly resolve?: Resolve;
}

const KEYS = { user: undefined, resolve: undefined };

/** What an address is said to be whose name follows behind the user: none that can be (SOCKS4a). */
const NAME_FOLLOWS = Uint8Array.of(0, 0, 0, 1);

const REPLIES: Readonly<Record<number, readonly [why: string, retryable: boolean]>> = {
  91: ["it refused, or could not reach the server", true],
  92: ["it could not ask this machine's identd for the user", false],
  93: ["this machine's identd gave another user", false],
};

/**
 * Connects through a SOCKS4a proxy, which knows IPv4 and names only. TLS is with the server, not with the proxy.
 *
 * What goes wrong is a `ConnectionError` with the code `PROXY_FAILED`.
 *
 * @throws {InputError} at once, for options that cannot be
 *
 * @example
 * ```ts
 * import { send, socks4a } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", { from: "ada@example.com", to: "bob@example.net", text: "Hi" }, {
 *   proxy: socks4a({ host: "127.0.0.1" }),
 * });
 * ```
 */
export function socks4a(options: Socks4aOptions): Road {
  const { host, port, user, resolve } = readOptions(options, { what: "socks4a", keys: KEYS, port: 1080 });
  const id = user === undefined ? new Uint8Array(0) : readCredential(user, "socks4a.user");
  return roadThrough({
    kind: "SOCKS4a",
    host,
    port,
    secrets: [],
    looksUp: readResolve(resolve, "socks4a.resolve") === "local",
    async ask(talk, target) {
      requireTarget(target.host);
      const ip = parseIp(target.host);
      if (ip?.length === 16) throw talk.refusal("SOCKS4a has no IPv6 addresses", false);
      if (ip !== undefined && ip[0] === 0) {
        throw new InputError("host", "an IPv4 address that begins with 0 is nobody's");
      }
      const head = Uint8Array.of(4, 1, target.port >> 8, target.port & 0xff);
      const end = Uint8Array.of(0);
      const name = ip === undefined ? [encodeUtf8(target.host), end] : [];
      await talk.write(concat([head, ip ?? NAME_FOLLOWS, id, end, ...name]));
      const [version, reply] = await talk.take(2);
      if (version !== 0) throw talk.refusal(`it does not speak SOCKS4 (its first octet is ${version})`, false);
      if (reply !== 90) {
        const [why, retryable] = REPLIES[reply!] ?? [`it answered ${reply}, which has no meaning`, false];
        throw talk.refusal(why, retryable);
      }
      await talk.take(6);
    },
  });
}
