/**
 * Starts the proxies of `proxies.sh` on ports of the loopback address that are chosen here.
 *
 * @module
 */

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startChild } from "./child.ts";
import type { MailServer } from "./mail_server.ts";
import { freePorts } from "./ports.ts";

const script = fileURLToPath(new URL("../proxies.sh", import.meta.url));
const NAMES = ["microsocks", "dante", "tinyproxy", "squid", "squidTls"] as const;

/** Running proxies; Squid within TLS has the certificate of the mail server. */
export interface Proxies {
  readonly ports: Readonly<Record<typeof NAMES[number], number>>;
  stop(): Promise<void>;
}

/** Starts them. */
export async function startProxies(server: MailServer): Promise<Proxies> {
  const folder = await mkdtemp(join(tmpdir(), "posthaste-proxies-"));
  try {
    await chmod(folder, 0o755);
    const tls = [await server.pki("server.crt"), await server.pki("intermediate.crt"), await server.pki("server.key")];
    await writeFile(join(folder, "tls.pem"), tls.join(""));
    const first = await freePorts(NAMES.length);
    const child = await startChild(script, [folder, String(first)]);
    const ports = Object.fromEntries(NAMES.map((name, index) => [name, first + index])) as Proxies["ports"];
    return { ports, stop: child.stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
