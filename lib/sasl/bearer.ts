/**
 * What XOAUTH2 and OAUTHBEARER have in common: an OAuth 2.0 access token in the one response there is.
 *
 * A server that refuses the token says why in a challenge, in JSON, and ends with 535 once that has got its answer
 * (RFC 7628 section 3.2.3).
 *
 * @module
 */
import { decodeUtf8, encodeUtf8 } from "../bytes/ascii.ts";
import { checkToken, oneTooMany } from "./fields.ts";
import type { Mechanism } from "./mechanism.ts";

/** UTF-16 code units of the server's explanation that are kept. */
const MAX_FAILURE = 1024;
/** What servers tell of a refusal; nobody needs the rest. */
const TOLD = ["status", "schemes", "scope", "openid-configuration"];

/** What a token is asked for with. */
export interface TokenRequest {
  /** The token that a server has just refused: it is of no use any more, however long it was meant to last. */
  readonly refused?: string;
}

/**
 * An access token, or where to get one that is still good. The function is asked once for each authentication, and once
 * more, with `refused`, when the server refuses what it gave (535); the same token again is not tried again.
 */
export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/** Returns a token source, a token among them checked. @throws {InputError} */
export function checkTokenSource(value: unknown, field: string): TokenSource {
  return typeof value === "function" ? value as TokenSource : checkToken(value, field);
}

/** How a mechanism says it. */
export interface BearerForm {
  readonly name: string;
  readonly source: TokenSource;
  /** The response with a token in it. */
  readonly response: (token: string) => string;
  /** What is said to an explanation, so that the server comes to an end. */
  readonly acknowledgement: string;
}

/** Makes a mechanism that sends a token; its `failure` is what the server explained, as text. */
export function bearer(form: BearerForm): Mechanism {
  return new Bearer(form);
}

class Bearer implements Mechanism {
  readonly name: string;
  readonly revealsSecret = true;
  readonly #form: BearerForm;
  #token = "";
  #refused = false;
  #failure: string | undefined;

  constructor(form: BearerForm) {
    this.name = form.name;
    this.#form = form;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  initial(): Uint8Array | Promise<Uint8Array> {
    const { source } = this.#form;
    return typeof source === "string" ? this.#respond(source) : this.#fetch(source);
  }

  next(challenge: Uint8Array): Uint8Array {
    if (this.#refused) throw oneTooMany(this.name);
    this.#refused = true;
    if (challenge.length > 0) this.#failure = readable(explained(decodeUtf8(challenge)), this.#token);
    return encodeUtf8(this.#form.acknowledgement);
  }

  again(): Promise<Mechanism | undefined> | undefined {
    const { source } = this.#form;
    return typeof source === "string" ? undefined : this.#renew(source);
  }

  async #fetch(source: Exclude<TokenSource, string>): Promise<Uint8Array> {
    return this.#respond(checkToken(await source({}), "token"));
  }

  async #renew(source: Exclude<TokenSource, string>): Promise<Mechanism | undefined> {
    const token = checkToken(await source({ refused: this.#token }), "token");
    return token === this.#token ? undefined : new Bearer({ ...this.#form, source: token });
  }

  #respond(token: string): Uint8Array {
    this.#token = token;
    return encodeUtf8(this.#form.response(token));
  }
}

/** The fields of the server's JSON that are known, or all of what it sent. */
function explained(text: string): string {
  try {
    const said: unknown = JSON.parse(text);
    const fields = TOLD.map((key) => [key, (said as Record<string, unknown>)[key]])
      .filter(([, value]) => typeof value === "string" && value !== "");
    return fields.length === 0 ? text : fields.map(([key, value]) => `${key} ${value}`).join(", ");
  } catch {
    return text;
  }
}

/** Text fit to be shown: without the token, should it have come back, and without what does not print. */
function readable(said: string, token: string): string {
  const text = said.replaceAll(UNPRINTABLE, "");
  const masked = (token === "" ? text : text.replaceAll(token, "***")).slice(0, MAX_FAILURE);
  // The cut may leave half a surrogate pair.
  return masked.replaceAll(UNPRINTABLE, "");
}

// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/gu;
