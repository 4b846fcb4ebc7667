/**
 * Writes X.509 certificates (RFC 5280) with Web Crypto: the few fields that tests vary, ECDSA P-256 throughout.
 *
 * @module
 */

/** What a certificate is to say. */
export interface CertificateSpec {
  /** Common name of the subject. */
  readonly name: string;
  /** SubjectAltName entries; text for dns, uri and email, octets for ip. */
  readonly names?: {
    readonly dns?: readonly string[];
    readonly ip?: readonly (readonly number[])[];
    readonly uri?: readonly string[];
    readonly email?: readonly string[];
  };
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Extended key usage. Default: server. `ca` makes a certification authority. */
  readonly use?: "server" | "client" | "ca";
  /** Left out: self-signed. */
  readonly issuer?: Issued;
}

/** A certificate with its key. */
export interface Issued {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  readonly der: Uint8Array<ArrayBuffer>;
  readonly certificate: string;
  readonly key: string;
  /** Base64 SHA-256 of the SubjectPublicKeyInfo. */
  readonly pin: string;
}

const DAY = 86_400_000;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
let serial = 1;

/** Makes a certificate and its key. */
export async function issue(spec: CertificateSpec): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const now = Date.now();
  const tbs = sequence(
    tlv(0xa0, tlv(0x02, [2])),
    tlv(0x02, [0x10, serial >> 8, serial++ & 0xff]),
    ECDSA_WITH_SHA256,
    commonName(spec.issuer?.name ?? spec.name),
    sequence(time(spec.notBefore ?? new Date(now - DAY)), time(spec.notAfter ?? new Date(now + 30 * DAY))),
    commonName(spec.name),
    publicKey,
    tlv(0xa3, sequence(...extensions(spec))),
  );
  const signature = await crypto.subtle.sign(ECDSA, (spec.issuer?.keys ?? keys).privateKey, tbs);
  const der = sequence(tbs, ECDSA_WITH_SHA256, tlv(0x03, [0], ecdsaSignature(new Uint8Array(signature))));
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    name: spec.name,
    keys,
    der,
    certificate: pem("CERTIFICATE", der),
    key: pem("PRIVATE KEY", pkcs8),
    pin: base64(new Uint8Array(await crypto.subtle.digest("SHA-256", publicKey))),
  };
}

function* extensions(spec: CertificateSpec): Generator<Uint8Array> {
  const isCa = spec.use === "ca";
  yield extension([0x55, 0x1d, 0x13], isCa ? sequence(tlv(0x01, [0xff])) : sequence(), true);
  yield extension([0x55, 0x1d, 0x0f], tlv(0x03, isCa ? [1, 0x06] : [7, 0x80]), true);
  if (!isCa) {
    const purpose = spec.use === "client" ? 2 : 1;
    yield extension([0x55, 0x1d, 0x25], sequence(oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, purpose)));
  }
  const { dns = [], ip = [], uri = [], email = [] } = spec.names ?? {};
  const entries = [
    ...dns.map((name) => tlv(0x82, ascii(name))),
    ...ip.map((octets) => tlv(0x87, octets)),
    ...uri.map((name) => tlv(0x86, ascii(name))),
    ...email.map((name) => tlv(0x81, ascii(name))),
  ];
  if (entries.length > 0) yield extension([0x55, 0x1d, 0x11], sequence(...entries));
}

function extension(id: readonly number[], value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(...id), ...(critical ? [tlv(0x01, [0xff])] : []), tlv(0x04, value));
}

function commonName(name: string): Uint8Array {
  return sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, ascii(name)))));
}

/** UTCTime, right until 2049 (RFC 5280 section 4.1.2.5). */
function time(date: Date): Uint8Array {
  return tlv(0x17, ascii(date.toISOString().slice(2, 19).replace(/[-:T]/g, "") + "Z"));
}

/** Web Crypto gives r and s side by side; X.509 wants two INTEGERs (RFC 3279 section 2.2.3). */
function ecdsaSignature(raw: Uint8Array): Uint8Array {
  const integer = (octets: Uint8Array): Uint8Array => {
    let start = 0;
    while (start < octets.length - 1 && octets[start] === 0) start++;
    return tlv(0x02, octets[start]! >= 0x80 ? [0] : [], octets.subarray(start));
  };
  return sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
}

function oid(...octets: number[]): Uint8Array {
  return tlv(0x06, octets);
}

function sequence(...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  return tlv(0x30, ...parts);
}

function tlv(tag: number, ...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff];
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function pem(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${base64(der).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

function base64(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets));
}
