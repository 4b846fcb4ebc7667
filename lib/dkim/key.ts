/**
 * The keys of signatures: read once, and never shown again.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { parsePem, type PemBlock } from "../profile/pem.ts";
import { type EncodedKey, type KeyAlgorithm, readPkcs1, readPkcs8, readSpki } from "./der.ts";
import { type DkimJwk, readJwk } from "./jwk.ts";

/** As much of a `CryptoKey` as is asked for here. Any platform's is one; not every consumer has types for the whole. */
export interface DkimCryptoKey {
  /** `private` to sign, `public` to make a record. */
  readonly type: string;
  /** Whether the platform gives the key away; it need not. */
  readonly extractable: boolean;
  /** `RSASSA-PKCS1-v1_5` or `Ed25519`. */
  readonly algorithm: { readonly name: string };
  /** Holds `sign` for a private key. */
  readonly usages: readonly string[];
}

/** A key: PEM text, a JSON Web Key, or a key of Web Crypto. */
export type DkimKey = string | DkimJwk | DkimCryptoKey;

/** A key that was looked at, and how the platform is asked to take it. */
export interface ReadKey {
  readonly algorithm: KeyAlgorithm;
  readonly type: "private" | "public";
  /** Makes the platform's own of it. `extractable` is for those who want its public half. */
  load(options: { readonly extractable: boolean }): Promise<DkimCryptoKey>;
}

/** Bits of the shortest RSA key that may sign (RFC 8301 section 3.2). */
const LEAST_BITS = 1024;
/** Characters of PEM text; a key of 16,384 bits has a fifth of it. */
const PEM_LIMIT = 65_536;

/** What a platform calls the algorithms. */
const ALGORITHMS = { rsa: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, ed25519: { name: "Ed25519" } } as const;

/** The algorithm of a signature by a key. */
export function signingAlgorithm(algorithm: KeyAlgorithm): string {
  return ALGORITHMS[algorithm].name;
}

/**
 * Reads a key as far as that takes no platform.
 *
 * @throws {InputError} whose text shows nothing of it
 */
export function readKey(key: unknown, place: string): ReadKey {
  if (typeof key === "string") return readPem(key, place);
  if (typeof key !== "object" || key === null) {
    throw new InputError(place, "must be PEM text, a JSON Web Key or a CryptoKey");
  }
  return isCryptoKey(key) ? readCryptoKey(key, place) : loading(readJwk(key, place), { format: "jwk", place });
}

/**
 * The same for a key that signs.
 *
 * @throws {InputError}
 */
export function readPrivateKey(key: unknown, place: string): ReadKey {
  const read = readKey(key, place);
  if (read.type === "private") return read;
  throw new InputError(place, "is a public key; its private key signs");
}

function readPem(text: string, place: string): ReadKey {
  const refuse = (reason: string): never => {
    throw new InputError(place, reason);
  };
  if (text.length > PEM_LIMIT) refuse(`is longer than ${PEM_LIMIT} characters: no key`);
  const blocks = parsePem(text, refuse);
  if (blocks.length === 0) refuse("holds no PEM: a key's text begins with -----BEGIN PRIVATE KEY-----");
  if (blocks.length > 1) refuse("holds more than one PEM block, and must be one key");
  const [block] = blocks;
  let key: EncodedKey | undefined;
  try {
    key = readBlock(block);
  } catch (error) {
    return refuse((error as RangeError).message);
  }
  if (key === undefined) return refuse(`its ${block.label} holds something else`);
  const format = block.label === "PUBLIC KEY" ? "spki" : "pkcs8";
  return loading({ ...key, data: key.octets, isPublic: format === "spki" }, { format, place });
}

function readBlock({ label, headers, octets }: PemBlock): EncodedKey | undefined {
  if (label.startsWith("ENCRYPTED ") || headers.some((line) => line.includes("ENCRYPTED"))) {
    throw new RangeError("is encrypted: decrypt it first, such as by openssl pkey -in encrypted.pem -out key.pem");
  }
  if (label === "PRIVATE KEY") return readPkcs8(octets);
  if (label === "RSA PRIVATE KEY") return readPkcs1(octets);
  if (label === "PUBLIC KEY") return readSpki(octets);
  throw new RangeError(`is a ${label}; PRIVATE KEY (PKCS#8) and RSA PRIVATE KEY (PKCS#1) can be read`);
}

/** A key that was read, to be handed to the platform. */
interface Readable {
  readonly algorithm: KeyAlgorithm;
  readonly isPublic: boolean;
  readonly bits: number | undefined;
  readonly data: unknown;
}

function loading(key: Readable, about: { readonly format: "pkcs8" | "spki" | "jwk"; readonly place: string }): ReadKey {
  const { algorithm, isPublic, bits, data } = key;
  const { format, place } = about;
  if (algorithm === "rsa") checkSize(bits, place);
  return {
    algorithm,
    type: isPublic ? "public" : "private",
    load: async ({ extractable }) => {
      // Its overloads cannot be chosen among by a value.
      const importKey = crypto.subtle.importKey.bind(crypto.subtle) as (
        ...args: readonly [string, unknown, unknown, boolean, readonly string[]]
      ) => Promise<CryptoKey>;
      try {
        return await importKey(format, data, ALGORITHMS[algorithm], extractable, [isPublic ? "verify" : "sign"]);
      } catch {
        // Without the platform's own words, which nobody can vouch for to be without the key.
        throw new InputError(place, `is a damaged key, or the platform has no ${signingAlgorithm(algorithm)}`);
      }
    },
  };
}

function isCryptoKey(key: object): key is CryptoKey {
  return Object.prototype.toString.call(key) === "[object CryptoKey]";
}

function readCryptoKey(key: CryptoKey, place: string): ReadKey {
  const { algorithm, type, usages } = key;
  const isRsa = algorithm.name === ALGORITHMS.rsa.name;
  if (!isRsa && algorithm.name !== ALGORITHMS.ed25519.name) {
    throw new InputError(place, `is a key for ${algorithm.name}; DKIM takes RSASSA-PKCS1-v1_5 and Ed25519`);
  }
  const hash = (algorithm as RsaHashedKeyAlgorithm).hash?.name;
  if (isRsa && hash !== "SHA-256") {
    throw new InputError(place, `is a key for ${hash}; DKIM signs SHA-256 (RFC 8301)`);
  }
  if (isRsa) checkSize((algorithm as RsaHashedKeyAlgorithm).modulusLength, place);
  if (type === "private" && !usages.includes("sign")) throw new InputError(place, 'is a key without the usage "sign"');
  return {
    algorithm: isRsa ? "rsa" : "ed25519",
    type: type === "private" ? "private" : "public",
    load: () => Promise.resolve(key),
  };
}

function checkSize(bits: number | undefined, place: string): void {
  if (bits === undefined || bits >= LEAST_BITS) return;
  throw new InputError(place, `has ${bits} bits; an RSA key has at least ${LEAST_BITS}, better 2048 (RFC 8301)`);
}
