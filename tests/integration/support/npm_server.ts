/**
 * Starts npm's smtp-server in a Node process of its own, on ports of the loopback address that are chosen here.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startChild } from "./child.ts";
import type { MailServer } from "./mail_server.ts";
import { readDelivered } from "./mailbox.ts";
import { freePorts } from "./ports.ts";
import { USERS } from "./users.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));

const LISTENERS = [
  "plain",
  "submission",
  "implicit",
  "small",
  "no_extensions",
  "relay",
  "require_tls",
  "lmtp",
] as const;

/** The bearer token that it accepts. */
export const NPM_SERVER_TOKEN = "valid-token";

/** Starts it. Node is what it runs on, whatever runs the tests. */
export async function startNpmServer(): Promise<MailServer> {
  const folder = await mkdtemp(join(tmpdir(), "posthaste-npm-"));
  try {
    await mkdir(join(folder, "mail"));
    await run(join(here, "pki.sh"), [join(folder, "pki")]);
    const first = await freePorts(LISTENERS.length);
    const settings = JSON.stringify({ folder, first, users: USERS, token: NPM_SERVER_TOKEN });
    const child = await startChild("node", [join(here, "support/npm_server.mjs"), settings]);
    return {
      port(name) {
        const index = LISTENERS.findIndex((listener) => listener === name);
        if (index < 0) throw new Error(`no listener ${name} in npm_server.ts`);
        return first + index;
      },
      pki: (name) => readFile(join(folder, "pki", name), "utf8"),
      pkiPath: (name) => join(folder, "pki", name),
      delivered: (receipt) => readDelivered(join(folder, "mail"), receipt),
      log: () => Promise.resolve(""),
      stop: child.stop,
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
