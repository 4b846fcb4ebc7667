/**
 * Keying material of a TLS connection (RFC 5705, RFC 9266), for mechanisms that bind themselves to it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { TLSSocket } from "node:tls";
import { streamFailure, type Target, type TlsAttempt } from "./failure.ts";
import type { Connection } from "./runtime.ts";

/** Node's, and that of whoever has it too. */
export function exporterOf(
  socket: Partial<Pick<TLSSocket, "exportKeyingMaterial" | "destroyed">>,
  target: Target | TlsAttempt,
): Connection["exportKeyingMaterial"] {
  if (socket.exportKeyingMaterial === undefined) return undefined;
  return (label, length) => {
    try {
      // Bun goes on giving octets of a connection that is no more.
      if (socket.destroyed) throw Object.assign(new Error("closed"), { code: "EPIPE" });
      return socket.exportKeyingMaterial!(length, label, Buffer.alloc(0));
    } catch (error) {
      throw streamFailure(error, target);
    }
  };
}
