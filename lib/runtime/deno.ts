/**
 * The runtime adapter for Deno. Deno's own calls do TLS with the platform's trust anchors and nothing to choose; for
 * any other setting the adapter takes Deno's `node:tls`, and what that cannot do either is an error.
 *
 * @module
 */
import { offerSha256 } from "../bytes/sha256.ts";
import { UnsupportedError } from "../errors.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { closeQuietly, deno, type DenoConn, readerOf, writeAll } from "./deno_api.ts";
import { DenoConnection, type DenoUpgrade, peerOf, secureDeno } from "./deno_connection.ts";
import { connectFailure } from "./failure.ts";
import { openFile, readFile, realPath } from "./node_files.ts";
import { loadSha256 } from "./node_sha256.ts";
import { byRecords } from "./tls_records.ts";
import type { TlsAbilities } from "./tls_abilities.ts";
import type { Connection, ConnectOptions, Runtime, TlsLayer, TlsTarget } from "./runtime.ts";

offerSha256(loadSha256);

/** Deno's TLS is rustls, with these suites and no way to leave one out. */
const ABILITIES: TlsAbilities = {
  name: "deno",
  oldVersions: false,
  fixedCiphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ],
};

/** Deno as a {@link Runtime}: `Deno.connect`, `Deno.startTls`; `node:tls` where settings or the way need it. */
export const runtime: Runtime = {
  name: "deno",
  connect,
  readFile,
  openFile,
  realPath,
};

async function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port, path, tls, signal } = options;
  signal?.throwIfAborted();
  checkAbilities(options);
  const target = { host, port, path };
  // Settings are refused before anything is opened.
  const upgrade = tls === "off" ? undefined : await upgradeBy(options);
  const conn = await open(options);
  if (tls === "implicit" && upgrade) return await upgrade(conn, { ...target, upgrade: false }, signal);
  return new DenoConnection(conn, { target, ...(upgrade && { upgrade }) });
}

function checkAbilities({ path, localAddress }: ConnectOptions): void {
  if (localAddress !== undefined) throw unsupported("localAddress", "cannot choose the address to connect from");
  if (path !== undefined && deno.build.os === "windows") throw unsupported("path", "has no Unix sockets on Windows");
}

function unsupported(option: string, message: string): UnsupportedError {
  const text = `${option} cannot be honoured: the runtime deno ${message}`;
  return new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", option, text);
}

/**
 * As `Runtime.prepareTls` says; apart from `runtime`, so that programs without a proxy do without its code. Deno's own TLS
 * takes nothing but TCP in clear.
 */
export async function prepareTls({ host, port, tlsSettings = {} }: TlsTarget): Promise<TlsLayer> {
  const prepare = async (): Promise<TlsLayer> => {
    const { nodeTlsLayer } = await import("./node_tls_layer.ts");
    const layer = await nodeTlsLayer(tlsSettings, { host, port, abilities: ABILITIES });
    return { secure: (connection, options) => layer.secure(byRecords(connection), options) };
  };
  if (!isPlain(tlsSettings)) return await prepare();
  return {
    async secure(connection, options) {
      if (!(connection instanceof DenoConnection) || !connection.isTcp) {
        return await (await prepare()).secure(connection, options);
      }
      const attempt = { host, port, upgrade: options.upgrade, peer: { host, port } };
      return await connection.handOver(secureDeno, { attempt, signal: options.signal });
    },
  };
}

/** The way to TLS that can express the settings. */
async function upgradeBy({ host, port, path, tlsSettings = {} }: ConnectOptions): Promise<DenoUpgrade> {
  if (isPlain(tlsSettings) && path === undefined) return secureDeno;
  const [{ planNodeTls }, { NodeConnection }, { streamOver }] = await Promise.all([
    import("./node_tls.ts"),
    import("./node_connection.ts"),
    import("./octet_stream.ts"),
  ]);
  const plan = await planNodeTls(tlsSettings, { host, port, path, abilities: ABILITIES });
  return async (conn, target, signal) => {
    const peer = peerOf(conn);
    const { stream, brake } = await streamOver(byRecords({
      read: readerOf(conn),
      write: (octets) => writeAll(conn, octets),
      close: () => closeQuietly(conn),
    }));
    return await plan.handshake(stream, {
      upgrade: target.upgrade,
      signal,
      adopt: (socket, tls) => new NodeConnection(socket, { target, tls, brake, ...(peer && { peer }) }),
    });
  };
}

async function open({ host, port, path, signal }: ConnectOptions): Promise<DenoConn> {
  signal?.throwIfAborted();
  let conn: DenoConn;
  try {
    conn = await deno.connect(
      path === undefined
        ? { hostname: host, port, ...(signal && { signal: silent(signal) }) }
        : { transport: "unix", path },
    );
  } catch (error) {
    throw signal?.aborted ? signal.reason : connectFailure(error, { host, port, path });
  }
  if (signal?.aborted) {
    closeQuietly(conn);
    throw signal.reason;
  }
  conn.setNoDelay?.(true);
  return conn;
}

/**
 * A signal that ends connecting and no more. Deno asks its signal once again when it is connected, and throws then without
 * closing what it has made, which nobody else can: this one does not throw, and whoever connects asks the one it is made of.
 */
function silent(signal: AbortSignal): AbortSignal {
  return Object.defineProperty(AbortSignal.any([signal]), "throwIfAborted", { value: () => {} });
}

/** Whether nothing but the defaults is asked for; an option that is added later counts as asked for. */
function isPlain(settings: TlsSettings): boolean {
  return Object.entries(settings).every(([option, value]) =>
    value === undefined || option === "profile" || PLAIN[option as keyof TlsSettings] === value
  );
}

/** Default values that may be written out. */
const PLAIN: TlsSettings = { verifyServer: true, verifyServerName: true, minTlsVersion: "1.2", maxTlsVersion: "1.3" };

export { lookUp } from "./look_up.ts";
