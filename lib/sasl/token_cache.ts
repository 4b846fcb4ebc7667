/**
 * Keeps an access token as long as it is good, and has one fetched at a time, however many sessions ask.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { given, sayingOf } from "../given.ts";
import type { TokenRequest } from "./bearer.ts";
import { checkToken } from "./fields.ts";

/** A token, as it was got. */
export interface FreshToken {
  /** The access token. */
  readonly token: string;
  /** Seconds from now on. Default: until a server refuses it. */
  readonly expiresIn?: number | undefined;
}

/** How long a token is kept. */
export interface TokenCacheOptions {
  /**
   * Seconds before its end from which on a token is no longer used, 0 to 3,600; a token that lasts less than twice as long
   * is used for half of its time. Default 60.
   */
  readonly margin?: number | undefined;
}

/** Gives an access token: the one that is kept, or a new one when that is old or was refused. */
export type CachedToken = (request?: TokenRequest) => Promise<string>;

const MAX_MARGIN = 3600;
const DEFAULT_MARGIN = 60;

/**
 * Milliseconds after which nobody who comes waits for what was asked before: it may never be answered, and would keep the
 * program from sending for good. Own limit: as long as a session waits for its token.
 */
const PATIENCE = 60_000;

/**
 * Makes a token source of a function that gets a new token each time: the token is kept until shortly before its end, or
 * until a server refuses it, and whoever asks while one is being fetched waits for that one, unless that has taken a minute
 * already.
 *
 * @throws {InputError} for a margin out of range; the source itself for a token that is none, and it hands on what the
 *   function throws
 *
 * @example
 * ```ts
 * import { cachedToken, oauth2, SmtpClient } from "@posthaste/smtp";
 *
 * const token = cachedToken(async () => {
 *   const { accessToken, expiresOn } = await askSomebody();
 *   return { token: accessToken, expiresIn: (expiresOn - Date.now()) / 1000 };
 * });
 * await using client = new SmtpClient({ host: "mail.example.com", auth: oauth2("ada@example.com", token) });
 *
 * declare function askSomebody(): Promise<{ accessToken: string; expiresOn: number }>;
 * ```
 */
export function cachedToken(
  fetchToken: () => FreshToken | Promise<FreshToken>,
  options: TokenCacheOptions = {},
): CachedToken {
  const own = given(options, { place: "", what: "cachedToken", keys: { margin: DEFAULT_MARGIN } });
  return keptToken(fetchToken, { margin: own.margin as number, patience: PATIENCE });
}

/** As {@link cachedToken}; `patience` is in milliseconds. */
export function keptToken(
  fetchToken: () => FreshToken | Promise<FreshToken>,
  { margin = DEFAULT_MARGIN, patience }: TokenCacheOptions & { readonly patience: number },
): CachedToken {
  if (!(margin >= 0 && margin <= MAX_MARGIN)) throw new InputError("margin", `must be 0 to ${MAX_MARGIN} seconds`);
  let kept: { readonly token: string; readonly until: number } | undefined;
  let pending: { readonly token: Promise<string>; readonly since: number } | undefined;
  let latest = 0;
  const renew = async (): Promise<string> => {
    const mine = ++latest;
    const fresh = await fetchToken();
    const token = checkToken(fresh?.token, "token");
    const expiresIn = sayingOf(fresh, "expiresIn") as number | undefined ?? Infinity;
    if (mine === latest) kept = { token, until: Date.now() + 1000 * Math.max(expiresIn - margin, expiresIn / 2) };
    return token;
  };
  return (request = {}) => {
    if (pending !== undefined && performance.now() - pending.since < patience) return pending.token;
    if (kept !== undefined && kept.token !== request.refused && Date.now() < kept.until) {
      return Promise.resolve(kept.token);
    }
    kept = undefined;
    const token = renew().finally(() => {
      if (pending === mine) pending = undefined;
    });
    const mine = pending = { token, since: performance.now() };
    return token;
  };
}
