/**
 * As much of DER (X.690) as the outer form of a key takes (RFC 5958, RFC 8017 appendix A, RFC 5280 section 4.1.2.7).
 *
 * @module
 */
import { concat } from "../bytes/ascii.ts";

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;

/** What a key is for. */
export type KeyAlgorithm = "rsa" | "ed25519";

const RSA_OID = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
const ED25519_OID = Uint8Array.of(0x06, 0x03, 0x2b, 0x65, 0x70);
const NULL = Uint8Array.of(0x05, 0x00);

/** One element. */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag and length included. */
  readonly whole: Uint8Array;
}

/** A key in the form that Web Crypto takes. */
export interface EncodedKey {
  readonly algorithm: KeyAlgorithm;
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Of an RSA modulus; counted here, because not every platform counts them one by one. */
  readonly bits: number | undefined;
}

/**
 * Reads a private key in PKCS#8. What is written again has version 0 and no attributes: not every platform takes the
 * public key that newer ones have along.
 *
 * @returns `undefined` when it is none
 * @throws {RangeError} when its algorithm is none that DKIM knows
 */
export function readPkcs8(octets: Uint8Array): EncodedKey | undefined {
  const [version, algorithm, key] = membersOf(octets) ?? [];
  if (version?.tag !== INTEGER || algorithm?.tag !== SEQUENCE || key?.tag !== OCTET_STRING) return undefined;
  return {
    algorithm: algorithmOf(algorithm),
    octets: write(SEQUENCE, [Uint8Array.of(INTEGER, 1, 0), algorithm.whole, key.whole]),
    bits: bitsOf(membersOf(key.content)?.[1]),
  };
}

/** Reads an RSA private key in PKCS#1, which becomes PKCS#8; `undefined` when it is none. */
export function readPkcs1(octets: Uint8Array): EncodedKey | undefined {
  const members = membersOf(octets);
  // Version, n, e, d, p, q, and three that make it quicker; more stands there with more than two primes.
  if (members?.length !== 9 || members.some(({ tag }) => tag !== INTEGER)) return undefined;
  const algorithm = write(SEQUENCE, [RSA_OID, NULL]);
  return {
    algorithm: "rsa",
    octets: write(SEQUENCE, [Uint8Array.of(INTEGER, 1, 0), algorithm, write(OCTET_STRING, [octets])]),
    bits: bitsOf(members[1]),
  };
}

/**
 * Reads a public key as certificates have it, and `openssl pkey -pubout` writes it.
 *
 * @returns `undefined` when it is none
 * @throws {RangeError} when its algorithm is none that DKIM knows
 */
export function readSpki(octets: Uint8Array): EncodedKey | undefined {
  const [algorithm, key] = membersOf(octets) ?? [];
  if (algorithm?.tag !== SEQUENCE || key?.tag !== BIT_STRING) return undefined;
  // A bit string's first octet says how many bits its last one lacks.
  const bits = bitsOf(membersOf(key.content.subarray(1))?.[0]);
  return { algorithm: algorithmOf(algorithm), octets: octets.slice(), bits };
}

function bitsOf(integer: Element | undefined): number | undefined {
  return integer?.tag === INTEGER ? bitLength(integer.content) : undefined;
}

/** Bits of a number, its first octet the highest. */
export function bitLength(octets: Uint8Array): number {
  const first = octets.findIndex((octet) => octet !== 0);
  return first === -1 ? 0 : (octets.length - first) * 8 - (Math.clz32(octets[first]) - 24);
}

function algorithmOf({ content }: Element): KeyAlgorithm {
  if (beginsWith(content, RSA_OID)) return "rsa";
  if (beginsWith(content, ED25519_OID)) return "ed25519";
  throw new RangeError("is for neither RSA nor Ed25519, and DKIM knows no other keys (RFC 8301, RFC 8463)");
}

function beginsWith(octets: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((octet, at) => octets[at] === octet);
}

/** The elements of a sequence that is all there is. */
function membersOf(octets: Uint8Array): Element[] | undefined {
  const sequence = elementAt(octets, 0);
  if (sequence?.tag !== SEQUENCE || sequence.whole.length !== octets.length) return undefined;
  const members: Element[] = [];
  for (let at = 0; at < sequence.content.length;) {
    const member = elementAt(sequence.content, at);
    if (member === undefined) return undefined;
    members.push(member);
    at += member.whole.length;
  }
  return members;
}

function elementAt(octets: Uint8Array, at: number): Element | undefined {
  if (at + 2 > octets.length) return undefined;
  let length = octets[at + 1];
  let begin = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) return undefined;
    length = 0;
    for (const end = begin + count; begin < end; begin++) length = length * 256 + (octets[begin] ?? 0);
  }
  const end = begin + length;
  return end > octets.length
    ? undefined
    : { tag: octets[at], content: octets.subarray(begin, end), whole: octets.subarray(at, end) };
}

function write(tag: number, members: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(members);
  const { length } = content;
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff];
  return concat([Uint8Array.from(head), content]);
}
