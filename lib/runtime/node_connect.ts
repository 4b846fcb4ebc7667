/**
 * Connecting over `node:net`, with `node:tls` on top where it is wanted.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { connectFailure, streamFailure, type Target } from "./failure.ts";
import { NodeConnection } from "./node_connection.ts";
import { type NodeTlsPlan, planNodeTls } from "./node_tls.ts";
import type { Connection, ConnectOptions } from "./runtime.ts";
import type { TlsAbilities } from "./tls_abilities.ts";

/** Opens a connection as `Runtime.connect` says. */
export async function connectOverNode(options: ConnectOptions, abilities: TlsAbilities): Promise<Connection> {
  const { host, port, signal } = options;
  signal?.throwIfAborted();
  if (options.tls === "off") {
    return await open(options, (socket) => new NodeConnection(socket, { target: { host, port } }));
  }
  // Settings are refused before anything is opened.
  const plan = await planNodeTls(options.tlsSettings ?? {}, { host, port, abilities });
  signal?.throwIfAborted();
  return await open(
    options,
    (socket) =>
      options.tls === "implicit" ? secure(socket, plan, { upgrade: false, signal }) : new NodeConnection(socket, {
        target: { host, port },
        upgrade: (socket, signal) => secure(socket, plan, { upgrade: true, signal }),
      }),
  );
}

function secure(
  socket: Socket,
  plan: NodeTlsPlan,
  options: { readonly upgrade: boolean; readonly signal: AbortSignal | undefined },
): Promise<Connection> {
  const target = { host: plan.host, port: plan.port, upgrade: options.upgrade };
  return plan.handshake(socket, {
    ...options,
    adopt: (socket, tls) =>
      new NodeConnection(socket, {
        target,
        tls,
        exportKeyingMaterial: exporterOf(socket, target),
      }),
  });
}

/**
 * Opens a socket and hands it to its owner in the same turn: an error that came between would find no listener, and end
 * the process.
 */
async function open(
  target: Target & { readonly signal?: AbortSignal },
  adopt: (socket: Socket) => Connection | Promise<Connection>,
): Promise<Connection> {
  const { host, port, signal } = target;
  // Loaded here, as all of Node's modules are when they are needed: whoever imports this package may never connect.
  const { connect: connectSocket } = await import("node:net");
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true });
    const done = (): void => {
      socket.off("connect", onConnect).off("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (reason: unknown): void => {
      done();
      socket.on("error", ignore).destroy();
      reject(reason);
    };
    const onConnect = (): void => {
      done();
      resolve(adopt(socket));
    };
    const onError = (error: unknown): void => fail(connectFailure(error, { host, port }));
    const onAbort = (): void => fail(signal?.reason);
    socket.on("connect", onConnect).on("error", onError);
    signal?.addEventListener("abort", onAbort);
  });
}

/** Node's, and that of whoever has it too. */
function exporterOf(socket: Partial<TLSSocket>, target: Target): Connection["exportKeyingMaterial"] {
  if (socket.exportKeyingMaterial === undefined) return undefined;
  return (label, length) => {
    try {
      return socket.exportKeyingMaterial!(length, label, Buffer.alloc(0));
    } catch (error) {
      throw streamFailure(error, target);
    }
  };
}

function ignore(): void {}
