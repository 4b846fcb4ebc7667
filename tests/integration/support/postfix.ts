/**
 * Starts Postfix, with Dovecot for its SASL, and Exim beside them where that is asked for, on ports of the loopback address that
 * are chosen here. Everything of theirs is in one temporary folder, which is gone afterwards. Needs root and what `setup.sh`
 * installs.
 *
 * @module
 */

import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
import { type User, USERS } from "./users.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));

/** Another program may take a port between the choice and the start. */
const ATTEMPTS = 3;

/** A listener's name where its port is to be. */
const PORT = /@([a-z]\w*)@/g;

/** Postfix and Dovecot, perhaps with Exim. */
export interface DebianServers extends MailServer {
  /** The temporary folder: Dovecot's LMTP listens at `lmtp` in it. */
  readonly folder: string;
}

/** Starts Postfix and Dovecot; `port()` knows the listeners by their names in `postfix/master.cf` and `dovecot/dovecot.conf`. */
export function startPostfix(): Promise<DebianServers> {
  return start(["postfix", "cyrus", "dovecot"]);
}

/** Starts Exim too, with the names in `exim/exim.conf`. */
export function startDebianServers(): Promise<DebianServers> {
  return start(["postfix", "cyrus", "dovecot", "exim"]);
}

async function start(programs: readonly string[]): Promise<DebianServers> {
  for (let attempt = 1;; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), "posthaste-"));
    try {
      return await startIn(folder, programs);
    } catch (error) {
      const log = await allLogs(folder);
      await rm(folder, { recursive: true, force: true });
      if (attempt < ATTEMPTS && log.includes("Address already in use")) continue;
      throw new Error(`The servers cannot be started (is tests/integration/setup.sh done, as root?)\n${log}`, {
        cause: error,
      });
    }
  }
}

async function allLogs(folder: string): Promise<string> {
  const names = await readdir(join(folder, "log")).catch(() => []);
  return (await Promise.all(names.map((name) => readFile(join(folder, "log", name), "utf8")))).join("");
}

async function startIn(folder: string, programs: readonly string[]): Promise<DebianServers> {
  await chmod(folder, 0o755); // they read it as users of their own
  for (const name of ["spool", "data", "log", "run", "mail", "pki"]) await mkdir(join(folder, name));
  await chmod(join(folder, "mail"), 0o777);
  await run("chown", ["postfix", join(folder, "data")]);
  await run(join(here, "pki.sh"), [join(folder, "pki")]);
  await copyFile(join(here, "capture.pl"), join(folder, "capture.pl"));
  const ports = await configure(folder, programs);
  if (programs.includes("exim")) await prepareExim(folder);
  const child = await startChild(join(here, "serve.sh"), [folder]);
  return {
    folder,
    port(name) {
      const port = ports.get(name);
      if (port === undefined) throw new Error(`no listener ${name} in the configurations`);
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
async function configure(folder: string, programs: readonly string[]): Promise<Map<string, number>> {
  const paths: string[] = [];
  for (const program of programs) {
    for (const name of await readdir(join(here, program))) paths.push(join(program, name));
  }
  const texts = await Promise.all(paths.map((path) => readFile(join(here, path), "utf8")));
  const names = new Set(texts.flatMap((text) => [...text.matchAll(PORT)].map((match) => match[1]!)));
  const first = await freePorts(names.size);
  const ports = new Map([...names].map((name, index) => [name, first + index]));
  for (const program of programs) await mkdir(join(folder, program));
  for (const [place, path] of paths.entries()) {
    const filled = texts[place]!.replaceAll("@DIR@", folder).replace(
      PORT,
      (_, name: string) => String(ports.get(name)),
    );
    await writeFile(join(folder, path), filled, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
  }
  // Where Debian's Postfix looks for it.
  await symlink("../cyrus", join(folder, "postfix/sasl"));
  const anonymous = { user: "anonymous", password: crypto.randomUUID() };
  const users = [...USERS, anonymous].map(({ user, password }) =>
    `${user}:{PLAIN.b64}${Buffer.from(password).toString("base64")}::::::\n`
  );
  await writeFile(join(folder, "dovecot/users"), users.join(""));
  for (const user of USERS) await addToCyrus(folder, user);
  await mkdir(join(folder, "dovecot/keys/default/HS256"), { recursive: true });
  await writeFile(join(folder, "dovecot/keys/default/HS256/default"), Buffer.from(TOKEN_KEY).toString("base64"));
  return ports;
}

/** Tells Cyrus SASL, whose database is its own program's to write. */
async function addToCyrus(folder: string, { user, password }: User): Promise<void> {
  const path = join(folder, "cyrus/sasldb");
  const told = run("saslpasswd2", ["-p", "-c", "-f", path, "-u", "mail.posthaste.test", user]);
  told.child.stdin!.end(password);
  await told;
  await chmod(path, 0o644);
}

/** What Exim reads and writes as its own user. */
async function prepareExim(folder: string): Promise<void> {
  await mkdir(join(folder, "exim_spool"));
  await copyFile(join(folder, "pki/server.pem"), join(folder, "exim/server.pem"));
  const quoted = (text: string) => text.replace(/[\\"]/g, "\\$&");
  const users = USERS.map(({ user, password }) => `"${quoted(user)}": ${password}\n`);
  await writeFile(join(folder, "exim/users"), users.join(""));
  await run("chown", ["Debian-exim", ...["exim_spool", "exim/server.pem"].map((name) => join(folder, name))]);
  await chmod(join(folder, "log"), 0o777);
}
