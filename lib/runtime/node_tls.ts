/**
 * TLS by `node:tls`: the handshake over a connected socket, and the checks of the peer that this package does itself.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { SmtpError } from "../errors.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { tlsFailure, TlsVerdict } from "./failure.ts";
import { type NodeTlsContext, nodeTlsContext } from "./node_tls_context.ts";
import { checkPeer } from "./node_tls_peer.ts";
import type { Connection, TlsInfo } from "./runtime.ts";
import { sniName } from "./server_identity.ts";
import type { TlsAbilities } from "./tls_abilities.ts";

/** What becomes of a socket whose handshake is done; called in the same turn, so that no event is missed. */
export type Adopt = (socket: TLSSocket, info: TlsInfo) => Connection;

/** One handshake over a connected socket. */
export interface HandshakeOptions {
  /** Whether it is an upgrade. */
  readonly upgrade: boolean;
  readonly signal: AbortSignal | undefined;
  readonly adopt: Adopt;
}

/** Settings that were checked and loaded, ready for handshakes. */
export interface NodeTlsPlan {
  readonly host: string;
  readonly port: number;
  /** Takes over the socket; destroys it on failure. */
  handshake(socket: Duplex, options: HandshakeOptions): Promise<Connection>;
}

/** Checks and loads TLS settings; nothing is connected yet. */
export function planNodeTls(
  settings: TlsSettings,
  about: { readonly host: string; readonly port: number; readonly abilities: TlsAbilities },
): NodeTlsPlan {
  const { host, port, abilities } = about;
  const context = nodeTlsContext(settings, abilities);
  return {
    host,
    port,
    handshake: (socket, options) => handshake(socket, { ...options, host, port, settings, abilities, context }),
  };
}

interface Handshake extends HandshakeOptions {
  readonly host: string;
  readonly port: number;
  readonly settings: TlsSettings;
  readonly abilities: TlsAbilities;
  readonly context: NodeTlsContext;
}

function handshake(socket: Duplex, about: Handshake): Promise<Connection> {
  const { signal, settings, context } = about;
  const verified = settings.verifyServer ?? true;
  // What goes wrong underneath is told by the TLS socket; the one below must have a listener all the same.
  socket.on("error", ignore);
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      socket,
      secureContext: context.secureContext,
      servername: sniName(about.host),
      // checkPeer refuses an unverified peer in any case; the platform's refusal would leave no certificate to look at.
      rejectUnauthorized: verified && !about.abilities.vagueVerdicts,
      // Node's own check takes partial wildcards and the CN; ours follows below, before anybody gets the socket.
      checkServerIdentity: () => undefined,
    };
    const secured = connectTls(options);
    const done = (): void => {
      secured.off("secureConnect", onSecure).off("error", onError).off("close", onClose);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (reason: unknown): void => {
      done();
      secured.on("error", ignore).destroy();
      socket.destroy();
      reject(reason);
    };
    const onSecure = (): void => {
      try {
        checkPeer(secured, { host: about.host, settings, context });
      } catch (error) {
        fail(error instanceof SmtpError ? error : tlsFailure(error, about));
        return;
      }
      done();
      const protocol = secured.getProtocol();
      resolve(about.adopt(secured, { ...(protocol && { protocol }), cipher: secured.getCipher().name, verified }));
    };
    const onError = (error: unknown): void => fail(tlsFailure(error, about));
    const onClose = (): void => fail(tlsFailure(new TlsVerdict("handshake", "the connection ended within it"), about));
    const onAbort = (): void => fail(signal?.reason);
    secured.on("secureConnect", onSecure).on("error", onError).on("close", onClose);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
}

function ignore(): void {}
