/**
 * What a caller says about a signature, checked as soon as it is said.
 *
 * @module
 */
import { MAX_DOMAIN_LENGTH, toAsciiDomain } from "../address/domain.ts";
import { MAX_MAILBOX_INPUT, parseAddress } from "../address/path.ts";
import { encodeUtf8 } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import { given } from "../given.ts";
import type { CanonicalForm } from "./body.ts";
import { type FieldNames, readFieldNames } from "./field_names.ts";
import { type DkimKey, type ReadKey, readPrivateKey } from "./key.ts";

/** How header and body may change on their way without breaking the signature (RFC 6376 section 3.4). */
export type DkimCanonicalization = "relaxed/relaxed" | "relaxed/simple" | "simple/relaxed" | "simple/simple";

/** One signature, and whose it is. */
export interface DkimSignature {
  /** The domain that vouches (`d=`), with A-labels or U-labels; for DMARC that of `From`, or one above it. */
  readonly domain: string;
  /** The key's name (`s=`): its public half is in DNS at `selector._domainkey.domain`. */
  readonly selector: string;
  /**
   * The private key: PEM text (PKCS#8, or PKCS#1 for RSA), not encrypted; a JSON Web Key; a `CryptoKey` that may sign. An RSA
   * key signs by `rsa-sha256` and has at least 1024 bits (RFC 8301), an Ed25519 key by `ed25519-sha256` (RFC 8463).
   */
  readonly key: DkimKey;
  /** For the header, and for the body. Default `relaxed/relaxed`. */
  readonly canonicalization?: DkimCanonicalization;
  /**
   * Names of fields to sign, where they are there; `From` must be one. Default: those of RFC 6376 section 5.4.1, those that
   * say how the body is read, both that One-Click unsubscription needs (RFC 8058), and a few more; docs/dkim.md has the list.
   */
  readonly headers?: readonly string[];
  /**
   * Names of fields that are signed once more than they are there, so that none can be added (RFC 6376 section 8.15), whether
   * or not `headers` names them. Default: those of `headers` that a reader sees or the body is read by, `From` always.
   */
  readonly oversign?: readonly string[];
  /** On whose behalf (`i=`): `@` and the domain or one below it, or an address there. Default: not said. */
  readonly identity?: string;
  /** Seconds from signing on after which the signature no longer counts (`x=`), 1 to 999,999,999. Default: never. */
  readonly expiresIn?: number;
}

/** A signature's options, checked. */
export interface SignatureOptions extends FieldNames {
  readonly domain: string;
  readonly selector: string;
  readonly key: ReadKey;
  readonly headerForm: CanonicalForm;
  readonly bodyForm: CanonicalForm;
  /** As it stands in `i=`. */
  readonly identity: string | undefined;
  readonly expiresIn: number | undefined;
}

const KEYS = {
  domain: undefined,
  selector: undefined,
  key: undefined,
  canonicalization: undefined,
  headers: undefined,
  oversign: undefined,
  identity: undefined,
  expiresIn: undefined,
};

/** Seconds; more would have no more digits than RFC 6376 section 3.5 allows either, and no sense. */
const LONGEST = 999_999_999;

/**
 * Checks a signature's options.
 *
 * @throws {InputError}
 */
export function readSignature(input: unknown, place: string): SignatureOptions {
  const own = given(input, { place, what: "a DKIM signature", keys: KEYS });
  const { domain, selector } = readName(own, place);
  const key = readPrivateKey(own.key, `${place}.key`);
  const [headerForm, bodyForm] = readForms(own.canonicalization, `${place}.canonicalization`);
  const headers = readFieldNames(own.headers, `${place}.headers`);
  const oversign = readFieldNames(own.oversign, `${place}.oversign`);
  if (headers !== undefined && !headers.some((name) => name.toLowerCase() === "from")) {
    throw new InputError(`${place}.headers`, "must have From, which is always signed (RFC 6376 section 5.4)");
  }
  const identity = own.identity === undefined ? undefined : readIdentity(own.identity, { place, domain });
  const expiresIn = readExpiresIn(own.expiresIn, `${place}.expiresIn`);
  return { domain, selector, key, headerForm, bodyForm, headers, oversign, identity, expiresIn };
}

/**
 * Checks a domain and a selector, which make a name in DNS together.
 *
 * @throws {InputError}
 */
export function readName(
  own: { readonly domain: unknown; readonly selector: unknown },
  place: string,
): { readonly domain: string; readonly selector: string; readonly name: string } {
  const domain = toAsciiDomain(text(own.domain, `${place}.domain`), `${place}.domain`);
  const selector = toAsciiDomain(text(own.selector, `${place}.selector`), `${place}.selector`);
  const name = `${selector}._domainkey.${domain}`;
  if (name.length > MAX_DOMAIN_LENGTH) {
    throw new InputError(`${place}.selector`, `the key's name in DNS is longer than ${MAX_DOMAIN_LENGTH} octets`);
  }
  return { domain, selector, name };
}

function text(value: unknown, place: string): string {
  if (typeof value !== "string") throw new InputError(place, "is required, a string");
  return value;
}

const FORMS: Readonly<Record<DkimCanonicalization, readonly [CanonicalForm, CanonicalForm]>> = {
  "relaxed/relaxed": ["relaxed", "relaxed"],
  "relaxed/simple": ["relaxed", "simple"],
  "simple/relaxed": ["simple", "relaxed"],
  "simple/simple": ["simple", "simple"],
};

function readForms(value: unknown, place: string): readonly [CanonicalForm, CanonicalForm] {
  const name = (value ?? "relaxed/relaxed") as DkimCanonicalization;
  if (typeof name === "string" && Object.hasOwn(FORMS, name)) return FORMS[name];
  throw new InputError(place, `must be ${Object.keys(FORMS).join(", ")}`);
}

function readIdentity(value: unknown, about: { readonly place: string; readonly domain: string }): string {
  const place = `${about.place}.identity`;
  const identity = text(value, place);
  if (identity.length > MAX_MAILBOX_INPUT) throw new InputError(place, `longer than ${MAX_MAILBOX_INPUT} characters`);
  const bare = identity.startsWith("@");
  const { localPart, domain } = bare
    ? { localPart: "", domain: toAsciiDomain(identity.slice(1), place) }
    : parseAddress(identity, place);
  if (domain !== about.domain && !domain.endsWith(`.${about.domain}`)) {
    throw new InputError(place, `its domain must be ${about.domain} or one below it (RFC 6376 section 3.5)`);
  }
  return `${quotedPrintable(localPart)}@${domain}`;
}

/** DKIM's own form of quoted-printable (RFC 6376 section 2.11), in which nothing ends a tag or is a blank. */
function quotedPrintable(localPart: string): string {
  let written = "";
  for (const octet of encodeUtf8(localPart)) {
    const safe = octet > 0x20 && octet < 0x7f && octet !== 0x3b && octet !== 0x3d;
    written += safe ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return written;
}

function readExpiresIn(value: unknown, place: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= LONGEST) return value;
  throw new InputError(place, `must be a whole number of seconds from 1 to ${LONGEST}`);
}
