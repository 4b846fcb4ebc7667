/**
 * What has to stand in DNS for a signature to be verified.
 *
 * @module
 */
import { toBase64 } from "../bytes/base64.ts";
import { InputError } from "../errors.ts";
import { given } from "../given.ts";
import { type DkimKey, type ReadKey, readKey } from "./key.ts";
import { readName } from "./options.ts";

/** A key and its name. */
export interface DkimRecordOptions {
  /** As in {@link DkimSignature}. */
  readonly domain: string;
  /** As in {@link DkimSignature}. */
  readonly selector: string;
  /** The private key as in {@link DkimSignature}, a `CryptoKey` extractable; or its public key, in PEM `PUBLIC KEY`. */
  readonly key: DkimKey;
}

/** A TXT record. */
export interface DkimRecord {
  /** Its name, without a dot at the end. */
  readonly name: string;
  /** Its text. A zone file takes it in strings of at most 255 characters each, which DNS puts together again. */
  readonly value: string;
}

const KEYS = { domain: undefined, selector: undefined, key: undefined };

/** Octets of an Ed25519 public key in the form of certificates that stand before the key itself (RFC 8410 section 4). */
const ED25519_PREFIX = 12;

/**
 * Makes the TXT record under which the public half of a key is looked up (RFC 6376 section 3.6.1, RFC 8463 section 4).
 *
 * @throws {InputError} for a bad option; a promise, so a rejection
 *
 * @example
 * ```ts
 * import { dkimRecord } from "@posthaste/smtp";
 *
 * async function show(key: string): Promise<void> {
 *   const { name, value } = await dkimRecord({ domain: "example.com", selector: "2026a", key });
 *   console.log(`${name}. IN TXT ( ${value.match(/.{1,255}/g)!.map((part) => `"${part}"`).join(" ")} )`);
 * }
 * ```
 */
export async function dkimRecord(options: DkimRecordOptions): Promise<DkimRecord> {
  const place = "dkimRecord";
  const own = given(options, { place, what: "a DKIM record", keys: KEYS });
  const { name } = readName(own, place);
  const key = readKey(own.key, `${place}.key`);
  const spki = await publicKey(key, `${place}.key`);
  const octets = key.algorithm === "ed25519" ? spki.subarray(ED25519_PREFIX) : spki;
  return { name, value: `v=DKIM1; k=${key.algorithm}; p=${toBase64(octets)}` };
}

async function publicKey(key: ReadKey, place: string): Promise<Uint8Array> {
  const loaded = await key.load({ extractable: true }) as CryptoKey;
  if (key.type === "public") return new Uint8Array(await crypto.subtle.exportKey("spki", loaded));
  if (!loaded.extractable) throw new InputError(place, "is a private key that is not extractable: give its public key");
  const { kty, n, e, crv, x } = await crypto.subtle.exportKey("jwk", loaded);
  const jwk = kty === "RSA" ? { kty, n, e } : { kty, crv, x };
  const half = await crypto.subtle.importKey("jwk", jwk as JsonWebKey, loaded.algorithm, true, ["verify"]);
  return new Uint8Array(await crypto.subtle.exportKey("spki", half));
}
