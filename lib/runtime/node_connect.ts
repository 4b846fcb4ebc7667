/**
 * Connecting over `node:net`, with `node:tls` on top where it is wanted.
 *
 * @module
 */
import type { NetConnectOpts, Socket } from "node:net";
import { connectFailure } from "./failure.ts";
import { NodeConnection } from "./node_connection.ts";
import { exporterOf } from "./node_exporter.ts";
import { type NodeTlsPlan, planNodeTls } from "./node_tls.ts";
import type { Connection, ConnectOptions } from "./runtime.ts";
import type { TlsAbilities } from "./tls_abilities.ts";

/** Opens a connection as `Runtime.connect` says. */
export async function connectOverNode(options: ConnectOptions, abilities: TlsAbilities): Promise<Connection> {
  const { host, port, path, signal } = options;
  const target = { host, port, path };
  signal?.throwIfAborted();
  if (options.tls === "off") {
    return await open(options, (socket) => new NodeConnection(socket, { target }));
  }
  // Settings are refused before anything is opened.
  const plan = await planNodeTls(options.tlsSettings ?? {}, { ...target, abilities });
  signal?.throwIfAborted();
  return await open(
    options,
    (socket) =>
      options.tls === "implicit" ? secure(socket, plan, { upgrade: false, signal }) : new NodeConnection(socket, {
        target,
        upgrade: (socket, signal) => secure(socket, plan, { upgrade: true, signal }),
      }),
  );
}

function secure(
  socket: Socket,
  plan: NodeTlsPlan,
  options: { readonly upgrade: boolean; readonly signal: AbortSignal | undefined },
): Promise<Connection> {
  const { host, port, path } = plan;
  const target = { host, port, path, upgrade: options.upgrade };
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
  options: ConnectOptions,
  adopt: (socket: Socket) => Connection | Promise<Connection>,
): Promise<Connection> {
  const { signal } = options;
  // Loaded here, as all of Node's modules are when they are needed: whoever imports this package may never connect.
  const { connect: connectSocket } = await import("node:net");
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connectSocket(socketOptions(options));
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
    const onError = (error: unknown): void => fail(connectFailure(error, options));
    const onAbort = (): void => fail(signal?.reason);
    socket.on("connect", onConnect).on("error", onError);
    signal?.addEventListener("abort", onAbort);
  });
}

/**
 * Milliseconds for one of several addresses, after which the next one is tried. Node gives an attempt up then, and would do so
 * after 250: too soon for a far server, and for a lost packet, which is sent again after a second (RFC 6298 section 2).
 */
const ATTEMPT = 2_000;

function socketOptions({ host, port, path, localAddress }: ConnectOptions): NetConnectOpts {
  if (path !== undefined) return { path };
  if (localAddress === undefined) {
    return { host, port, noDelay: true, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT };
  }
  // Only addresses of its own kind can be reached from it.
  return { host, port, noDelay: true, localAddress, family: localAddress.includes(":") ? 6 : 4 };
}

function ignore(): void {}
