/**
 * Domain names in the one form that DNS, TLS and SMTP all take: ASCII, lower case, international labels as A-labels.
 *
 * The mapping is UTS 46 (non-transitional), done once, by the platform's `URL`, whose tables every runtime keeps up to
 * date. `URL` does more than that (ports, paths, percent signs, numbers that become IPv4 addresses), so it only ever sees
 * letters, digits, hyphens, dots and non-ASCII, with a label behind them that is no number; and since not every platform
 * looks into labels that come as `xn--`, those are decoded here and must map back to themselves.
 *
 * @module
 */

import { checkText, codePoint, inputError, type Place } from "./characters.ts";
import { decodePunycode } from "./punycode.ts";

/** Octets; RFC 1035 section 2.3.4: 255 on the wire are 253 as text. */
export const MAX_DOMAIN_LENGTH = 253;
/** Octets; RFC 1035 section 2.3.4. */
export const MAX_LABEL_LENGTH = 63;
/** UTF-16 code units of a name before mapping, which can shorten it. */
const MAX_INPUT_LENGTH = 1024;

/** A label of RFC 1123 section 2.1 in lower case, which is also RFC 5321's `sub-domain`. Disjoint loops: linear. */
const LABEL = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/;

/**
 * Returns a domain or host name in ASCII, lower case, non-ASCII labels as A-labels.
 *
 * Labels hold letters, digits and inner hyphens, 1 to 63 octets each, 253 together; no dot at the end; `xn--` labels must
 * be what their own decoding encodes to. Names are not looked up. An IPv4 address passes as the four labels it is;
 * callers that connect ask `isIpAddress` first.
 *
 * @throws {InputError}
 */
export function toAsciiDomain(domain: string, field: string): string {
  return asciiDomain(checkText(domain, { field, limit: MAX_INPUT_LENGTH }), { field, offset: 0 });
}

/** {@link toAsciiDomain} for a domain that begins at `place` and whose text holds no control characters. */
export function asciiDomain(domain: string, place: Place): string {
  if (domain === "") throw inputError(place, "the domain is empty");
  if (domain.length > MAX_INPUT_LENGTH) {
    throw inputError(place, `the domain is longer than ${MAX_DOMAIN_LENGTH} octets`);
  }
  let international = false;
  for (let i = 0; i < domain.length; i++) {
    const code = domain.charCodeAt(i);
    if (code >= 0x80) international = true;
    else if (!isLetterDigitHyphenDot(code)) {
      throw inputError(
        { field: place.field, offset: place.offset + i },
        `${codePoint(domain, i)} is not allowed in a domain, only letters, digits, "-" and "."`,
      );
    }
  }
  const lower = international ? domain : domain.toLowerCase();
  const ascii = international || /(?:^|\.)xn--/.test(lower) ? mapInternational(lower, place) : lower;
  checkLabels(ascii, place);
  return ascii;
}

function isLetterDigitHyphenDot(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) ||
    code === 0x2d || code === 0x2e;
}

function checkLabels(domain: string, place: Place): void {
  if (domain.length > MAX_DOMAIN_LENGTH) {
    throw inputError(place, `the domain is longer than ${MAX_DOMAIN_LENGTH} octets`);
  }
  for (const label of domain.split(".")) {
    if (label === "") throw inputError(place, "the domain has an empty label: a dot at an end, or two in a row");
    if (label.length > MAX_LABEL_LENGTH) {
      throw inputError(place, `a label of the domain is longer than ${MAX_LABEL_LENGTH} octets`);
    }
    if (!LABEL.test(label)) {
      throw inputError(place, 'a label of the domain holds more than letters, digits and inner "-"');
    }
  }
}

/** The one letter that platforms' tables map to two different names: to `ss` before Unicode 15.1, to `ß` since. */
const CAPITAL_SHARP_S = "\u1e9e";

function mapInternational(given: string, place: Place): string {
  const domain = given.replaceAll(CAPITAL_SHARP_S, "\u00df");
  const labels = mapByUrl(domain)?.split(".");
  // A character that maps to a dot and is none of IDNA's (RFC 3490 section 3.1), such as U+2024, would make labels of its own.
  if (labels?.length !== domain.split(/[.\u3002\uff0e\uff61]/).length || !labels.every(isOwnEncoding)) {
    throw inputError(place, "not a domain that IDNA (UTS 46) allows");
  }
  return labels.join(".");
}

/** A label that is no A-label, or one that its decoding maps to: `xn--example-` decodes to ASCII and is none. */
function isOwnEncoding(label: string): boolean {
  if (!label.startsWith("xn--")) return true;
  if (label.length > MAX_LABEL_LENGTH) return false;
  const decoded = decodePunycode(label.slice(4));
  return decoded !== undefined && mapByUrl(decoded) === label;
}

/** A label that keeps `URL` from taking what is before it for an IPv4 address. */
const GUARD = ".a";

function mapByUrl(domain: string): string | undefined {
  let host: string;
  try {
    host = new URL(`http://${domain}${GUARD}`).hostname;
  } catch {
    return undefined;
  }
  return host.endsWith(GUARD) ? host.slice(0, -GUARD.length) : undefined;
}
