/**
 * IP addresses as text, to tell them from names.
 *
 * @module
 */

/** Whether `text` is four decimal numbers of 0 to 255 joined by dots, without leading zeros (which some read as octal). */
export function isIpv4(text: string): boolean {
  const parts = text.split(".", 5);
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/**
 * Whether `text` is an IPv6 address (RFC 4291 section 2.2), without brackets, tag, zone or prefix length.
 *
 * `shortestGap` is the fewest groups that `::` may stand for: 1 by RFC 4291, 2 in an address literal (RFC 5321 section 4.1.3).
 */
export function isIpv6(text: string, shortestGap = 1): boolean {
  if (text.length > 45) return false; // eight groups, the last two as IPv4
  const halves = text.split("::", 3);
  if (halves.length > 2) return false;
  const last = halves.length - 1;
  let groups = 0;
  for (let half = 0; half <= last; half++) {
    const counted = countGroups(halves[half], half === last);
    if (counted === undefined) return false;
    groups += counted;
  }
  return last === 0 ? groups === 8 : groups <= 8 - shortestGap;
}

/** How many groups of 16 bits a text without `::` stands for; `undefined` when it is none. */
function countGroups(text: string, mayEndInIpv4: boolean): number | undefined {
  if (text === "") return 0;
  const parts = text.split(":");
  let groups = 0;
  for (let i = 0; i < parts.length; i++) {
    if (/^[0-9a-fA-F]{1,4}$/.test(parts[i])) groups += 1;
    else if (mayEndInIpv4 && i === parts.length - 1 && isIpv4(parts[i])) groups += 2;
    else return undefined;
  }
  return groups;
}

/** Whether `host` is an IPv4 or IPv6 address, the latter with or without brackets, and so no name to look up. */
export function isIpAddress(host: string): boolean {
  if (host.startsWith("[") && host.endsWith("]")) return isIpv6(host.slice(1, -1));
  return isIpv4(host) || isIpv6(host);
}

/** Whether `text` is an address literal of RFC 5321 section 4.1.3: `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
export function isAddressLiteral(text: string): boolean {
  if (!text.startsWith("[") || !text.endsWith("]")) return false;
  const inside = text.slice(1, -1);
  return /^ipv6:/i.test(inside) ? isIpv6(inside.slice(5), 2) : isIpv4(inside);
}
