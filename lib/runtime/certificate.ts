/**
 * Just enough of X.509 (RFC 5280) to check a name and a pin: the subjectAltName entries by type and the
 * SubjectPublicKeyInfo, read from the DER octets. Platforms hand names out as text that needs quoting rules to be read
 * safely (CVE-2021-44532); octets need none.
 *
 * @module
 */
import type { CertificateNames } from "./server_identity.ts";

/** What is read of a certificate. */
export interface Certificate {
  readonly names: CertificateNames;
  /** The SubjectPublicKeyInfo, whole, as a pin hashes it (RFC 7469 section 2.4). */
  readonly publicKey: Uint8Array;
}

const SEQUENCE = 0x30;
const OID = 0x06;
const BOOLEAN = 0x01;
const OCTET_STRING = 0x04;
/** `[0]` version and `[3]` extensions of a TBSCertificate, explicit. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** GeneralName's choices (RFC 5280 section 4.2.1.6), implicit. */
const RFC822_NAME = 0x81;
const DNS_NAME = 0x82;
const URI_NAME = 0x86;
const IP_NAME = 0x87;
/** 2.5.29.17 */
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/**
 * Reads a certificate.
 *
 * @throws {RangeError} the octets are no DER certificate
 */
export function readCertificate(der: Uint8Array): Certificate {
  const certificate = new Reader(der).enter(SEQUENCE);
  const tbs = certificate.enter(SEQUENCE);
  if (tbs.peek() === VERSION) tbs.skip();
  for (let i = 0; i < 5; i++) tbs.skip(); // serial, signature algorithm, issuer, validity, subject
  if (tbs.peek() !== SEQUENCE) throw malformed();
  const publicKey = tbs.element();
  while (tbs.peek() !== undefined && tbs.peek() !== EXTENSIONS) tbs.skip(); // unique identifiers
  return { names: tbs.peek() === undefined ? noNames() : readNames(tbs.enter(EXTENSIONS).enter(SEQUENCE)), publicKey };
}

type Names = { -readonly [K in keyof CertificateNames]: CertificateNames[K][number][] };

function noNames(): Names {
  return { dns: [], ip: [], uri: [], email: [] };
}

function readNames(extensions: Reader): Names {
  const names = noNames();
  let isRead = false;
  while (extensions.peek() !== undefined) {
    const extension = extensions.enter(SEQUENCE);
    const id = extension.content(OID);
    if (extension.peek() === BOOLEAN) extension.skip(); // critical
    if (!SUBJECT_ALT_NAME.every((octet, i) => octet === id[i]) || id.length !== SUBJECT_ALT_NAME.length) continue;
    // RFC 5280 section 4.2: platforms take a certificate for invalid, or read one of them.
    if (isRead) throw malformed();
    isRead = true;
    const entries = new Reader(extension.content(OCTET_STRING)).enter(SEQUENCE);
    while (entries.peek() !== undefined) readName(entries, names);
  }
  return names;
}

function readName(entries: Reader, names: Names): void {
  switch (entries.peek()) {
    case DNS_NAME:
      names.dns.push(ia5(entries.content(DNS_NAME)));
      break;
    case IP_NAME:
      names.ip.push(entries.content(IP_NAME));
      break;
    case URI_NAME:
      names.uri.push(ia5(entries.content(URI_NAME)));
      break;
    case RFC822_NAME:
      names.email.push(ia5(entries.content(RFC822_NAME)));
      break;
    default:
      entries.skip();
  }
}

/** One character per octet: what is not ASCII (or is NUL) stays visibly so, and matches nothing. */
function ia5(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}

/** Walks the elements of one DER value, in order. */
class Reader {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  /** Tag of the next element; `undefined` at the end. */
  peek(): number | undefined {
    return this.#octets[this.#at];
  }

  skip(): void {
    this.element();
  }

  /** The next element, tag and length included. */
  element(): Uint8Array {
    const start = this.#at;
    const { end } = this.#header();
    this.#at = end;
    return this.#octets.subarray(start, end);
  }

  /** The content of the next element, which must have this tag. */
  content(tag: number): Uint8Array {
    if (this.peek() !== tag) throw malformed();
    const { start, end } = this.#header();
    this.#at = end;
    return this.#octets.subarray(start, end);
  }

  enter(tag: number): Reader {
    return new Reader(this.content(tag));
  }

  #header(): { readonly start: number; readonly end: number } {
    const tag = this.#octets[this.#at];
    let length = this.#octets[this.#at + 1];
    let start = this.#at + 2;
    // No multi-octet tags stand in what is read here.
    if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) throw malformed();
    if (length >= 0x80) {
      const octets = length - 0x80;
      if (octets < 1 || octets > 3) throw malformed(); // indefinite, or over 16 MiB
      length = 0;
      for (let i = 0; i < octets; i++) length = (length << 8) | (this.#octets[start++] ?? 0);
    }
    const end = start + length;
    if (end > this.#octets.length) throw malformed();
    return { start, end };
  }
}

function malformed(): RangeError {
  return new RangeError("not a DER certificate");
}
