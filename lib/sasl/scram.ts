/**
 * SCRAM (RFC 5802, RFC 7677): the password does not travel, the server proves that it knows it too, and with `-PLUS` both
 * prove that they are the two ends of the same TLS connection (RFC 9266).
 *
 * @module
 */
import { concat, decodeUtf8, encodeUtf8 } from "../bytes/ascii.ts";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { InputError, ProtocolError } from "../errors.ts";
import { checkName, checkPassword, oneTooMany } from "./fields.ts";
import { gs2Header, saslName } from "./gs2.ts";
import type { Mechanism } from "./mechanism.ts";
import { saslprep } from "./saslprep.ts";

/** The hash that a SCRAM mechanism is named for, as Web Crypto calls it. */
export type ScramHash = "SHA-1" | "SHA-256";

/** RFC 5802 section 5.1, RFC 7677 section 4: a server that asks for less makes guessing the password cheap. */
export const MIN_ITERATIONS = 4096;
/** What a server may make a client compute, by default: about half a second. Own limit. */
const MAX_ITERATIONS = 1_000_000;
/** Octets of a nonce of ours, before base64. */
const NONCE_SIZE = 18;
/** Octets of a server's message. Own limit; nonce, salt and count have about a hundred. */
const MAX_MESSAGE = 4096;

const NOTHING = new Uint8Array(0);

/** What a SCRAM mechanism is made of. */
export interface ScramOptions {
  readonly user: string;
  readonly password: string;
  readonly hash: ScramHash;
  /** The identity to act as, by default the user's own. */
  readonly authzid?: string | undefined;
  /** The octets of `tls-exporter`; the mechanism is then the one with `-PLUS`. */
  readonly binding?: Uint8Array | undefined;
  /**
   * The client could bind and the server did not offer it: said to a server that did (because somebody in between took it
   * off the list), it ends the authentication (RFC 5802 section 6).
   */
  readonly couldBind?: boolean;
  /** Most iterations that a server may ask for, 4,096 or more. Default 1,000,000. */
  readonly maxIterations?: number | undefined;
  /** For tests: printable ASCII without a comma. Default: 18 random octets in base64. */
  readonly nonce?: string;
}

/**
 * Makes a SCRAM mechanism.
 *
 * @throws {InputError} for a name or password that {@link checkName}, {@link checkPassword} or SASLprep refuse
 */
export function scram(options: ScramOptions): Mechanism {
  return new Scram(options);
}

/** What SASLprep makes of a password or name. @throws {InputError} */
export function prepared(text: string, field: string): string {
  const result = saslprep(text);
  if (result === undefined) {
    throw new InputError(field, "holds a character or a mixture of directions that SASLprep (RFC 4013) prohibits");
  }
  return result;
}

class Scram implements Mechanism {
  readonly name: string;
  readonly revealsSecret = false;
  readonly #hash: ScramHash;
  readonly #password: string;
  readonly #max: number;
  readonly #header: string;
  readonly #binding: Uint8Array;
  readonly #nonce: string;
  /** The client's first message without its header. */
  readonly #first: string;
  #state: "begun" | "proving" | "proved" | "refused" = "begun";
  #expected: Uint8Array | undefined;
  #failure: string | undefined;

