/**
 * One program that uses most of the package, on every runtime that takes it: TLS by a profile, STARTTLS with AUTH, DKIM,
 * attachments, many messages, status codes, errors. The server is a process of its own.
 */
import { generateKeyPairSync } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { makePki } from "../support/pki.ts";
import { MailServer } from "./mail_server.ts";
import { getNode, nodeReleases } from "./node_releases.ts";
import { bun, deno, root, run } from "./run.ts";

const { consumer } = inject("packed");

const folder = join(consumer, "tour");
const nodes = new Map<string, string>();
const servers: MailServer[] = [];
let implicit: MailServer;
let starttls: MailServer;

beforeAll(async () => {
  const { root: authority, servers: { good } } = await makePki();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await mkdir(folder);
  await Promise.all([
    copyFile(join(root, "tests/package/programs/tour.mjs"), join(consumer, "tour.mjs")),
    writeFile(
      join(folder, "mail.asn"),
      "[NET_SETTINGS]\nsmtp_profile = ca_certificate=root.pem, min_tls_version=1.2\n",
    ),
    writeFile(join(folder, "root.pem"), authority),
    writeFile(join(folder, "dkim.pem"), privateKey.export({ type: "pkcs8", format: "pem" })),
    writeFile(join(folder, "logo.png"), new Uint8Array(3_000).fill(137)),
    ...nodeReleases.map(async (release) => nodes.set(release, await getNode(release, consumer))),
  ]);
  const identity = { cert: good.certificate, key: good.key };
  servers.push(implicit = await MailServer.start({ tls: "implicit", ...identity }));
  servers.push(starttls = await MailServer.start({ tls: "starttls", auth: "ada:sesame", ...identity }));
}, 300_000);
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** What the program says where everything is as it should be. */
const EXPECTED = {
  tls: true,
  session: ["bob@example.net"],
  send: ["bob@example.net"],
  sendAll: 20,
  refused: [[7, true, "rejected"]],
  uniface: [0, 0, 0, 0, 0, 0, 0],
  compose: 1,
  wrongPassword: [true, "AuthenticationError", "AUTH_FAILED", "unsent"],
  untrusted: ["ConnectionError", "TLS_FAILED", "untrusted"],
  missing: [true, "CONFIG_FILE"],
};

async function tour(program: string, args: readonly string[]): Promise<void> {
  const before = [(await implicit.tell("state")).length, (await starttls.tell("state")).length];
  const asked = JSON.stringify({ folder, implicit: implicit.port, starttls: starttls.port });
  expect(JSON.parse(await run(program, [...args, "tour.mjs", asked], { cwd: consumer }))).toEqual(EXPECTED);
  const overTls = (await implicit.tell("state")).slice(before[0]);
  expect(overTls.map(({ tls, to }) => [tls, to])).toEqual([[true, ["bob@example.net"]], [true, ["bob@example.net"]]]);
  expect(overTls[0]!.content).toContain("Subject: =?utf-8?");
  expect(overTls[0]!.content).toContain("filename=a.bin");
  expect(overTls[1]!.content).toContain("Subject: By status code");
  const upgraded = (await starttls.tell("state")).slice(before[1]);
  expect(upgraded.map(({ tls, user }) => [tls, user])).toEqual(Array(20).fill([true, "ada"]));
  expect(upgraded[0]!.content).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256;/);
}

test.for(
  [
    ["Node", "node", []],
    ["Deno", deno, ["run", "--no-prompt", "--allow-net=localhost", "--allow-read"]],
    ["Bun", bun, []],
  ] as const,
)("the package does its work on %s", async ([, program, args]) => await tour(program, args));

// POSTHASTE_NODES names them; without it there are none.
describe.for(nodeReleases)("on Node %s the package", (release) => {
  test("does its work", async () => await tour(nodes.get(release)!, []));

  // From 25 on Node's permission model is about the network too.
  test.runIf(Number(release.split(".")[0]) >= 25)("names the network permission that is missing", async () => {
    const script = `
      import { Session } from "@posthaste/smtp";
      for (const host of ["mail.example.com", "127.0.0.1"]) {
        await Session.open({ host, port: 587, tls: "starttls" }).catch((e) => console.log(e.code, e.retryable, e.message));
      }
    `;
    await writeFile(join(consumer, "denied-net.mjs"), script);
    const flags = ["--permission", `--allow-fs-read=${consumer}`, "denied-net.mjs"];
    const said = await run(nodes.get(release)!, flags, { cwd: consumer });
    expect(said.trim().split("\n")).toEqual(
      ["mail.example.com", "127.0.0.1"].map((host) =>
        `CONNECT_FAILED false Cannot connect to ${host}:587: the permission is missing; run with --allow-net`
      ),
    );
  });

  test("is imported and required", async () => {
    const script = `
      const names = (module) => Object.keys(module).filter((name) => !/^__esModule$|^module.exports$/.test(name)).sort();
      (async () => {
        for (const name of ["@posthaste/smtp", "@posthaste/smtp/uniface"]) {
          const [imported, required] = [names(await import(name)), names(require(name))];
          if (imported.join() !== required.join()) throw new Error(imported + " and " + required);
          console.log(process.version, imported.length > 0);
        }
      })();
    `;
    const path = join(consumer, `both-${release}.cjs`);
    await writeFile(path, script);
    const said = (await run(nodes.get(release)!, [path])).trim().split("\n");
    expect(said).toHaveLength(2);
    for (const line of said) expect(line).toMatch(new RegExp(`^v${release.replaceAll(".", "\\.")}[.\\d]* true$`));
  });
});
