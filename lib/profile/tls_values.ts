/**
 * The values that the options of a TLS profile take, each read by one function that accepts nothing else.
 *
 * @module
 */
import type { TlsVersion } from "../tls_settings.ts";
import { configError, type Locate, quote, upperAscii } from "./text.ts";

/** Most elements of a list: of names, pins or cipher suites. */
export const MAX_ELEMENTS = 256;

const VERSIONS: readonly TlsVersion[] = ["1.0", "1.1", "1.2", "1.3"];

/** Parts of a cipher suite's name that say it does not encrypt, or does not authenticate the server. */
const UNSAFE_CIPHER_PARTS: ReadonlySet<string> = new Set([
  "NULL",
  "ENULL",
  "ANULL",
  "ANON",
  "ADH",
  "AECDH",
  "EXP",
  "EXPORT",
]);

/** Reads `yes`, `no`, `y`, `n`, `1`, `0`, `true` or `false`, in any case. */
export function readBoolean(text: string, locate: Locate): boolean {
  const value = optionalBoolean(text);
  if (value === undefined) {
    throw configError("CONFIG_VALUE", `${quote(text)} is neither yes, y, 1, true nor no, n, 0, false`, locate(0));
  }
  return value;
}

/** Reads a boolean; `undefined` when the text is something else. */
export function optionalBoolean(text: string): boolean | undefined {
  if (/^(?:yes|y|1|true)$/i.test(text)) return true;
  return /^(?:no|n|0|false)$/i.test(text) ? false : undefined;
}

/** Reads a TLS version as `1.2` is spelt. */
export function readVersion(text: string, locate: Locate): TlsVersion {
  const version = VERSIONS.find((version) => version === text);
  if (version === undefined) {
    throw configError(
      "CONFIG_VALUE",
      `${quote(text)} is no TLS version; allowed are ${VERSIONS.join(", ")}`,
      locate(0),
    );
  }
  return version;
}

/** Compares two versions: negative when the first is the older one. */
export function compareVersions(a: TlsVersion, b: TlsVersion): number {
  return VERSIONS.indexOf(a) - VERSIONS.indexOf(b);
}

/** Reads cipher suites, `:` between them. */
export function readCipherList(text: string, locate: Locate): readonly string[] {
  return checkCipherList(elements(text, { separator: ":", locate }));
}

/**
 * Checks names of cipher suites, OpenSSL's or IANA's. OpenSSL's keywords and operators (`HIGH`, `!aNULL`) are not names:
 * what they stand for differs with its version. Suites without encryption or authentication are refused.
 */
export function checkCipherList(list: readonly Element[]): readonly string[] {
  const seen = new Set<string>();
  for (const { text, locate } of list) {
    if (!/^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+$/.test(text)) {
      const rule = "no keywords and operators: names such as ECDHE-RSA-AES128-GCM-SHA256 only";
      throw configError("CONFIG_VALUE", `${quote(text)} is no cipher suite; ${rule}`, locate(0));
    }
    const upper = upperAscii(text);
    if (upper.split(/[-_]/).some((part) => UNSAFE_CIPHER_PARTS.has(part))) {
      throw configError("CONFIG_VALUE", `${quote(text)} does not protect the connection`, locate(0));
    }
    if (seen.has(upper)) throw configError("CONFIG_DUPLICATE", `${quote(text)} stands twice`, locate(0));
    seen.add(upper);
  }
  return Object.freeze(list.map((element) => element.text));
}

/** Reads pins, `;` between them. */
export function readPins(text: string, locate: Locate): readonly string[] {
  return checkPins(elements(text, { separator: ";", locate }));
}

/** Checks pins: the base64 of exactly 32 octets each, padded (RFC 4648 section 4; compare RFC 7469 section 2.1.1). */
export function checkPins(list: readonly Element[]): readonly string[] {
  for (const { text, locate } of list) {
    // The last character before the `=` holds four bits of the digest and two that are zero.
    if (!/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text)) {
      const rule = "the base64 of a SHA-256: 44 characters, the last one =";
      throw configError("CONFIG_VALUE", `${quote(text)} is no pin; a pin is ${rule}`, locate(0));
    }
  }
  return Object.freeze(list.map((element) => element.text));
}

/** An element of a list, with its place. */
export interface Element {
  readonly text: string;
  readonly locate: Locate;
}

/** Splits a list; every element must have something in it. */
export function elements(
  text: string,
  options: { readonly separator: string; readonly locate: Locate },
): readonly Element[] {
  const list: Element[] = [];
  let start = 0;
  for (const part of text.split(options.separator, MAX_ELEMENTS + 1)) {
    const at = start;
    if (part === "") throw configError("CONFIG_VALUE", "the list has an empty element", options.locate(at));
    list.push({ text: part, locate: (offset) => options.locate(at + offset) });
    start += part.length + 1;
  }
  if (list.length > MAX_ELEMENTS) {
    throw configError("CONFIG_LIMIT", `the list has more than ${MAX_ELEMENTS} elements`, options.locate(0));
  }
  return list;
}
