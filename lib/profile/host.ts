/**
 * The syntax of hosts and ports as configurations write them: a domain name (RFC 1123 section 2.1, or one with letters
 * of other scripts, RFC 5890), an IPv4 address (four decimal numbers) or an IPv6 address (RFC 4291 section 2.2).
 *
 * Whatever a resolver or a URL parser might read in another way is refused: `127.1`, `0x7f.0.0.1`, full-width digits,
 * zone ids.
 *
 * @module
 */
import { isIpv4, isIpv6 } from "../bytes/ip_address.ts";
import { isLetter } from "./text.ts";

/** Longest domain name, in characters, without the final dot (RFC 1035 section 2.3.4). */
const MAX_NAME = 253;
/** Longest label, in characters (RFC 1035 section 2.3.4). */
const MAX_LABEL = 63;

/** What is wrong with a host, and where, in UTF-16 code units from 0. */
export interface HostProblem {
  readonly offset: number;
  readonly message: string;
}

/** Tells what is wrong with a host: a domain name, an IPv4 address, or an IPv6 address without brackets. */
export function hostProblem(text: string): HostProblem | undefined {
  return isIpv4(text) || isIpv6(text) ? undefined : nameProblem(text);
}

/** Tells what is wrong with a domain name; an address is not a name. One final dot is allowed. */
export function nameProblem(text: string): HostProblem | undefined {
  if (text === "") return { offset: 0, message: "the host is empty" };
  const rooted = text.endsWith(".") && text.length > 1;
  const name = rooted ? text.slice(0, -1) : text;
  if (name.length > MAX_NAME) {
    return { offset: MAX_NAME, message: `a host name has at most ${MAX_NAME} characters` };
  }
  let offset = 0;
  let last = "";
  for (const label of name.split(".")) {
    const problem = labelProblem(label);
    if (problem !== undefined) return { offset: offset + problem.offset, message: problem.message };
    offset += label.length + 1;
    last = label;
  }
  if (/^(?:[0-9]+|0[xX][0-9a-fA-F]*)$/.test(last)) {
    return { offset: 0, message: "a host that ends in a number must be an IPv4 address of four decimal numbers" };
  }
  return undefined;
}

function labelProblem(label: string): HostProblem | undefined {
  if (label === "") return { offset: 0, message: "a host name has no empty label between its dots" };
  if (label.length > MAX_LABEL) {
    return { offset: MAX_LABEL, message: `a label of a host name has at most ${MAX_LABEL} characters` };
  }
  let offset = 0;
  for (const character of label) {
    if (!isLabelCharacter(character)) {
      return { offset, message: "a host name has letters, digits, hyphens and dots only" };
    }
    offset += character.length;
  }
  if (label.startsWith("-")) return { offset: 0, message: "a label of a host name does not begin with a hyphen" };
  if (label.endsWith("-")) {
    return { offset: label.length - 1, message: "a label of a host name does not end with a hyphen" };
  }
  return undefined;
}

function isLabelCharacter(character: string): boolean {
  if (character <= "\u007f") return /^[A-Za-z0-9-]$/.test(character);
  // A compatibility form of an ASCII character (full-width `１`, the Kelvin sign) would turn into it later on.
  return isLetter(character) && !/[ -~]/.test(character.normalize("NFKC"));
}

/** What a port must be, for messages. */
export const PORT_RULE = "a port is a number from 1 to 65535, in decimal digits without leading zeros";

/** Reads a port; `undefined` when it is not one (see {@link PORT_RULE}). */
export function parsePort(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : undefined;
}
