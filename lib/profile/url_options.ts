/**
 * The options behind the `?` of an SMTP URL: a closed set, each at most once.
 *
 * @module
 */
import type { SmtpErrorCode } from "../errors.ts";
import { suggestion } from "../errors/nearest.ts";
import { isIpv4, isIpv6 } from "../bytes/ip_address.ts";
import { nameProblem } from "./host.ts";
import { quote, strangerIn } from "./text.ts";

/** Longest profile name, in UTF-16 code units. */
const MAX_PROFILE = 255;

/** The options of a URL; what is absent was not written. */
export interface UrlOptions {
  readonly tls?: "off";
  readonly profile?: string;
  readonly mechanism?: string;
  readonly allowInsecureAuth?: boolean;
  readonly name?: string;
}

/** Where the options begin in the URL, and what throws for it. */
export interface UrlOptionsContext {
  /** Offset of the first character behind the `?`. */
  readonly start: number;
  readonly refuse: (code: SmtpErrorCode, offset: number, message: string) => never;
}

/** Tells what a value is as an option, or `undefined` when the option does not take it. */
type Reader = (value: string) => UrlOptions | undefined;

const READERS: ReadonlyMap<string, { readonly allowed: string; readonly read: Reader }> = new Map([
  ["tls", { allowed: "off", read: (value) => value === "off" ? { tls: value } : undefined }],
  ["allow_insecure_auth", { allowed: "1", read: (value) => value === "1" ? { allowInsecureAuth: true } : undefined }],
  ["profile", { allowed: "letters, digits, hyphens and . _ $", read: readProfile }],
  ["mechanism", { allowed: "a SASL mechanism's name (RFC 4422 section 3.1)", read: readMechanism }],
  ["name", { allowed: "a domain name in ASCII, or an address literal in brackets", read: readName }],
]);

/** Reads `name=value&name=value`. */
export function readUrlOptions(text: string, context: UrlOptionsContext): UrlOptions {
  const seen = new Set<string>();
  let options: UrlOptions = {};
  let offset = context.start;
  for (const piece of text.split("&")) {
    const equals = piece.indexOf("=");
    if (equals < 1) context.refuse("CONFIG_SYNTAX", offset, "an option has the form name=value");
    const name = piece.slice(0, equals);
    const reader = READERS.get(name);
    if (reader === undefined) {
      context.refuse(
        "CONFIG_UNKNOWN",
        offset,
        `unknown option ${quote(name)}; ${suggestion(name, [...READERS.keys()])}`,
      );
    }
    if (seen.has(name)) context.refuse("CONFIG_DUPLICATE", offset, `option ${name} is given twice`);
    seen.add(name);
    const value = decodeValue(piece.slice(equals + 1));
    const read = value === undefined ? undefined : reader.read(value);
    if (read === undefined) {
      context.refuse("CONFIG_VALUE", offset + equals + 1, `option ${name} takes ${reader.allowed}`);
    }
    options = { ...options, ...read };
    offset += piece.length + 1;
  }
  return options;
}

function decodeValue(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readProfile(value: string): UrlOptions | undefined {
  const fits = value !== "" && value.length <= MAX_PROFILE && strangerIn(value, /[A-Za-z0-9\-._$]/) === undefined;
  return fits ? { profile: value } : undefined;
}

function readMechanism(value: string): UrlOptions | undefined {
  return /^[A-Za-z0-9_-]{1,20}$/.test(value) ? { mechanism: value.toUpperCase() } : undefined;
}

/** A domain or an address literal (RFC 5321 sections 4.1.1.1 and 4.1.3). */
function readName(value: string): UrlOptions | undefined {
  const literal = value.startsWith("[") && value.endsWith("]") ? value.slice(1, -1) : undefined;
  const fits = literal === undefined
    ? /^[!-~]+$/.test(value) && !value.endsWith(".") && nameProblem(value) === undefined
    : isIpv4(literal) || /^IPv6:/i.test(literal) && isIpv6(literal.slice(5));
  return fits ? { name: value } : undefined;
}
