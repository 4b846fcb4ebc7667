/**
 * Makes X.509 certificates (RFC 5280): the few fields that tests vary, ECDSA P-256 throughout.
 *
 * @module
 */
import "reflect-metadata"; // what @peculiar/x509 finds its algorithms with
import * as x509 from "@peculiar/x509";

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

/** Makes a certificate and its key. */
export async function issue(spec: CertificateSpec): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const issuer = spec.issuer ?? { name: spec.name, keys };
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [spec.name] }],
    issuer: [{ CN: [issuer.name] }],
    notBefore: spec.notBefore ?? new Date(Date.now() - DAY),
    notAfter: spec.notAfter ?? new Date(Date.now() + 30 * DAY),
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ECDSA,
    extensions: [...extensions(spec)],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  const pin = new Uint8Array(await certificate.publicKey.getThumbprint("SHA-256"));
  return {
    name: spec.name,
    keys,
    der: new Uint8Array(certificate.rawData),
    certificate: `${certificate.toString("pem")}\n`,
    key: `${key}\n`,
    pin: btoa(String.fromCharCode(...pin)),
  };
}

function* extensions({ use = "server", names = {} }: CertificateSpec): Generator<x509.Extension> {
  const isCa = use === "ca";
  yield new x509.BasicConstraintsExtension(isCa, undefined, true);
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  yield new x509.KeyUsagesExtension(isCa ? keyCertSign | cRLSign : digitalSignature, true);
  if (use !== "ca") yield new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[`${use}Auth`]]);
  const { dns = [], ip = [], uri = [], email = [] } = names;
  const entries: x509.JsonGeneralNames = [
    ...dns.map((value) => ({ type: "dns" as const, value })),
    ...ip.map((octets) => ({ type: "ip" as const, value: address(octets) })),
    ...uri.map((value) => ({ type: "url" as const, value })),
    ...email.map((value) => ({ type: "email" as const, value })),
  ];
  if (entries.length > 0) yield new x509.SubjectAlternativeNameExtension(entries);
}

/** The library takes addresses as text. */
function address(octets: readonly number[]): string {
  if (octets.length === 4) return octets.join(".");
  const digits = octets.map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return digits.replace(/....(?=.)/g, "$&:");
}
