/**
 * What a client is made with: one host or several, how to log on, and how many sessions to keep.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import { SESSION_KEYS, type SessionOptions } from "../session/options.ts";
import { overlaid, withTarget } from "../session/target.ts";
import { type PoolOptions, readPool, type ResolvedPool, resolvePool } from "./pool_options.ts";

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
  const beside = readClient(options);
  if (Array.isArray(target) && beside.hosts !== undefined) throw givenTwice("hosts");
  const { pool, hosts, ...common } = typeof target === "string"
    ? beside
    : overlaid<ClientOptions>(beside, Array.isArray(target) ? { hosts: target } : readClient(target as ClientOptions));
  if (hosts === undefined) {
    const session = typeof target === "string" ? withTarget(target, common) : common;
    return [{ session, pool: resolvePool(pool) }];
  }
  if (typeof target === "string" || common.host !== undefined) throw givenTwice("host");
  if (!Array.isArray(hosts) || hosts.length < 1 || hosts.length > HOST_LIMIT) {
    throw new TypeError(`hosts: must be an array of 1 to ${HOST_LIMIT} hosts`);
  }
  const all = readPool(pool);
  return Array.from(hosts as readonly (string | HostOptions)[], (one, index) => {
    if (typeof one === "string") return { session: withTarget(one, common), pool: resolvePool(undefined, all) };
    if (typeof one !== "object" || one === null) throw new TypeError("hosts: must hold strings and options");
    const { pool: own, ...session } = given(one, {
      place: `hosts[${index}]`,
      what: "a host",
      keys: HOST_KEYS,
    }) as HostOptions;
    if ("compose" in session && session.compose !== undefined) {
      throw new TypeError("compose: is the client's, and not that of one of its hosts");
    }
    return { session: overlaid(common, session), pool: resolvePool(own, all) };
  });
}

const HOST_KEYS = { ...SESSION_KEYS, pool: undefined };
const CLIENT_KEYS: KeysOf<ClientOptions> = { ...HOST_KEYS, hosts: undefined };

function readClient(options: ClientOptions): ClientOptions {
  return given(options, { place: "", what: "a client", keys: CLIENT_KEYS }) as ClientOptions;
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
