/**
 * Whether a certificate is for the host that was meant (RFC 9525): subjectAltName only, never the common name; a
 * wildcard only as the whole left-most label, for exactly one label; an IP address only by an iPAddress name.
 *
 * @module
 */
import type { CertificateName } from "../tls_settings.ts";
import { parseIp } from "../bytes/ip_address.ts";

/** The names in a certificate's subjectAltName, by type; IP addresses as octets. */
export interface CertificateNames {
  readonly dns: readonly string[];
  readonly ip: readonly Uint8Array[];
  readonly uri: readonly string[];
  readonly email: readonly string[];
}

/** A DNS name of letters, digits, hyphens and underscores; a first label `*` is looked at apart. */
const LABELS = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** Whether the certificate is for this host: a name (U-labels are turned into A-labels) or an IP address. */
export function matchesHost(names: CertificateNames, host: string): boolean {
  const address = parseIp(host);
  if (address !== undefined) return names.ip.some((ip) => sameOctets(ip, address));
  const name = referenceName(host);
  return name !== undefined && names.dns.some((presented) => matchesDns(presented, name));
}

/**
 * Whether the certificate carries one of the wanted names, each compared with the names of its own type. In a wanted
 * DNS name a left-most `*` stands for any one label.
 */
export function matchesAny(names: CertificateNames, wanted: readonly CertificateName[]): boolean {
  return wanted.some(({ type, name }) => {
    switch (type) {
      case "DNS":
        return name.startsWith("*.")
          ? names.dns.some((presented) => matchesPattern(presented, name))
          : parseIp(name) === undefined && matchesHost(names, name);
      case "IP":
        return parseIp(name) !== undefined && matchesHost(names, name);
      case "URI":
        return names.uri.some((presented) => normalUri(presented) === normalUri(name));
      case "Email":
        return names.email.some((presented) => sameMailbox(presented, name));
    }
  });
}

/** The name to send as SNI (RFC 6066 section 3): none for an IP address, and no dot at the end. */
export function sniName(host: string): string {
  return parseIp(host) === undefined ? referenceName(host) ?? "" : "";
}

/** The names as a message shows them, `DNS:mail.example.com, IP:192.0.2.1`; bounded. */
export function namesText(names: CertificateNames): string {
  const all = [
    ...names.dns.map((name) => `DNS:${name}`),
    ...names.ip.map((octets) => `IP:${ipText(octets)}`),
    ...names.uri.map((name) => `URI:${name}`),
    ...names.email.map((name) => `Email:${name}`),
  ];
  const shown = all.slice(0, 10).map((name) => name.replace(/[^\x21-\x7e]/g, "?").slice(0, 100));
  return shown.length === 0 ? "none" : shown.join(", ") + (all.length > 10 ? ` and ${all.length - 10} more` : "");
}

function matchesDns(presented: string, name: string): boolean {
  const lower = presented.toLowerCase();
  if (!lower.startsWith("*.")) return lower === name;
  const rest = lower.slice(1);
  // `*.test` would speak for a whole public suffix: at least two labels must follow the wildcard.
  if (!LABELS.test(rest.slice(1)) || !rest.includes(".", 1)) return false;
  const dot = name.indexOf(".");
  return dot > 0 && name.slice(dot) === rest;
}

/** A wanted name with a wildcard, against one in the certificate (which may be the same wildcard). */
function matchesPattern(presented: string, pattern: string): boolean {
  const lower = presented.toLowerCase();
  const rest = referenceName(pattern.slice(2));
  if (rest === undefined) return false;
  const dot = lower.indexOf(".");
  const first = lower.slice(0, dot);
  return dot > 0 && lower.slice(dot + 1) === rest && (first === "*" || LABELS.test(first));
}

/** In lower case, as A-labels, without a dot at the end; `undefined` when it is no DNS name. */
function referenceName(host: string): string | undefined {
  let name = host.endsWith(".") ? host.slice(0, -1) : host;
  // deno-lint-ignore no-control-regex
  if (/[^\x00-\x7f]/.test(name)) {
    try {
      name = new URL(`http://${name}`).hostname;
    } catch {
      return undefined;
    }
  }
  name = name.toLowerCase();
  return LABELS.test(name) ? name : undefined;
}

/** Scheme and host in lower case (RFC 5280 section 7.4), the rest as it is. */
function normalUri(uri: string): string {
  return uri.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?/i, (start) => start.toLowerCase());
}

/** The local part as it is, the domain in any case (RFC 5280 section 7.5). */
function sameMailbox(one: string, other: string): boolean {
  const at = one.lastIndexOf("@");
  if (at < 0 || at !== other.lastIndexOf("@")) return false;
  return one.slice(0, at) === other.slice(0, at) && one.slice(at).toLowerCase() === other.slice(at).toLowerCase();
}

function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, i) => octet === other[i]);
}

function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  const groups: string[] = [];
  for (let i = 0; i + 1 < octets.length; i += 2) groups.push(((octets[i]! << 8) | octets[i + 1]!).toString(16));
  return groups.join(":");
}