  constructor(options: ScramOptions) {
    const { hash, binding, authzid, nonce } = options;
    const user = prepared(checkName(options.user, "user"), "user");
    this.#password = prepared(checkPassword(options.password, "password"), "password");
    this.name = `SCRAM-${hash}${binding === undefined ? "" : "-PLUS"}`;
    this.#hash = hash;
    this.#max = options.maxIterations ?? MAX_ITERATIONS;
    const flag = binding === undefined ? (options.couldBind === true ? "y" : "n") : "p=tls-exporter";
    this.#header = gs2Header(flag, authzid === undefined ? undefined : checkName(authzid, "authzid"));
    this.#binding = binding ?? NOTHING;
    this.#nonce = nonce ?? toBase64(crypto.getRandomValues(new Uint8Array(NONCE_SIZE)));
    this.#first = `n=${saslName(user)},r=${this.#nonce}`;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  initial(): Uint8Array {
    return encodeUtf8(this.#header + this.#first);
  }

  next(challenge: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const text = challenge.length > MAX_MESSAGE ? "" : decodeUtf8(challenge);
    // RFC 5802 section 7: the server's error; it ends the exchange with a reply of its own.
    const said = /^e=([ -+\--~]{1,80})$/.exec(text);
    if (said !== null && this.#state !== "refused") {
      this.#state = "refused";
      this.#failure = said[1];
      return NOTHING;
    }
    if (this.#state === "begun") {
      this.#state = "proving";
      return this.#prove(text);
    }
    if (this.#state !== "proving") throw oneTooMany(this.name);
    this.#verify(text);
    this.#state = "proved";
    return NOTHING;
  }

  finish(): void {
    if (this.#state !== "proved") throw unproved();
  }

  /** Answers the server's first message. */
  async #prove(serverFirst: string): Promise<Uint8Array> {
    const { nonce, salt, iterations } = this.#read(serverFirst);
    const bound = concat([encodeUtf8(this.#header), this.#binding]);
    const final = `c=${toBase64(bound)},r=${nonce}`;
    const message = encodeUtf8(`${this.#first},${serverFirst},${final}`);
    const salted = await this.#salted(salt, iterations);
    const clientKey = await this.#hmac(salted, encodeUtf8("Client Key"));
    const storedKey = new Uint8Array(await crypto.subtle.digest(this.#hash, clientKey));
    const signature = await this.#hmac(storedKey, message);
    this.#expected = await this.#hmac(await this.#hmac(salted, encodeUtf8("Server Key")), message);
    return encodeUtf8(`${final},p=${toBase64(clientKey.map((octet, i) => octet ^ signature[i]!))}`);
  }

  /** RFC 5802 section 7: nonce, salt and count in this order, and then what may be ignored; `m=` before them may not. */
  #read(text: string): { readonly nonce: string; readonly salt: Uint8Array<ArrayBuffer>; readonly iterations: number } {
    if (text.startsWith("m=")) throw unacceptable("asks for an extension that there is none of");
    const [, nonce, salt64, count] = /^r=([!-+\--~]+),s=([^,]+),i=([1-9]\d{0,9})(?:,[a-zA-Z]=[^\0,]+)*$/.exec(text) ??
      [];
    const salt = fromBase64(salt64 ?? "");
    if (nonce === undefined || salt === undefined || salt.length === 0) throw unacceptable("cannot be understood");
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw unacceptable("does not go on with the client's nonce");
    }
    const iterations = Number(count);
    if (iterations < MIN_ITERATIONS || iterations > this.#max) {
      throw unacceptable(`asks for ${iterations} iterations; ${MIN_ITERATIONS} to ${this.#max} are done`);
    }
    return { nonce, salt, iterations };
  }

  /** Holds the server's last message against what only somebody who knows the password's keys can have computed. */
  #verify(text: string): void {
    const given = fromBase64(/^v=([^,]+)(?:,[a-zA-Z]=[^\0,]+)*$/.exec(text)?.[1] ?? "");
    const expected = this.#expected;
    if (given === undefined || expected === undefined || given.length !== expected.length) throw unproved();
    // All of it, wherever it differs.
    if (expected.reduce((sum, octet, i) => sum | (octet ^ given[i]!), 0) !== 0) throw unproved();
  }

  async #salted(salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<Uint8Array<ArrayBuffer>> {
    const key = await crypto.subtle.importKey("raw", encodeUtf8(this.#password), "PBKDF2", false, ["deriveBits"]);
    const size = this.#hash === "SHA-1" ? 160 : 256;
    const algorithm = { name: "PBKDF2", hash: this.#hash, salt, iterations };
    try {
      return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, size));
    } catch (cause) {
      // Cloudflare does 100,000 at most.
      throw unacceptable(`asks for ${iterations} iterations, which this platform does not do`, { cause });
    }
  }

  async #hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: this.#hash }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
  }
}

function unacceptable(why: string, options: { readonly cause?: unknown } = {}): ProtocolError {
  return new ProtocolError("auth", `The server's first message of SCRAM ${why}`, options);
}

function unproved(): ProtocolError {
  return new ProtocolError("auth", "The server has not proved that it knows the password");
}
