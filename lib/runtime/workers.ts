/**
 * The runtime adapter for Cloudflare Workers: TCP and TLS by `cloudflare:sockets`, no files. Its sockets take no TLS
 * settings, so that every setting but the defaults is an error.
 *
 * @module
 */
import { ConnectionError, UnsupportedError } from "../errors.ts";
import type { CertificateName, TlsSettings } from "../tls_settings.ts";
import { detail, targetText } from "./failure.ts";
import type { Connection, ConnectOptions, OpenFile, Runtime, TlsLayer, TlsTarget } from "./runtime.ts";
import { attempt, loadConnect, whenOpen, type WorkersSocket } from "./workers_api.ts";
import { secure, WorkersConnection } from "./workers_connection.ts";

/** Cloudflare Workers as a {@link Runtime}. */
export const runtime: Runtime = {
  name: "workers",
  connect,
  readFile: () => noFiles(),
  openFile: (): Promise<OpenFile> => noFiles(),
};

async function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port, path, localAddress, tls, signal } = options;
  signal?.throwIfAborted();
  if (path !== undefined) throw unsupported("path", "has no Unix sockets");
  if (localAddress !== undefined) throw unsupported("localAddress", "cannot choose the address to connect from");
  if (tls !== "off") checkSettings(options);
  const open = await loadConnect();
  signal?.throwIfAborted();
  let socket: WorkersSocket | undefined;
  try {
    // TLS from the first octet is begun here and not by the platform, which could not tell its failure from that to connect.
    socket = open(
      { hostname: host.includes(":") ? `[${host}]` : host, port },
      // An end of what the server says is no end of what it may be sent.
      { secureTransport: tls === "off" ? "off" : "starttls", allowHalfOpen: true },
    );
    await whenOpen(socket, signal);
  } catch (error) {
    const failed = socket;
    if (failed !== undefined) attempt(() => failed.close());
    throw signal?.aborted ? signal.reason : connectFailure(error, { host, port });
  }
  const target = { host, port };
  if (tls === "implicit") return await secure(socket, { ...target, upgrade: false }, signal);
  return new WorkersConnection(socket, { target, upgradable: tls === "starttls" });
}

/** The platform says the same whatever was the matter: no such host, nobody there, a port that it lets nobody connect to. */
function connectFailure(cause: unknown, target: { readonly host: string; readonly port: number }): ConnectionError {
  const said = detail(cause instanceof Error ? cause.message : String(cause));
  const why = target.port === 25
    ? "Cloudflare lets no Worker connect to port 25; submit to port 465 or 587"
    : "the runtime workers does not tell why: no such host, or nobody there who takes connections";
  return new ConnectionError("CONNECT_FAILED", "connect", `Cannot connect to ${targetText(target)}: ${why} (${said})`, {
    cause,
  });
}

/** Values that come to what the platform does anyway. */
const DEFAULTS: TlsSettings = {
  verifyServer: true,
  verifyServerName: true,
  minTlsVersion: "1.2",
  maxTlsVersion: "1.3",
};

/** @throws {UnsupportedError} a setting that is none of the defaults; one that is added later counts as such */
function checkSettings({ host, tlsSettings = {} }: ConnectOptions): void {
  for (const [key, value] of Object.entries(tlsSettings)) {
    if (value === undefined || key === "profile" || DEFAULTS[key as keyof TlsSettings] === value) continue;
    if (key === "verifyServerName" && isOwnName(tlsSettings.verifyServerName, host)) continue;
    const option = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw unsupported(
      option,
      "takes no TLS settings: it verifies chain and name by its own trust anchors, with TLS 1.2 or newer",
    );
  }
}

/** Whether a list of names comes to the name that is connected to, which is what the platform looks for. */
function isOwnName(names: boolean | readonly CertificateName[] | undefined, host: string): boolean {
  if (typeof names !== "object" || names.length !== 1) return false;
  const { type, name } = names[0]!;
  const kind = host.includes(":") || /^[\d.]+$/.test(host) ? "IP" : "DNS";
  return type === kind && name.toLowerCase() === host.toLowerCase();
}

/**
 * Refuses: the platform verifies the name that was connected to, which is the proxy's. (`startTls` takes another name, and
 * Cloudflare's servers pass over it.)
 */
export function prepareTls(_target: TlsTarget): Promise<TlsLayer> {
  const what = "cannot do TLS with a server that is reached over somebody else's connection";
  return Promise.reject(unsupported("proxy", what));
}

/** Refuses: the platform looks names up as part of connecting. */
export function lookUp(_host: string): Promise<readonly string[]> {
  return Promise.reject(unsupported("resolve", "looks names up only as part of connecting"));
}

function noFiles(): Promise<never> {
  return Promise.reject(unsupported("files", "has no files; give contents as text, octets or streams"));
}

function unsupported(option: string, message: string): UnsupportedError {
  const text = `${option} cannot be honoured: the runtime workers ${message}`;
  return new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", option, text);
}
