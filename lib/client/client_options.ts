/**
 * What a client is made with: one host or several, how to log on, and how many sessions to keep.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "../session/options.ts";
import { overlaid, ownCopy, withTarget } from "../session/target.ts";
import { type PoolOptions, type ResolvedPool, resolvePool } from "./pool_options.ts";

/** One of several hosts: what differs from the client's options, `pool` included. */
export interface HostOptions extends Omit<SessionOptions, "compose"> {
  /** Replaces the options of the client's `pool` that it names, for this host. */
  readonly pool?: PoolOptions;
}

/** What a client is made with. */
export interface ClientOptions extends SessionOptions {
  /** The sessions that are kept, with each host. */
  readonly pool?: PoolOptions;
  /**
   * Hosts in order of preference, in the place of `host`: connection strings, URLs, or options, over the options beside
   * them. Each message goes to the first one that can be reached.
   */
  readonly hosts?: readonly (string | HostOptions)[];
}

/** One host, as a pool takes it. */
export interface ResolvedHost {
  readonly session: SessionOptions;
  readonly pool: ResolvedPool;
}

/** What a client is made for: a connection string, URL or options, or several of them in order of preference. */
export type ClientTarget = string | ClientOptions | readonly (string | HostOptions)[];

/** Hosts at most. */
const HOST_LIMIT = 100;

/**
 * The hosts of a client, in order of preference; there is at least one.
 *
 * @throws {ConfigError} a connection string or URL that cannot be understood, a host in two places
 * @throws {TypeError} {@link RangeError} pool options that cannot be
 */
export function resolveHosts(target: ClientTarget, options: ClientOptions): readonly ResolvedHost[] {
  const isList = Array.isArray(target);
  const asked = isList ? { ...options, hosts: target } : target as string | ClientOptions;
  if (isList && options.hosts !== undefined) throw givenTwice("hosts");
  const { pool, hosts, ...common } =
    (typeof asked === "string" ? ownCopy(options) : overlaid(options, asked)) as ClientOptions;
  if (hosts === undefined) {
    const session = typeof asked === "string" ? withTarget(asked, common) : common;
    return [{ session: ownCopy(session), pool: resolvePool(pool) }];
  }
  if (typeof asked === "string" || common.host !== undefined) throw givenTwice("host");
  if (!Array.isArray(hosts) || hosts.length < 1 || hosts.length > HOST_LIMIT) {
    throw new TypeError(`hosts: must be an array of 1 to ${HOST_LIMIT} hosts`);
  }
  return (hosts as readonly (string | HostOptions)[]).map((one) => {
    if (typeof one === "string") return { session: withTarget(one, common), pool: resolvePool(pool) };
    if (typeof one !== "object" || one === null) throw new TypeError("hosts: must hold strings and options");
    if ("compose" in one) throw new TypeError("compose: is the client's, and not that of one of its hosts");
    const { pool: own, ...session } = one;
    return { session: overlaid(common, session), pool: resolvePool(mergedPool(pool, own)) };
  });
}

function mergedPool(common: PoolOptions = {}, own: PoolOptions = {}): PoolOptions {
  return { ...common, ...defined(own), backOff: { ...common.backOff, ...defined(own.backOff ?? {}) } };
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function givenTwice(option: string): ConfigError {
  return new ConfigError(
    "CONFIG_DUPLICATE",
    `${option} is given twice: in the target and in the options, or beside hosts`,
    {
      option,
    },
  );
}
