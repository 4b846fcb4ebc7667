/**
 * What the servers and proxies of the tests are.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const npmServer = fileURLToPath(new URL("../../../node_modules/smtp-server/package.json", import.meta.url));

/** The versions that the servers tell. */
export async function serverVersions(): Promise<Record<string, string>> {
  const exim = await said("/usr/local/lib/posthaste-tests/exim4", "-C", "/dev/null", "-bV");
  return {
    Postfix: (await said("/usr/sbin/postconf", "-d", "-h", "mail_version")).trim(),
    Dovecot: (await said("/usr/sbin/dovecot", "--version")).split(" ")[0]!,
    Exim: /version (\S+)/.exec(exim)![1]!,
    "smtp-server": JSON.parse(await readFile(npmServer, "utf8")).version,
  };
}

/** The versions of the proxies' packages, without Debian's own part. */
export async function proxyVersions(): Promise<Record<string, string>> {
  const packages = { Dante: "dante-server", Squid: "squid", microsocks: "microsocks", tinyproxy: "tinyproxy" };
  const versions: Record<string, string> = {};
  for (const [name, debian] of Object.entries(packages)) {
    versions[name] = (await said("dpkg-query", "-W", "-f", "${Version}", debian)).replace(/(?:\+dfsg)?-[^-]*$/, "");
  }
  return versions;
}

async function said(command: string, ...args: readonly string[]): Promise<string> {
  return (await run(command, args)).stdout;
}
