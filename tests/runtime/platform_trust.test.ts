import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type IdentityName, makePki, type Pki } from "../support/pki.ts";
import { type ServerSpec, TlsPeer } from "../support/tls_peer.ts";

// TLS without any setting: the platform's own trust anchors, to which the environment adds the test root.

const onDeno = "Deno" in globalThis;
const SCRIPT = fileURLToPath(new URL("../support/tls_client.mjs", import.meta.url));

interface Case {
  readonly identity: IdentityName;
  readonly expect: string;
  readonly host?: string;
  readonly name?: string;
  readonly server?: Partial<ServerSpec>;
}

const NAME = "TLS_FAILED name_mismatch";
const UNTRUSTED = "TLS_FAILED untrusted";
const HANDSHAKE = "TLS_FAILED handshake";

const CASES: readonly Case[] = [
  { identity: "good", expect: "ok" },
  { identity: "good", host: "127.0.0.1", expect: "ok" },
  { identity: "good", name: "MAIL.example.test.", expect: "ok" },
  { identity: "good", name: "mail.example.test.evil.test", expect: NAME },
  { identity: "unknownAuthority", expect: UNTRUSTED },
  { identity: "selfSigned", expect: UNTRUSTED },
  { identity: "withoutIntermediate", expect: UNTRUSTED },
  { identity: "clientUse", expect: UNTRUSTED },
  { identity: "expired", expect: "TLS_FAILED expired" },
  { identity: "notYetValid", expect: "TLS_FAILED not_yet_valid" },
  { identity: "wrongHost", expect: NAME },
  { identity: "commonNameOnly", expect: NAME },
  { identity: "ipOnly", host: "127.0.0.1", expect: "ok" },
  { identity: "ipOnly", expect: NAME },
  { identity: "ipAsDns", host: "127.0.0.1", expect: NAME },
  { identity: "wildcard", name: "mail.example.test", expect: "ok" },
  { identity: "wildcard", name: "a.mail.example.test", expect: NAME },
  { identity: "wildcard", name: "example.test", expect: NAME },
  { identity: "wildcardSuffix", name: "example.test", expect: NAME },
  { identity: "partialWildcard", name: "mail.example.test", expect: NAME },
  { identity: "good", server: { minVersion: "TLSv1", maxVersion: "TLSv1.1" }, expect: HANDSHAKE },
  { identity: "good", server: { maxVersion: "TLSv1.2" }, expect: "ok" },
  { identity: "good", server: { requestCert: true }, expect: "TLS_FAILED client_certificate" },
];

let peer: TlsPeer;
let pki: Pki;
let folder: string;

beforeAll(async () => {
  peer = new TlsPeer();
  pki = await makePki();
  folder = mkdtempSync(join(tmpdir(), "posthaste-"));
  writeFileSync(join(folder, "root.pem"), pki.root);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await peer.stop();
});

test.each(["implicit", "starttls"] as const)("runtime.connect trusts as the platform does (%s)", async (tls) => {
  // Only the adapters' inner parts can be asked for another name, and only for TLS from the start.
  const cases = CASES.filter(({ name }) => name === undefined || tls === "implicit");
  const mode = tls === "implicit" ? "tls" : "starttls";
  const asked = await Promise.all(cases.map(async ({ identity, host = "localhost", name, server }) => {
    const port = await peer.listen({ mode, identity: pki.servers[identity], ca: pki.root, ...server });
    return { host, port, tls, name };
  }));
  const answers = await runClient(asked);
  const line = (one: Case, verdict: string | undefined): string =>
    `${one.identity}, asked for ${one.name ?? one.host ?? "localhost"}: ${verdict}`;
  expect(cases.map((one, i) => line(one, answers[i]?.verdict))).toEqual(cases.map((one) => line(one, one.expect)));
  const mismatch = answers[cases.findIndex(({ identity }) => identity === "wrongHost")];
  expect(mismatch?.message).toContain("other.example.test");
}, 30_000);

test.runIf(onDeno)("runtime.connect names the permission that Deno lacks", async () => {
  const asked = (["off", "implicit"] as const).map((tls) => ({ host: "mail.example.test", port: 25, tls }));
  const ownTls = { ...asked[1], tlsSettings: { verifyServer: false } };
  for (const answer of await runClient([...asked, ownTls], ["--deny-net"])) {
    expect(answer.verdict).toBe("CONNECT_FAILED");
    expect(answer.message).toContain("--allow-net=mail.example.test:25");
  }
}, 30_000);

/** Runs the client; a process that did not end by itself would keep this waiting. */
async function runClient(
  asked: readonly object[],
  flags: readonly string[] = [],
): Promise<{ readonly verdict: string; readonly message: string }[]> {
  const root = join(folder, "root.pem");
  const env = { ...process.env, DENO_CERT: root, NODE_EXTRA_CA_CERTS: root };
  const args = onDeno ? ["run", "-A", ...flags, SCRIPT] : [SCRIPT];
  const child = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(asked));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const answer = await text(child.stdout);
  expect(await ended).toBe(0);
  return JSON.parse(answer);
}
