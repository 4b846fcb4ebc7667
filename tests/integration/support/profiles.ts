/**
 * TLS profiles for the servers of the tests.
 *
 * @module
 */

import { type TlsProfile, tlsProfile } from "../../../mod.ts";
import type { MailServer } from "./mail_server.ts";

/** A profile that trusts the CA of `server` and nothing else. */
export async function trusting(server: MailServer): Promise<TlsProfile> {
  return tlsProfile({ caCertificate: await server.pki("ca.crt") });
}
