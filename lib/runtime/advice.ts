/**
 * What to change when the network or TLS fails.
 *
 * @module
 */
import type { TlsFailure } from "../errors.ts";
import { CLIENT_CERTIFICATE } from "../errors/reply_advice.ts";

/** Whom a connection was for. */
interface Peer {
  readonly host: string;
  readonly port: number;
}

/** What to change where no connection came about, by the words for it. */
export function networkAdvice(words: string, { host, port }: Peer): string | undefined {
  if (words.includes("no such host")) return "Look for a typing error in host, a name without scheme or port.";
  if (words.includes("name service")) return "Look at this machine's network or DNS settings.";
  if (words.includes("refused")) {
    return /^(?:localhost$|127\.|::1$)/.test(host)
      ? "Nothing listens there. In a container, this is the container itself."
      : `Nothing listens there, or a firewall refuses${
        port === 25 ? ", as many networks do for port 25: use 587 or 465." : ": mostly the port is 587 or 465."
      }`;
  }
  if (words.includes("unreachable")) return "This machine has no way there: mostly no IPv6, or no network.";
  return words.includes("no answer") ? unanswered({ port }) : undefined;
}

/** What to change where no packet was answered. */
export function unanswered({ port, tls }: { readonly port: number; readonly tls?: string }): string {
  // The time that a handshake takes counts too.
  const why = `A firewall probably drops the packets${tls === "implicit" ? ", or the port is not one for TLS" : ""}`;
  return port === 25 ? `${why}: many networks let nothing out to port 25. Use 587 or 465.` : `${why}.`;
}

/** What to change where TLS failed, by the reason and the platform's code and words for it. */
export function tlsAdvice(reason: TlsFailure, words: string): string | undefined {
  switch (reason) {
    case "untrusted":
      if (/self.signed|CaUsedAsEndEntity/i.test(words)) return TRUST;
      return /leaf.signature|issuer.cert|UnknownIssuer/i.test(words) ? INCOMPLETE + TRUST : undefined;
    case "expired":
      return "The server's operator has to renew it, unless this machine's clock is wrong.";
    case "not_yet_valid":
      return "This machine's clock is probably slow: set it.";
    case "name_mismatch":
      return "Connect by one of its names, or put the right one into the TLS profile: " +
        "verify_server_name=DNS:mail.example.com (verifyServerName).";
    case "client_certificate":
      return CLIENT_CERTIFICATE;
    case "handshake":
      if (words.includes("does not speak TLS")) return 'Use tls: "starttls", as on port 587.';
      return /protocol.?version|unsupported.?protocol/i.test(words)
        ? "The server has no TLS version of the profile's (by default 1.2, 1.3). On Node, min_tls_version=1.0 takes less."
        : undefined;
    default:
      return undefined;
  }
}

const TRUST =
  "If it is your own, trust it in the TLS profile: ca_certificate=ca.pem, or tlsProfile({ caCertificate: pem }).";

const INCOMPLETE = "Its authority is not public, or the server does not send its intermediate certificates. ";
