import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import type { UPopMail } from "../../../lib/uniface/mod.ts";
import { makePki, type Pki } from "../../support/pki.ts";
import { watchedMail } from "../../support/watched_mail.ts";

let pki: Pki;
const servers: SMTPServer[] = [];
const subjects: string[] = [];

/** Starts a server with a certificate for `localhost`, which takes ada's password, in TLS alone. */
async function serve(secure: boolean): Promise<number> {
  const { key, certificate } = pki.servers.good;
  const server = new SMTPServer({
    secure,
    key,
    cert: certificate,
    onAuth: ({ username, password }, _, done) => {
      done(username === "ada" && password === "s3cret" ? null : new Error("no"), { user: username });
    },
    onData: (stream, _, done) => {
      readAll(stream).then((text) => {
        subjects.push(/^Subject: (.*)$/m.exec(text)?.[1] ?? "");
        done(null);
      });
    },
  });
  server.on("error", () => {}); // clients that refuse the certificate
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.server.address() as AddressInfo).port;
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  return text;
}

/** A client whose USYS$TLS_PARAMS trusts the CA in `file` alone. */
function trusting(file: "root.pem" | "other.pem" | "gone.pem"): UPopMail {
  const pems: Record<string, string | undefined> = { "root.pem": pki.root, "other.pem": pki.otherRoot };
  return watchedMail({
    profiles: AssignmentFile.parse(`[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS ca_certificate=${file}`),
    loader: (path) => {
      const pem = pems[path];
      return pem === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(encoder.encode(pem));
    },
  });
}

const encoder = new TextEncoder();
let ports: { readonly tls: number; readonly starttls: number };

beforeAll(async () => {
  pki = await makePki();
  ports = { tls: await serve(true), starttls: await serve(false) };
});
afterAll(() => Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))));

test.each(["LOGIN", "PLAIN"])("UPopMail logs on by STARTTLS and %s, sends and logs off", async (mechanism) => {
  const mail = trusting("root.pem");
  const entryPoint = mechanism === "LOGIN" ? "UAuthLoginSMTP" : "UAuthPlainSMTP";
  expect(await mail.setSecurity("SMTP=UStartTLSSMTP", "")).toBe(0);
  expect(await mail.setSecurity(`SMTP=${entryPoint}`, "user=ada;password=s3cret")).toBe(0);
  expect([await mail.logonSmtp(`localhost+${ports.starttls}`, "", ""), mail.lastError]).toEqual([0, undefined]);
  const headers = { TO: "bob@example.net", FROM: "ada@example.com", SUBJECT: `by ${mechanism}` };
  expect(await mail.sendMail("", headers, "Hi")).toBe(0);
  expect(await mail.logoffSmtp()).toBe(0);
  expect(subjects).toContain(`by ${mechanism}`);
});

test.each(
  [
    ["other.pem", -8, -9],
    ["gone.pem", -8, -9],
  ] as const,
)("UPopMail.logonSmtp with the CA in %s returns %i for STARTTLS and %i for TLS:", async (file, starttls, tls) => {
  const mail = trusting(file);
  await mail.setSecurity("SMTP=UStartTLSSMTP", "");
  expect(await mail.logonSmtp(`localhost+${ports.starttls}`, "", "")).toBe(starttls);
  await mail.setSecurity("SMTP=", "");
  expect(await mail.logonSmtp(`TLS:localhost+${ports.tls}`, "", "")).toBe(tls);
});

test("UPopMail trusts no more than the platform does where USYS$TLS_PARAMS is not defined", async () => {
  const mail = watchedMail();
  await mail.setSecurity("SMTP=UStartTLSSMTP", "");
  expect(await mail.logonSmtp(`localhost+${ports.starttls}`, "", "")).toBe(-8);
  expect(mail.lastError).toMatchObject({ code: "STARTTLS_FAILED", reason: "untrusted" });
});

test("UPopMail.sendMail opens a TLS: connection of its own, and refuses wrong credentials with -8", async () => {
  const mail = trusting("root.pem");
  const headers = { TO: "bob@example.net", FROM: "ada@example.com", SUBJECT: "in one call" };
  await mail.setSecurity("SMTP=UAuthLoginSMTP", "user=ada;password=s3cret");
  expect(await mail.sendMail(`TLS:localhost+${ports.tls}`, headers, "Hi")).toBe(0);
  expect(subjects).toContain("in one call");
  await mail.setSecurity("SMTP=UAuthLoginSMTP", "user=ada;password=wrong");
  expect(await mail.sendMail(`TLS:localhost+${ports.tls}`, headers, "Hi")).toBe(-8);
  expect(mail.lastError).toMatchObject({ code: "AUTH_FAILED" });
});
