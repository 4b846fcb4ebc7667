/**
 * What a line of the TLS table comes to on Cloudflare Workers, whose sockets take no settings and do not tell why a
 * handshake failed.
 *
 * @module
 */
import type { TlsSettings } from "../../lib/tls_settings.ts";
import type { TlsCase } from "./tls_cases.ts";

/** Lines where another option than the line's own is the one that is refused first, or that come to something else. */
const OTHERWISE: Readonly<Record<string, string>> = {
  // The platform of the tests trusts the root: where no authority is given it counts.
  "ca_certificate: no authority given: the platform's": "ok",
  "max_tls_version: below the minimum": "RUNTIME_UNSUPPORTED min_tls_version",
  "client_key: missing": "RUNTIME_UNSUPPORTED client_certificate",
  "client_key: another certificate's": "RUNTIME_UNSUPPORTED client_certificate",
  "client_key: cannot be read": "RUNTIME_UNSUPPORTED client_certificate",
  "client_key_password: right": "RUNTIME_UNSUPPORTED client_certificate",
  "client_key_password: wrong": "RUNTIME_UNSUPPORTED client_certificate",
  "client_key_password: missing": "RUNTIME_UNSUPPORTED client_certificate",
  // A name that is the host's own is what the platform looks for anyway.
  "verify_server_name: list: DNS:localhost, certificate commonNameOnly": "TLS_FAILED handshake",
};

/** The verdict, from the line and the settings that it makes. */
export function workersVerdict(line: TlsCase, settings: TlsSettings | undefined): string {
  const otherwise = OTHERWISE[`${line.option}: ${line.name}`];
  if (otherwise !== undefined) return otherwise;
  if (settings !== undefined || line.option === "ca_certificate") return `RUNTIME_UNSUPPORTED ${line.option}`;
  if (typeof line.expect !== "string") throw new Error(`${line.name}: has no settings, and differs between runtimes`);
  return line.expect.startsWith("TLS_FAILED") ? "TLS_FAILED handshake" : line.expect;
}
