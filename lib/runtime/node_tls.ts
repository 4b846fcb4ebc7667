/**
 * TLS by `node:tls`: the handshake over a connected socket, and the checks of the peer that this package does itself.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { SmtpError } from "../errors.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { type Target, tlsFailure, TlsVerdict } from "./failure.ts";
import { type NodeTlsContext, nodeTlsContext, type NodeTlsModules } from "./node_tls_context.ts";
import { checkPeer } from "./node_tls_peer.ts";
import type { Connection, TlsInfo } from "./runtime.ts";
import { sniName } from "./server_identity.ts";
import type { TlsAbilities } from "./tls_abilities.ts";
import { type Checked, type Ticket, TicketStore } from "./tls_tickets.ts";

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
export interface NodeTlsPlan extends Target {
  /** Takes over the socket; destroys it on failure. */
  handshake(socket: Duplex, options: HandshakeOptions): Promise<Connection>;
}

/** Checks and loads TLS settings; nothing is connected yet. */
export async function planNodeTls(
  settings: TlsSettings,
  about: Target & { readonly abilities: TlsAbilities },
): Promise<NodeTlsPlan> {
  const { host, port, path, abilities } = about;
  const modules = { tls: await import("node:tls"), crypto: await import("node:crypto") };
  const context = nodeTlsContext(settings, { abilities, modules });
  const resumeAs = abilities.resumes === true ? ticketKey(settings, { host, port, modules }) : undefined;
  return {
    host,
    port,
    path,
    handshake: (socket, options) => handshake(socket, { ...options, host, port, path, settings, context, resumeAs }),
  };
}

const tickets = new TicketStore();

/** Everything that a handshake's outcome hangs on, as one text without the secrets in it. */
function ticketKey(
  settings: TlsSettings,
  { host, port, modules }: { readonly host: string; readonly port: number; readonly modules: NodeTlsModules },
): string {
  const sorted = Object.entries(settings).filter(([, value]) => value !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
  return modules.crypto.createHash("sha256").update(JSON.stringify([host, port, sorted])).digest("base64");
}

/** Has a socket's tickets kept from when its peer was found to be in order, and not before. */
function ticketKeeper(socket: TLSSocket, resumeAs: string | undefined): (checked: Checked, used?: Ticket) => void {
  if (resumeAs === undefined) return ignore;
  const early: Uint8Array[] = [];
  let keep = (session: Uint8Array): unknown => early.push(session);
  socket.on("session", (session) => keep(session));
  return (checked, used) => {
    keep = (session) => tickets.keep(resumeAs, { session, ...checked });
    // Before TLS 1.3 a session may be resumed over and over, and a server has no need to give another.
    if (used !== undefined && early.length === 0 && socket.getProtocol() !== "TLSv1.3") early.push(used.session);
    for (const session of early) keep(session);
  };
}

interface Handshake extends HandshakeOptions, Target {
  readonly settings: TlsSettings;
  readonly context: NodeTlsContext;
  /** What sessions are kept under; `undefined` where none can be resumed. */
  readonly resumeAs: string | undefined;
}

function handshake(socket: Duplex, about: Handshake): Promise<Connection> {
  const { signal, settings, context, resumeAs } = about;
  const verified = settings.verifyServer ?? true;
  // What goes wrong underneath is told by the TLS socket; the one below must have a listener all the same.
  socket.on("error", ignore);
  const ticket = resumeAs === undefined ? undefined : tickets.take(resumeAs);
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      socket,
      secureContext: context.secureContext,
      servername: sniName(about.host),
      // checkPeer refuses an unverified peer in any case; the platform's refusal would leave no certificate to look at.
      rejectUnauthorized: false,
      // Node's own check takes partial wildcards and the CN; ours follows below, before anybody gets the socket.
      checkServerIdentity: () => undefined,
      // A server that does not resume it does a whole handshake instead.
      ...(ticket && { session: Buffer.from(ticket.session) }),
    };
    const secured = context.modules.tls.connect(options);
    const keepTickets = ticketKeeper(secured, resumeAs);
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
      const resumed = ticket !== undefined && secured.isSessionReused();
      const used = resumed ? ticket : undefined;
      try {
        keepTickets(checkPeer(secured, { host: about.host, settings, context, used }), used);
      } catch (error) {
        fail(error instanceof SmtpError ? error : tlsFailure(error, about));
        return;
      }
      done();
      const protocol = secured.getProtocol();
      resolve(about.adopt(secured, {
        ...(protocol && { protocol }),
        cipher: secured.getCipher().name,
        verified,
        ...(resumeAs !== undefined && { resumed }),
      }));
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
