/**
 * Starts a server whose AUTH is GNU SASL's, on a port of the loopback address that is chosen here.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startChild } from "./child.ts";
import { freePorts } from "./ports.ts";
import type { User } from "./users.ts";

const here = fileURLToPath(new URL("..", import.meta.url));

/** Such a server. */
export interface GsaslServer {
  readonly port: number;
  /** One that is the same, but for somebody who has taken the mechanisms with -PLUS off its list. */
  readonly stripped: number;
  /** In PEM: who issued its certificate. */
  readonly caCertificate: string;
  stop(): Promise<void>;
}

/** Starts it. Node is what it runs on, whatever runs the tests. */
export async function startGsaslServer(users: readonly User[]): Promise<GsaslServer> {
  const folder = await mkdtemp(join(tmpdir(), "posthaste-gsasl-"));
  await promisify(execFile)(join(here, "pki.sh"), [join(folder, "pki")]);
  const first = await freePorts(2);
  const settings = JSON.stringify({ folder, first, users });
  const child = await startChild("node", [join(here, "support/gsasl_server.mjs"), settings]);
  const caCertificate = await readFile(join(folder, "pki/ca.crt"), "utf8");
  return { port: first, stripped: first + 1, caCertificate, stop: child.stop };
}
