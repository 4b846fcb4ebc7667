/** Whole messages, from a Worker to servers here. */
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionOptions } from "../../lib/session/options.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { ProxyPeer } from "../support/proxy_peer.ts";
import { type MailServer, PASSWORD, serveMail, serveScram, USER } from "./support/mail_servers.ts";
import { type Run, startRig } from "./support/rig.ts";
import type { Workerd } from "./support/workerd.ts";

let pki: Pki;
let workerd: Workerd;
let run: Run;
let servers: { readonly implicit: MailServer; readonly starttls: MailServer; readonly off: MailServer };
let scram: MailServer;

beforeAll(async () => {
  pki = await makePki();
  const identity = pki.servers.good;
  ({ workerd, run } = await startRig(pki.root));
  servers = {
    implicit: await serveMail("implicit", { identity }),
    starttls: await serveMail("starttls", { identity }),
    off: await serveMail("off", { identity, authenticates: false }),
  };
  scram = await serveScram(4096);
});
afterAll(async () => {
  await workerd?.stop();
  await Promise.all([...Object.values(servers), scram].map((server) => server.stop()));
});

const auth = { user: USER, password: PASSWORD };
const message = { from: "Ada <ada@example.com>", to: "bob@example.net", subject: "Hello", text: "Hi Bob\r\n" };
const taken = { accepted: ["bob@example.net"], rejected: 0, code: 250 };

/** What goes to a server. */
function target(tls: "implicit" | "starttls" | "off"): SessionOptions {
  return { host: "localhost", port: servers[tls].port, tls, ...(tls !== "off" && { auth }) };
}

