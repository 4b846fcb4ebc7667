/**
 * The conversation with a proxy before it leads to the server: what it says is counted and bounded, and octets behind its
 * last word are the server's.
 *
 * @module
 */
import { lookUp } from "#runtime";
import { isIpAddress } from "../address/ip.ts";
import { concat } from "../bytes/ascii.ts";
import { ConnectionError } from "../errors.ts";
import { detail, type Target, targetText } from "../runtime/failure.ts";
import type { Connection, Runtime } from "../runtime/runtime.ts";
import { loadTlsProfile } from "../profile/load_profile.ts";
import type { TlsProfile } from "../profile/tls_profile.ts";
import type { Road } from "../runtime/road.ts";
import { type Reached, runtimeOver } from "./tunnel.ts";

/** Characters of a proxy's own words in an error. Own limit. */
const MAX_WORDS = 200;

/** A proxy, and how one talks to it. */
export interface ProxyPlan {
  /** Such as `SOCKS5`. */
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  /** TLS with the proxy itself, from the first octet. Default: in clear. */
  readonly profile?: TlsProfile | undefined;
  /** What must not be seen in an error, whatever the proxy says. */
  readonly secrets: readonly string[];
  /** Whether names are looked up here, and not by the proxy. */
  readonly looksUp?: boolean;
  /** Asks for a connection; returns when the server is at the other end. */
  readonly ask: (talk: Conversation, target: Target) => Promise<void>;
}

/** Addresses of one host that a proxy is asked for, where names are looked up here. Own limit. */
const MAX_ADDRESSES = 8;

/** The road through a proxy. */
export function roadThrough(plan: ProxyPlan): Road {
  const name = `${plan.kind} ${targetText(plan)}`;
  return {
    name,
    over: (runtime) =>
      runtimeOver(runtime, name, async (below, { host, port, localAddress, signal }) => {
        const how = { localAddress, signal };
        if (plan.looksUp !== true) return await reach(below, plan, { ...how, target: { host, port } });
        const failures: unknown[] = [];
        for (const address of (await addressesOf(below, host)).slice(0, MAX_ADDRESSES)) {
          try {
            return await reach(below, plan, { ...how, target: { host: address, port } });
          } catch (error) {
            if (signal?.aborted === true || !(error instanceof ConnectionError)) throw error;
            failures.push(error);
          }
        }
        throw failures.length === 1 ? failures[0] : ofSeveral(failures as ConnectionError[]);
      }),
  };
}

async function addressesOf(runtime: Runtime, host: string): Promise<readonly string[]> {
  if (isIpAddress(host)) return [host];
  return await (runtime.lookUp?.(host) ?? lookUp(host));
}

function ofSeveral(failures: readonly ConnectionError[]): ConnectionError {
  const message = failures.length === 0
    ? "The host has no addresses that the proxy could be asked for"
    : failures.map(({ message }) => message).join("; ");
  return new ConnectionError("PROXY_FAILED", "connect", message, {
    cause: new AggregateError(failures),
    retryable: failures.some(({ retryable }) => retryable),
  });
}

