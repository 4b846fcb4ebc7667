/**
 * The programs of the guide, run as programs by the runtime that runs the tests, against a server with STARTTLS.
 */
import { build } from "esbuild";
import { type ParsedMail, simpleParser } from "mailparser";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makePki, type Pki } from "../../support/pki.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const onDeno = "Deno" in globalThis;

interface Arrived {
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string | undefined;
  readonly mail: ParsedMail;
}

let pki: Pki;
let folder: string;
let server: SMTPServer;
let port: number;
let arrived: Arrived[] = [];
let password: string;

beforeAll(async () => {
  pki = await makePki();
  folder = await mkdtemp(join(tmpdir(), "posthaste-examples-"));
  const files = {
    "root.pem": pki.root,
    "mail.asn": "[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS verify_server=yes, ca_certificate=root.pem\n",
    "logo.png": "a picture",
    "statement.pdf": "%PDF".repeat(30_000),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { key, certificate } = pki.servers.good;
  server = new SMTPServer({
    key,
    cert: certificate,
    disableReverseLookup: true,
    onAuth: (auth, _, done) => {
      const good = auth.method === "LOGIN" && auth.username === "ada" && auth.password === password;
      done(good ? null : new Error("no"), { user: auth.username });
    },
    onRcptTo: ({ address }, _, done) => {
      const refusal = Object.assign(new Error("5.1.1 No such user"), { responseCode: 550 });
      done(address.startsWith("nobody@") ? refusal : null);
    },
    onData: (stream, session, done) => {
      simpleParser(stream, { skipImageLinks: true, skipHtmlToText: true, skipTextToHtml: true }).then((mail) => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        arrived.push({ to, secure: session.secure, user: session.user, mail });
        done(null);
      }, done);
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.server.address() as AddressInfo).port;
}, 60_000);

afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  arrived = [];
  password = "secret";
});

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs an example: on Deno as it stands, with the permissions that its head names, on Node as a bundle. */
async function run(name: string): Promise<Outcome> {
  const source = join(root, "examples", `${name}.ts`);
  const args = onDeno ? [...await denoFlags(source), source] : [await bundled(source)];
  return await new Promise((resolve) => {
    execFile(process.execPath, [...args, `localhost+${port}`, folder], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

async function denoFlags(source: string): Promise<string[]> {
  const [, flags] = /^ \* +deno (run .+) examples\//m.exec(await readFile(source, "utf8"))!;
  const own = flags!.replace("smtp.myorg.com:587", `localhost:${port}`).replace("=folder", `=${folder}`);
  expect(own.split(" ")).not.toContain("-A");
  return [...own.split(" "), "--no-prompt", "--quiet"];
}

async function bundled(source: string): Promise<string> {
  const outfile = join(folder, "program.mjs");
  const alias = {
    "@posthaste/smtp/uniface": "./lib/uniface/mod.ts",
    "@posthaste/smtp": "./mod.ts",
    "#runtime": "./lib/runtime/node.ts",
  };
  await build({
    entryPoints: [source],
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    alias,
    outfile,
  });
  return outfile;
}

const PROGRAMS = ["uniface_status_codes", "uniface_idiomatic"];

test.each(PROGRAMS)("examples/%s.ts sends the message over STARTTLS and says whom it did not reach", async (name) => {
  const { code, output } = await run(name);
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/not to nobody@example\.net: 550 .*No such/),
  });
  expect(arrived).toHaveLength(1);
  const { to, secure, user, mail } = arrived[0]!;
  expect([to, secure, user]).toEqual([["bob@example.net", "archive@example.com"], true, "ada"]);
  expect(mail).toMatchObject({ subject: "Your statement", text: "Your statement is attached." });
  expect(mail.html).toBe('<p><img src="cid:logo.png" alt=""> Your statement is attached.</p>');
  expect(mail.from?.value).toEqual([{ name: "Accounts", address: "accounts@example.com" }]);
  expect([mail.replyTo?.text, mail.headers.get("priority"), mail.bcc]).toEqual(["help@example.com", "high", undefined]);
  expect(mail.messageId).toMatch(/^<[^@]+@example\.com>$/);
  expect(mail.attachments.map(({ filename, contentType, cid, related, size }) => {
    return [filename, contentType, cid, related === true, size];
  })).toEqual([
    ["logo.png", "image/png", "logo.png", true, 9],
    ["statement.pdf", "application/pdf", undefined, false, 120_000],
  ]);
}, 60_000);

test.each(PROGRAMS)("examples/%s.ts ends with exit code 1 when the credentials are refused", async (name) => {
  password = "another";
  const { code, output } = await run(name);
  expect([code, arrived]).toEqual([1, []]);
  expect(output).toContain("535");
  expect(output).not.toContain("secret");
}, 60_000);
