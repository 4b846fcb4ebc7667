/**
 * Starts Postfix, with Dovecot for its SASL, on ports of the loopback address that are chosen here. Everything of theirs is in one
 * temporary folder, which is gone afterwards. Needs root and the packages of `setup.sh`.
 *
 * @module
 */

import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startChild } from "./child.ts";
import type { MailServer } from "./mail_server.ts";
import { readDelivered } from "./mailbox.ts";
import { freePorts } from "./ports.ts";
import { TOKEN_KEY } from "./token.ts";
import { USERS } from "./users.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));

/** Another program may take a port between the choice and the start. */
const ATTEMPTS = 3;

/** Starts the servers; `port()` knows the listeners by their names in `postfix/master.cf`. */
export async function startPostfix(): Promise<MailServer> {
  for (let attempt = 1;; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), "posthaste-"));
    try {
      return await startIn(folder);
    } catch (error) {
      const log = await readFile(join(folder, "log/postfix.log"), "utf8").catch(() => "");
      await rm(folder, { recursive: true, force: true });
      if (attempt < ATTEMPTS && log.includes("Address already in use")) continue;
      throw new Error(`Postfix cannot be started (is tests/integration/setup.sh done, as root?)\n${log}`, {
        cause: error,
      });
    }
  }
}

async function startIn(folder: string): Promise<MailServer> {
  await chmod(folder, 0o755); // Postfix and Dovecot read it as users of their own
  for (const name of ["spool", "data", "log", "run", "mail", "pki"]) await mkdir(join(folder, name));
  await chmod(join(folder, "mail"), 0o777);
  await run("chown", ["postfix", join(folder, "data")]);
  await run(join(here, "pki.sh"), [join(folder, "pki")]);
  await copyFile(join(here, "capture.pl"), join(folder, "capture.pl"));
  const ports = await configure(folder);
  const child = await startChild(join(here, "serve.sh"), [folder]);
  return {
    port(name) {
      const port = ports.get(name);
      if (port === undefined) throw new Error(`no listener ${name} in postfix/master.cf`);
      return port;
    },
    pki: (name) => readFile(join(folder, "pki", name), "utf8"),
    pkiPath: (name) => join(folder, "pki", name),
    delivered: (receipt) => readDelivered(join(folder, "mail"), receipt),
    log: () => readFile(join(folder, "log/postfix.log"), "utf8"),
    stop: child.stop,
  };
}

/** Copies the configurations with the folder and the ports filled in; returns the ports by listener. */
async function configure(folder: string): Promise<Map<string, number>> {
  const master = await readFile(join(here, "postfix/master.cf"), "utf8");
  const names = [...master.matchAll(/^127\.0\.0\.1:@(\w+)@/gm)].map((match) => match[1]!);
  const first = await freePorts(names.length);
  const ports = new Map(names.map((name, index) => [name, first + index]));
  for (const program of ["postfix", "dovecot"]) {
    await mkdir(join(folder, program));
    for (const name of await readdir(join(here, program))) {
      const text = await readFile(join(here, program, name), "utf8");
      const filled = text.replaceAll("@DIR@", folder)
        .replace(/:@(\w+)@/g, (_, name: string) => `:${ports.get(name)}`);
      await writeFile(join(folder, program, name), filled, { mode: 0o644 });
    }
  }
  const users = USERS.map(({ user, password }) =>
    `${user}:{PLAIN.b64}${Buffer.from(password).toString("base64")}::::::\n`
  );
  await writeFile(join(folder, "dovecot/users"), users.join(""));
  await mkdir(join(folder, "dovecot/keys/default/HS256"), { recursive: true });
  await writeFile(join(folder, "dovecot/keys/default/HS256/default"), Buffer.from(TOKEN_KEY).toString("base64"));
  return ports;
}