describe("send in workerd", () => {
  test.each(["implicit", "starttls", "off"] as const)("sends a message, TLS %s, and logs on within it", async (tls) => {
    expect(await run("send", { target: target(tls), message })).toEqual({ result: taken });
    expect(servers[tls].mails.at(-1)).toMatchObject({
      from: "ada@example.com",
      to: ["bob@example.net"],
      secure: tls !== "off",
      user: tls === "off" ? undefined : USER,
      raw: expect.stringContaining("\r\n\r\nHi Bob\r\n"),
    });
  });

  test("takes a URL", async () => {
    const url = `smtps://${USER}:${PASSWORD}@localhost:${servers.implicit.port}`;
    expect(await run("send", { target: url, message })).toEqual({ result: taken });
  });

  test("says what a server says to a wrong password, and not the password", async () => {
    const wrong = { ...target("implicit"), auth: { user: USER, password: "not-this-one" } };
    const { error } = await run("send", { target: wrong, message });
    expect(error).toMatchObject({ name: "AuthenticationError", code: "AUTH_FAILED", fate: "unsent" });
    expect(JSON.stringify(error)).not.toContain("not-this-one");
  });

  test("sends no credentials in clear", async () => {
    const { error } = await run("send", { target: { ...target("off"), auth }, message });
    expect(error).toMatchObject({ name: "ConfigError", code: "CONFIG_INSECURE" });
  });

  test("logs on by SCRAM", async () => {
    const insecure = { host: "127.0.0.1", port: scram.port, tls: "off", allowInsecureAuth: true } as const;
    const { result, error } = await run("sendByScram", { target: insecure, user: USER, secret: PASSWORD });
    expect([result, error]).toEqual([{ ...taken, accepted: ["b@example.net"] }, undefined]);
    expect(scram.mails).toMatchObject([{ from: "a@example.com", to: ["b@example.net"] }]);
  });

  test("sends attachments from memory and from streams", async () => {
    const size = 300_000;
    const { result } = await run("sendAttachments", { target: target("starttls"), size });
    expect(result).toEqual(taken);
    const { raw } = servers.starttls.mails.at(-1)!;
    const wanted = Buffer.from(Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8))).toString("base64");
    const parts = raw.split(/\r\n--[^\r\n]+\r\n/).filter((part) => /^content-type: application\/octet/im.test(part));
    expect(parts).toHaveLength(2);
    for (const part of parts) {
      const body = part.slice(part.indexOf("\r\n\r\n")).replace(/\r\n--[^]*$/, "").replace(/\s/g, "");
      expect(body === wanted).toBe(true);
    }
  });

  test("signs by DKIM", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    expect((await run("sendSigned", { target: target("implicit"), key })).result).toEqual(taken);
    const record = `v=DKIM1; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;
    const { results } = await dkimVerify(Buffer.from(servers.implicit.mails.at(-1)!.raw, "latin1"), {
      resolver: (name: string) =>
        name === "s1._domainkey.example.com" ? Promise.resolve([[record]]) : Promise.reject(new Error(name)),
    } as never);
    expect(results.map(({ status, signingDomain }) => [status.result, signingDomain])).toEqual([[
      "pass",
      "example.com",
    ]]);
  });
});

test("SmtpClient.sendAll in workerd sends what it says it has sent", async () => {
  const before = servers.starttls.mails.length;
  expect(await run("sendAll", { target: target("starttls"), count: 200 })).toEqual({ result: { sent: 200 } });
  expect(servers.starttls.mails.length - before).toBe(200);
});

test("Session in workerd works beside others", async () => {
  const { result } = await run("together", { target: target("implicit"), count: 5 });
  expect(result).toHaveLength(5);
});

test("UPopMail in workerd logs on, sends and logs off", async () => {
  const place = `localhost+${servers.starttls.port}`;
  const { result } = await run("uniface", { place, user: USER, secret: PASSWORD });
  expect(result).toEqual({ statuses: [0, 0, 0, 0, 0, 0, 0, 0, 0] });
  expect(servers.starttls.mails.at(-1)).toMatchObject({ to: ["bob@example.net", "carol@example.net"], user: USER });
});

describe("what there is not in workerd", () => {
  test("files are an error that says so", async () => {
    const { result } = await run("files", undefined);
    const files = { code: "RUNTIME_UNSUPPORTED", feature: "files" };
    const cause = expect.stringContaining("the runtime workers has no files");
    expect(result).toMatchObject([files, files, { code: "CONTENT_FAILED", cause }]);
  });

  test("TLS through a proxy is an error before anything is connected, and a message in clear goes through", async () => {
    const peer = new ProxyPeer();
    try {
      const proxyPort = await peer.listen({ kind: "socks5" });
      const { error } = await run("sendThrough", { target: target("implicit"), proxyPort });
      expect(error).toMatchObject({ name: "UnsupportedError", code: "RUNTIME_UNSUPPORTED", feature: "proxy" });
      expect(await peer.seen(proxyPort)).toMatchObject({ asked: [] });
      const { result } = await run("sendThrough", { target: target("off"), proxyPort });
      expect(result).toMatchObject({ code: 250 });
    } finally {
      await peer.stop();
    }
  });

  test.each([
    ["localAddress", { localAddress: "127.0.0.2" }],
    ["path", { path: "/run/smtp.sock", host: undefined, port: undefined }],
  ])("%s is an error", async (feature, options) => {
    const { error } = await run("send", { target: { ...target("off"), ...options }, message });
    expect(error).toMatchObject({ name: "UnsupportedError", code: "RUNTIME_UNSUPPORTED", feature });
  });
});

test("SmtpClient that outlives its request opens a session anew, and sends each message once", async () => {
  const before = servers.off.mails.length;
  const first = await run("keep", { target: target("off"), message });
  expect(first.result).toEqual(taken);
  const second = await run("keep", { target: target("off"), message });
  // This server takes a message in several steps: the session is found to be of no use before the content went out.
  expect(second).toEqual({ result: taken });
  expect(servers.off.mails.length - before).toBe(2);
});

test("SmtpClient that outlives its request keeps to the deadline of the next one", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const hanging = { host: "127.0.0.1", port: (silent.address() as AddressInfo).port, tls: "off" } as const;
  expect(await run("leave", { target: hanging, message })).toEqual({ result: {} });
  const { error } = await run("leave", { target: hanging, message });
  expect(error).toMatchObject({ name: "TimeoutError", code: "TIMEOUT", fate: "unsent" });
  silent.close();
});
