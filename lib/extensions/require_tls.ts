/**
 * Messages that go by TLS or not at all (RFC 8689).
 *
 * @module
 */
import type { EnvelopeOption } from "../mime/envelope_option.ts";
import { envelopeOption } from "./envelope_option.ts";

/**
 * Asks every server on the way to hand a message on by TLS alone, to servers that it has verified, or to return it. The
 * session itself must be in TLS with a server whose certificate and name were verified (RFC 8689 section 4.2.1); with a
 * profile that switches that off, it cannot be had.
 *
 * The opposite, that a message is to arrive even where TLS fails, is a field: `headers: { "TLS-Required": "No" }`.
 *
 * @example
 * ```ts
 * import { requireTls, send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   text: "For your eyes only",
 *   envelope: { options: [requireTls()] },
 * });
 * ```
 */
export function requireTls(): EnvelopeOption {
  return envelopeOption({
    extension: "REQUIRETLS",
    parametersFor: ({ verified }) => {
      if (verified) return { mail: "REQUIRETLS" };
      return "REQUIRETLS is asked for, and the session is not in TLS with a server that was verified by its name";
    },
  });
}
