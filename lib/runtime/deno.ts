/**
 * The runtime adapter for Deno. Deno's own calls do TLS with the platform's trust anchors and nothing to choose; for
 * any other setting the adapter takes Deno's `node:tls`, and what that cannot do either is an error.
 *
 * @module
 */
import { offerSha256 } from "../bytes/sha256.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { closeQuietly, deno, type DenoConn } from "./deno_api.ts";
import { DenoConnection, type DenoUpgrade, peerOf, secureDeno } from "./deno_connection.ts";
import { connectFailure } from "./failure.ts";
import { openFile, readFile, realPath } from "./node_files.ts";
import { loadSha256 } from "./node_sha256.ts";
import type { TlsAbilities } from "./tls_abilities.ts";
import type { Connection, ConnectOptions, Runtime } from "./runtime.ts";

offerSha256(loadSha256);

/** Deno's TLS is rustls, with these suites and no way to leave one out. */
const ABILITIES: TlsAbilities = {
  name: "deno",
  oldVersions: false,
  vagueVerdicts: true,
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

/** Deno as a {@link Runtime}: `Deno.connect`, `Deno.startTls`; `node:tls` where settings need it. */
export const runtime: Runtime = {
  name: "deno",
  connect,
  readFile,
  openFile,
  realPath,
};

async function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port, tls, signal } = options;
  signal?.throwIfAborted();
  // Settings are refused before anything is opened.
  const upgrade = tls === "off" ? undefined : await upgradeBy(options);
  const conn = await open(options);
  if (tls === "implicit" && upgrade) return await upgrade(conn, { host, port, upgrade: false }, signal);
  return new DenoConnection(conn, { target: { host, port }, ...(upgrade && { upgrade }) });
}

/** The way to TLS that can express the settings. */
async function upgradeBy({ host, port, tlsSettings = {} }: ConnectOptions): Promise<DenoUpgrade> {
  if (isPlain(tlsSettings)) return secureDeno;
  const [{ planNodeTls }, { NodeConnection }, { streamOver }] = await Promise.all([
    import("./node_tls.ts"),
    import("./node_connection.ts"),
    import("./deno_stream.ts"),
  ]);
  const plan = await planNodeTls(tlsSettings, { host, port, abilities: ABILITIES });
  return (conn, target, signal) => {
    const peer = peerOf(conn);
    const { stream, brake } = streamOver(conn);
    return plan.handshake(stream, {
      upgrade: target.upgrade,
      signal,
      adopt: (socket, tls) => new NodeConnection(socket, { target, tls, brake, ...(peer && { peer }) }),
    });
  };
}

async function open({ host, port, signal }: ConnectOptions): Promise<DenoConn> {
  signal?.throwIfAborted();
  let conn: DenoConn;
  try {
    conn = await deno.connect({ hostname: host, port, ...(signal && { signal }) });
  } catch (error) {
    throw signal?.aborted ? signal.reason : connectFailure(error, { host, port });
  }
  if (signal?.aborted) {
    closeQuietly(conn);
    throw signal.reason;
  }
  conn.setNoDelay?.(true);
  return conn;
}

/** Whether nothing but the defaults is asked for; an option that is added later counts as asked for. */
function isPlain(settings: TlsSettings): boolean {
  return Object.entries(settings).every(([option, value]) =>
    value === undefined || option === "profile" || PLAIN[option as keyof TlsSettings] === value
  );
}

/** Default values that may be written out. */
const PLAIN: TlsSettings = { verifyServer: true, verifyServerName: true, minTlsVersion: "1.2", maxTlsVersion: "1.3" };
