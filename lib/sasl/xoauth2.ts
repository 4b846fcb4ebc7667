/**
 * XOAUTH2, Google's and Microsoft's way to log on with an OAuth 2.0 access token.
 *
 * A server that refuses the token says why in a challenge, in JSON, and ends with 535 once that has got an empty response.
 *
 * @module
 */

import { decodeUtf8, encodeUtf8 } from "../bytes/ascii.ts";
import { checkName, checkToken, oneTooMany } from "./fields.ts";
import type { Mechanism } from "./mechanism.ts";

/** UTF-16 code units of the server's explanation that are kept. */
const MAX_FAILURE = 1024;

/** An access token, or where to get one that is still good; asked once for each authentication. */
export type TokenSource = string | (() => string | Promise<string>);

/**
 * Makes an XOAUTH2 mechanism; its `failure` is the server's explanation, as text.
 *
 * @throws {InputError} for a name that is empty or holds a control character, a token that is not printable ASCII
 */
export function xoauth2(credentials: { readonly user: string; readonly token: TokenSource }): Mechanism {
  return new XOAuth2(checkName(credentials.user, "user"), checkTokenSource(credentials.token, "token"));
}

/** Returns a token source, a token among them checked. */
export function checkTokenSource(value: unknown, field: string): TokenSource {
  return typeof value === "function" ? value as TokenSource : checkToken(value, field);
}

class XOAuth2 implements Mechanism {
  readonly name = "XOAUTH2";
  readonly revealsSecret = true;
  readonly #user: string;
  readonly #source: TokenSource;
  #token = "";
  #refused = false;
  #failure: string | undefined;

  constructor(user: string, source: TokenSource) {
    this.#user = user;
    this.#source = source;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  initial(): Uint8Array | Promise<Uint8Array> {
    const source = this.#source;
    return typeof source === "string" ? this.#respond(source) : this.#fetch(source);
  }

  next(challenge: Uint8Array): Uint8Array {
    if (this.#refused) throw oneTooMany("XOAUTH2");
    this.#refused = true;
    if (challenge.length > 0) this.#failure = readable(challenge, this.#token);
    return new Uint8Array(0);
  }

  async #fetch(source: () => string | Promise<string>): Promise<Uint8Array> {
    return this.#respond(checkToken(await source(), "token"));
  }

  #respond(token: string): Uint8Array {
    this.#token = token;
    return encodeUtf8(`user=${this.#user}\x01auth=Bearer ${token}\x01\x01`);
  }
}

/** A challenge as text fit to be shown: without the token, should it have come back, and without control characters. */
function readable(challenge: Uint8Array, token: string): string {
  // deno-lint-ignore no-control-regex
  const text = decodeUtf8(challenge).replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "");
  return (token === "" ? text : text.replaceAll(token, "***")).slice(0, MAX_FAILURE);
}
