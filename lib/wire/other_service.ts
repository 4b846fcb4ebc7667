/**
 * What listens on a port where no SMTP server does, by the first thing that it says.
 *
 * @module
 */
import { ProtocolError } from "../errors.ts";

/** The first octet of an alert (RFC 8446 section 5.1), which is what a server says in TLS to who speaks in clear. */
export const TLS_ALERT = 0x15;

/** How they begin: RFC 9112 section 4, RFC 9051 section 7.1, RFC 1939 section 3, RFC 4253 section 4.2. */
const SERVICES: Readonly<Record<string, string>> = { "HTTP/": "HTTP", "* OK ": "IMAP", "+OK": "POP3", "SSH-": "SSH" };

/** What to change where something else than a reply came, as it is shown; `undefined` where that could be anything. */
export function otherService(shown: string): string | undefined {
  const begin = Object.keys(SERVICES).find((one) => shown.startsWith(one, 1));
  return begin && `This is a port for ${SERVICES[begin]}: use 587 or 465.`;
}

/** The error for an alert in the place of a reply. */
export function answeredInTls(): ProtocolError {
  const advice = 'Use tls: "implicit", as on port 465.';
  return new ProtocolError("idle", "The server sent a TLS alert where a reply was due", { advice });
}
