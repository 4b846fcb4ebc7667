/**
 * IP addresses as octets, so that spellings that mean the same compare as the same.
 *
 * @module
 */

/**
 * Reads an IPv4 address in dotted decimal (no leading zeros) or an IPv6 address (RFC 4291 section 2.2, without
 * brackets or zone). `shortestGap` is the fewest groups that `::` may stand for: 1 by RFC 4291, 2 in an address literal
 * (RFC 5321 section 4.1.3).
 *
 * @returns 4 or 16 octets; `undefined` when it is neither
 */
export function parseIp(text: string, shortestGap = 1): Uint8Array | undefined {
  if (text.length > LONGEST) return undefined;
  return text.includes(":") ? parseIpv6(text, shortestGap) : parseIpv4(text);
}

/** Whether the text is an IPv4 address in dotted decimal. */
export function isIpv4(text: string): boolean {
  return parseIp(text)?.length === 4;
}

/** Whether the text is an IPv6 address in any of its spellings. */
export function isIpv6(text: string): boolean {
  return parseIp(text)?.length === 16;
}

/** Eight groups of four digits, the last two groups as an IPv4 address. */
const LONGEST = 45;

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".", 5);
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function parseIpv6(text: string, shortestGap: number): Uint8Array | undefined {
  const halves = text.split("::", 3);
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groups(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined;
  if (tail === undefined || head.length + tail.length > 16 - 2 * shortestGap) return undefined;
  const octets = new Uint8Array(16);
  octets.set(head);
  octets.set(tail, 16 - tail.length);
  return octets;
}

/** The octets of colon-separated groups; the last of all may be an IPv4 address. */
function groups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const parts = text.split(":", 9);
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      const group = parseInt(part, 16);
      octets.push(group >> 8, group & 0xff);
      continue;
    }
    const embedded = last && i === parts.length - 1 ? parseIpv4(part) : undefined;
    if (embedded === undefined) return undefined;
    octets.push(...embedded);
  }
  return octets.length > 16 ? undefined : octets;
}