interface How {
  readonly target: Target;
  readonly localAddress: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function reach(runtime: Runtime, plan: ProxyPlan, how: How): Promise<Reached> {
  const { host, port, profile } = plan;
  const { target, localAddress, signal } = how;
  let connection: Connection;
  try {
    connection = await runtime.connect({
      host,
      port,
      tls: profile === undefined ? "off" : "implicit",
      ...(profile && { tlsSettings: await loadTlsProfile(profile) }),
      ...(localAddress !== undefined && { localAddress }),
      ...(signal && { signal }),
    });
  } catch (error) {
    throw error instanceof ConnectionError ? failure(plan, { target, why: error.message, cause: error }) : error;
  }
  const talk = new Conversation(connection, { plan, target });
  // Closing ends whatever is waited for.
  const onAbort = (): void => connection.close();
  signal?.addEventListener("abort", onAbort);
  try {
    signal?.throwIfAborted();
    await plan.ask(talk, target);
    signal?.throwIfAborted();
    return { connection, rest: talk.rest };
  } catch (error) {
    connection.close();
    if (signal?.aborted) throw signal.reason;
    const isOurs = !(error instanceof ConnectionError) || error.code === "PROXY_FAILED";
    throw isOurs ? error : failure(plan, { target, why: error.message, cause: error });
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function failure(
  { kind, host, port, secrets }: ProxyPlan,
  about: {
    readonly target: Target;
    readonly why: string;
    readonly cause?: ConnectionError;
    readonly retryable?: boolean;
    readonly advice?: string | undefined;
  },
): ConnectionError {
  const why = masked(about.why, secrets);
  const message = `The ${kind} proxy ${targetText({ host, port })} did not connect to ${
    targetText(about.target)
  }: ${why}`;
  // The cause's own advice is for who connects to the server.
  const { cause, retryable = cause?.retryable, advice } = about;
  return new ConnectionError("PROXY_FAILED", "connect", message, {
    ...(cause && { cause, ...(cause.reason && { reason: cause.reason }) }),
    ...(retryable !== undefined && { retryable }),
    advice,
  });
}

/** What to change where a proxy does not let one through. */
export const PROXY_ADVICE = {
  rules: "Its operator has to allow connections to this host and port; many proxies allow port 443 alone.",
  login: "Give the proxy's options user and password, with what its operator has given out.",
  basic: "Basic alone is done here.",
} as const;

/** What is said to a proxy and what it says. */
export class Conversation {
  readonly #connection: Connection;
  readonly #about: { readonly plan: ProxyPlan; readonly target: Target };
  #unread: Uint8Array = new Uint8Array(0);

  constructor(connection: Connection, about: { readonly plan: ProxyPlan; readonly target: Target }) {
    this.#connection = connection;
    this.#about = about;
  }

  /** What came and was not taken. */
  get rest(): Uint8Array {
    return this.#unread;
  }

  write(octets: Uint8Array): Promise<void> {
    return this.#connection.write(octets);
  }

  /** Waits for this many octets and takes them. */
  async take(size: number): Promise<Uint8Array> {
    while (this.#unread.length < size) await this.#more();
    return this.#cut(size);
  }

  /** Takes a line without its end, CRLF or LF alone; `undefined` when it has more than `limit` octets. */
  async takeLine(limit: number): Promise<Uint8Array | undefined> {
    for (let seen = 0;;) {
      const end = this.#unread.indexOf(0x0a, seen);
      if (end > limit || (end < 0 && this.#unread.length > limit)) return undefined;
      if (end >= 0) {
        const line = this.#cut(end + 1);
        return line.subarray(0, line[end - 1] === 0x0d ? end - 1 : end);
      }
      seen = this.#unread.length;
      await this.#more();
    }
  }

  /** What the proxy said, without what it was told in confidence. */
  masked(said: string): string {
    return masked(said, this.#about.plan.secrets);
  }

  /** What the proxy said, fit for an error: masked, in quotes, one line, bounded. */
  words(said: string): string {
    return JSON.stringify(detail(this.masked(said)).slice(0, MAX_WORDS));
  }

  /** The error to throw: why there is no connection to the server, and whether there may be one later. */
  refusal(why: string, retryable: boolean, advice?: string): ConnectionError {
    return failure(this.#about.plan, { target: this.#about.target, why, retryable, advice });
  }

  #cut(size: number): Uint8Array {
    const taken = this.#unread.subarray(0, size);
    this.#unread = this.#unread.subarray(size);
    return taken;
  }

  async #more(): Promise<void> {
    const octets = await this.#connection.read();
    if (octets === null) throw this.refusal("it closed the connection", true);
    this.#unread = this.#unread.length === 0 ? octets : concat([this.#unread, octets]);
  }
}

/** To be done before text is cut off or put in quotes: a secret is not found any more then. */
function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}
