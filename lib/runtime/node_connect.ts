/**
 * Connecting over `node:net`, with `node:tls` on top where it is wanted: the whole of the Node adapter's network, and
 * what the Deno adapter uses for the TLS settings that Deno's own calls cannot express.
 *
 * @module
 */
import { connect as connectSocket, type Socket } from "node:net";
import type { TlsSettings } from "../tls_settings.ts";
import { connectFailure, type Target } from "./failure.ts";
import { NodeConnection } from "./node_connection.ts";
import type { NodeTlsPlan, TlsAbilities } from "./node_tls.ts";
import type { Connection, ConnectOptions } from "./runtime.ts";

/** Opens a connection as `Runtime.connect` says. */
export async function connectOverNode(options: ConnectOptions, abilities: TlsAbilities): Promise<Connection> {
  const { host, port, signal } = options;
  signal?.throwIfAborted();
  if (options.tls === "off") return new NodeConnection(await open(options, signal), { target: { host, port } });
  // Settings are refused before anything is opened.
  const plan = await planTls(options.tlsSettings ?? {}, { host, port, abilities });
  signal?.throwIfAborted();
  const socket = await open(options, signal);
  if (options.tls === "implicit") return await secure(socket, plan, { upgrade: false, signal });
  return new NodeConnection(socket, {
    target: { host, port },
    upgrade: (socket, signal) => secure(socket, plan, { upgrade: true, signal }),
  });
}

/** Loads `node:tls`, which costs 10 ms, only for those who use it. */
async function planTls(
  settings: TlsSettings,
  about: { readonly host: string; readonly port: number; readonly abilities: TlsAbilities },
): Promise<NodeTlsPlan> {
  const { planNodeTls } = await import("./node_tls.ts");
  return await planNodeTls(settings, about);
}

async function secure(
  socket: Socket,
  plan: NodeTlsPlan,
  options: { readonly upgrade: boolean; readonly signal: AbortSignal | undefined },
): Promise<Connection> {
  const secured = await plan.handshake(socket, options);
  return new NodeConnection(secured.socket, {
    target: { host: plan.host, port: plan.port, upgrade: options.upgrade },
    tls: secured.info,
  });
}

function open(target: Target, signal: AbortSignal | undefined): Promise<Socket> {
  const { host, port } = target;
  return new Promise((resolve, reject) => {
    let socket: Socket;
    try {
      socket = connectSocket({ host, port, noDelay: true });
    } catch (error) {
      // Deno throws at once where a permission is missing.
      reject(connectFailure(error, { host, port }));
      return;
    }
    const done = (): void => {
      socket.off("connect", onConnect).off("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const onConnect = (): void => {
      done();
      resolve(socket);
    };
    const onError = (error: unknown): void => {
      done();
      socket.on("error", ignore).destroy();
      reject(connectFailure(error, { host, port }));
    };
    const onAbort = (): void => {
      done();
      socket.on("error", ignore).destroy();
      reject(signal?.reason);
    };
    socket.on("connect", onConnect).on("error", onError);
    signal?.addEventListener("abort", onAbort);
  });
}

function ignore(): void {}
