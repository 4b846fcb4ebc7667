/**
 * IP addresses as text, to tell them from names.
 *
 * @module
 */

import { isIpv4, isIpv6, parseIp } from "../bytes/ip_address.ts";

/** Whether `host` is an IPv4 or IPv6 address, the latter with or without brackets, and so no name to look up. */
export function isIpAddress(host: string): boolean {
  if (host.startsWith("[") && host.endsWith("]")) return isIpv6(host.slice(1, -1));
  return isIpv4(host) || isIpv6(host);
}

/** Whether `text` is an address literal of RFC 5321 section 4.1.3: `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
export function isAddressLiteral(text: string): boolean {
  if (!text.startsWith("[") || !text.endsWith("]")) return false;
  const inside = text.slice(1, -1);
  return /^ipv6:/i.test(inside) ? parseIp(inside.slice(5), 2)?.length === 16 : isIpv4(inside);
}
