/**
 * The names that a server's certificate may carry, as a profile lists them: `Type:Name{;Type:Name}`.
 *
 * @module
 */
import type { CertificateName } from "../tls_settings.ts";
import { isIpv4, isIpv6 } from "../bytes/ip_address.ts";
import { hostProblem, nameProblem } from "./host.ts";
import { configError, type Locate, quote } from "./text.ts";
import { elements, optionalBoolean } from "./tls_values.ts";

const TYPES: readonly CertificateName["type"][] = ["DNS", "IP", "URI", "Email"];

/** Reads a boolean or a list of names; types in any case. */
export function readServerName(text: string, locate: Locate): boolean | readonly CertificateName[] {
  const flag = optionalBoolean(text);
  if (flag !== undefined) return flag;
  const list = elements(text, { separator: ";", locate });
  return Object.freeze(list.map((element) => readName(element.text, element.locate)));
}

function readName(text: string, locate: Locate): CertificateName {
  const colon = text.indexOf(":");
  if (colon < 0) {
    throw configError("CONFIG_VALUE", `${quote(text)} is neither yes nor no nor Type:Name{;Type:Name}`, locate(0));
  }
  const type = readType(text.slice(0, colon), locate);
  return checkName({ type, name: text.slice(colon + 1) }, (offset) => locate(colon + 1 + offset));
}

/** Reads a type of name, in any case. */
export function readType(text: string, locate: Locate): CertificateName["type"] {
  const type = TYPES.find((type) => type.toLowerCase() === text.toLowerCase());
  if (type === undefined) {
    throw configError("CONFIG_VALUE", `${quote(text)} is no type of name; allowed are ${TYPES.join(", ")}`, locate(0));
  }
  return type;
}

/** Checks that a name has the syntax of its type. */
export function checkName(name: CertificateName, locate: Locate): CertificateName {
  const problem = CHECKS[name.type](name.name);
  if (problem !== undefined) throw configError("CONFIG_VALUE", `${quote(name.name)}: ${problem}`, locate(0));
  return Object.freeze({ type: name.type, name: name.name });
}

const CHECKS: { readonly [type in CertificateName["type"]]: (name: string) => string | undefined } = {
  DNS: (name) => {
    // RFC 9525 section 6.3: an asterisk is the whole left-most label, and never the whole name.
    const rest = name.startsWith("*.") ? name.slice(2) : name;
    return rest.includes("*") ? "* may only be the whole left-most label" : nameProblem(rest)?.message;
  },
  IP: (name) => isIpv4(name) || isIpv6(name) ? undefined : "an IPv4 or IPv6 address, without brackets, is needed",
  URI: (name) => {
    return /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/.test(name)
      ? undefined
      : "a URI is a scheme, a colon and ASCII characters";
  },
  Email: (name) => {
    const at = name.lastIndexOf("@");
    const local = name.slice(0, Math.max(at, 0));
    const valid = /^[^\s@<>]+$/.test(local) && hostProblem(name.slice(at + 1)) === undefined;
    return valid ? undefined : "a mailbox such as postmaster@example.com is needed";
  },
};
