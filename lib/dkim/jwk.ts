/**
 * JSON Web Keys (RFC 7517, 7518, 8037) that DKIM can use.
 *
 * @module
 */
import { fromBase64 } from "../bytes/base64.ts";
import { InputError } from "../errors.ts";
import { sayingOf } from "../given.ts";
import { bitLength, type KeyAlgorithm } from "./der.ts";

/** A JSON Web Key: RSA, or an octet key pair (`OKP`) for Ed25519. Members that are not named here are not looked at. */
export interface DkimJwk {
  /** Key type: `RSA` or `OKP`. */
  readonly kty?: string;
  /** Curve of an `OKP` key: `Ed25519`. */
  readonly crv?: string;
  /** What the key is for: `RS256`, `EdDSA` or `Ed25519`. */
  readonly alg?: string;
  /** `sig`, where it is given. */
  readonly use?: string;
  /** Holds `sign`, where it is given. */
  readonly key_ops?: readonly string[];
  /** RSA: modulus. */
  readonly n?: string;
  /** RSA: public exponent. */
  readonly e?: string;
  /** RSA: private exponent; Ed25519: the private key. */
  readonly d?: string;
  /** RSA: first prime. */
  readonly p?: string;
  /** RSA: second prime. */
  readonly q?: string;
  /** RSA: first exponent. */
  readonly dp?: string;
  /** RSA: second exponent. */
  readonly dq?: string;
  /** RSA: coefficient. */
  readonly qi?: string;
  /** Ed25519: the public key. */
  readonly x?: string;
}

/** A key that was looked at. */
export interface ReadJwk {
  readonly algorithm: KeyAlgorithm;
  readonly isPublic: boolean;
  /** Of an RSA modulus. */
  readonly bits: number | undefined;
  /** A copy of what makes up the key, and nothing else. */
  readonly data: DkimJwk;
}

const PUBLIC_MEMBERS = { rsa: ["n", "e"], ed25519: ["x"] } as const;
const PRIVATE_MEMBERS = { rsa: ["d", "p", "q", "dp", "dq", "qi"], ed25519: ["d"] } as const;
const ALGORITHM_NAMES = { rsa: ["RS256"], ed25519: ["EdDSA", "Ed25519"] } as const;

/**
 * Reads a JSON Web Key; what a prototype that all objects have says does not count.
 *
 * @throws {InputError} whose text shows nothing of it
 */
export function readJwk(input: object, place: string): ReadJwk {
  const member = (name: keyof DkimJwk) => sayingOf(input, name);
  const kty = member("kty");
  const isRsa = kty === "RSA";
  if (!isRsa && !(kty === "OKP" && member("crv") === "Ed25519")) {
    throw new InputError(place, 'must be a JSON Web Key with kty "RSA", or with kty "OKP" and crv "Ed25519"');
  }
  const algorithm = isRsa ? "rsa" : "ed25519";
  const names: readonly unknown[] = ALGORITHM_NAMES[algorithm];
  const alg = member("alg");
  if (alg !== undefined && !names.includes(alg)) {
    throw new InputError(place, `its alg is none that DKIM uses such a key with: ${names.join(", ")}`);
  }
  const isPublic = member("d") === undefined;
  const operations = member("key_ops");
  const operation = isPublic ? "verify" : "sign";
  const fits = operations === undefined || (Array.isArray(operations) && operations.includes(operation));
  if (!fits || (member("use") ?? "sig") !== "sig") {
    throw new InputError(place, `its use or key_ops do not allow it to ${operation}`);
  }
  const data: Record<string, string | undefined> = isRsa ? { kty: "RSA" } : { kty: "OKP", crv: "Ed25519" };
  for (const name of [...PUBLIC_MEMBERS[algorithm], ...(isPublic ? [] : PRIVATE_MEMBERS[algorithm])]) {
    const value = member(name);
    if (typeof value !== "string") throw new InputError(place, `its "${name}" is missing, or no text`);
    data[name] = value;
  }
  const { n } = data;
  return { algorithm, isPublic, bits: n === undefined ? undefined : bitsOf(n), data };
}

/** Of a number in base64url without padding (RFC 7518 section 2); 0 for anything else. */
function bitsOf(text: string): number {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "==".slice(0, -text.length & 3);
  return bitLength(fromBase64(padded) ?? new Uint8Array(0));
}
