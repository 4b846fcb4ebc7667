/**
 * TLS with real servers: whom a profile trusts, by which name, in which version, and with whose certificate.
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssignmentFile, ConnectionError, Session, tlsProfile } from "../../mod.ts";
import { startPostfix } from "./support/postfix.ts";
import { ADA } from "./support/users.ts";

const postfix = await startPostfix();
const folder = await mkdtemp(join(tmpdir(), "posthaste-profiles-"));
afterAll(async () => {
  await Promise.all([postfix.stop(), rm(folder, { recursive: true })]);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };
const caCertificate = await postfix.pki("ca.crt");

const serverPin = pinOf(await postfix.pki("server.crt"));
const intermediatePin = pinOf(await postfix.pki("intermediate.crt"));
const otherPin = pinOf(await postfix.pki("other_ca.crt"));
const selfSigned = await postfix.pki("self_signed.crt");
const otherCa = await postfix.pki("other_ca.crt");
const clientCertificate = await postfix.pki("client.crt");
const clientKey = await postfix.pki("client.key");

type Settings = Parameters<typeof tlsProfile>[0];

/** Opens a session with TLS, as the listener has it. */
function open(listener: string, settings: Settings): Promise<Session> {
  const tls = listener.includes("implicit") ? "implicit" : "starttls";
  return Session.open({ host: "127.0.0.1", port: postfix.port(listener), tls, profile: tlsProfile(settings) });
}

async function failureOf(promise: Promise<Session>): Promise<ConnectionError> {
  return await promise.then((session) => {
    session.abort();
    return expect.unreachable("the server was taken");
  }, (error) => error);
}

/** The pin of a certificate: base64 SHA-256 of its SubjectPublicKeyInfo. */
function pinOf(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

describe("a profile's ca_certificate", () => {
  test.each(["plain", "implicit"])("is trusted by Session.open (%s)", async (listener) => {
    await using session = await open(listener, { caCertificate });
    expect(session.tls).toMatchObject({ verified: true });
    expect(session.extensions.has("STARTTLS")).toBe(false);
  });

  test("is trusted for a host by its name", async () => {
    await using session = await Session.open({
      host: "localhost",
      port: postfix.port("plain"),
      tls: "starttls",
      profile: tlsProfile({ caCertificate }),
    });
    expect(session.tls?.verified).toBe(true);
  });

  test("is read by Session.open from an assignment file, for TLS: and for STARTTLS", async () => {
    await writeFile(join(folder, "ca.pem"), caCertificate);
    const path = join(folder, "mail.asn");
    await writeFile(
      path,
      [
        "; where the tests' CA is",
        "[NET_SETTINGS]",
        "smtp_profile = verify_server=yes, %\\",
        "               ca_certificate=ca.pem",
        "[DRIVER_SETTINGS]",
        "USYS$TLS_PARAMS ca_cert=ca.pem",
        "",
      ].join("\n"),
    );
    const profiles = await AssignmentFile.load(path);
    const implicit = `TLS:127.0.0.1+${postfix.port("implicit")}:smtp_profile`;
    await using direct = await Session.open(implicit, { profiles, auth: ADA });
    await postfix.delivered(await direct.send(MESSAGE));
    expect(direct.tls?.verified).toBe(true);
    await using upgraded = await Session.open(`TCP:127.0.0.1+${postfix.port("submission")}`, {
      profiles,
      tls: "starttls",
      auth: ADA,
    });
    await postfix.delivered(await upgraded.send(MESSAGE));
    expect(upgraded.tls?.verified).toBe(true);
  });

  test("is read by AssignmentFile.parse from a text with absolute names", async () => {
    const profiles = AssignmentFile.parse(`[NET_SETTINGS]\nmail = ca_certificate=${postfix.pkiPath("ca.crt")}\n`);
    await using session = await Session.open(`TLS:127.0.0.1+${postfix.port("implicit")}:mail`, { profiles, auth: ADA });
    await postfix.delivered(await session.send(MESSAGE));
  });
});

describe("a server's certificate", () => {
  const refusals: readonly [what: string, listener: string, settings: Settings, reason: string][] = [
    ["of a CA that only the tests know", "plain", {}, "untrusted"],
    ["of a CA that only the tests know", "implicit", {}, "untrusted"],
    ["of another CA", "untrusted", { caCertificate }, "untrusted"],
    ["signed by itself", "self_signed", { caCertificate }, "untrusted"],
    ["that has expired", "expired", { caCertificate }, "expired"],
    ["for another host", "wrong_host", { caCertificate }, "name_mismatch"],
    ["for another host", "wrong_host_implicit", { caCertificate }, "name_mismatch"],
    ["without the name asked for", "plain", {
      caCertificate,
      verifyServerName: [{ type: "DNS", name: "elsewhere.test" }],
    }, "name_mismatch"],
    ["without the pinned key", "plain", { caCertificate, pinSha256: [otherPin] }, "pin_mismatch"],
    ["without the pinned key", "implicit", { caCertificate, pinSha256: [otherPin] }, "pin_mismatch"],
  ];
  test.each(refusals)("%s is refused by Session.open (%s)", async (_, listener, settings, reason) => {
    const failure = await failureOf(open(listener, settings));
    expect(failure).toBeInstanceOf(ConnectionError);
    const code = listener.includes("implicit") ? "TLS_FAILED" : "STARTTLS_FAILED";
    expect(failure).toMatchObject({ code, reason, fate: "unsent", retryable: false });
  });

  const acceptances: readonly [what: string, listener: string, settings: Settings, verified: boolean][] = [
    ["for another host where any name will do", "wrong_host", { caCertificate, verifyServerName: false }, true],
    ["with the name asked for", "wrong_host_implicit", {
      caCertificate,
      verifyServerName: [{ type: "DNS", name: "other.example" }],
    }, true],
    ["with the name asked for", "wrong_host", {
      caCertificate,
      verifyServerName: [{ type: "DNS", name: "other.example" }],
    }, true],
    ["that is its own CA", "self_signed", { caCertificate: selfSigned }, true],
    ["of the second CA in the profile", "untrusted", { caCertificate: caCertificate + otherCa }, true],
    ["of any kind where none is verified", "expired", { verifyServer: false }, false],
    ["with the pinned key", "plain", { caCertificate, pinSha256: [serverPin] }, true],
    ["of the pinned CA", "implicit", { caCertificate, pinSha256: [intermediatePin] }, true],
  ];
  test.each(acceptances)("%s is taken by Session.open (%s)", async (_, listener, settings, verified) => {
    await using session = await open(listener, settings);
    expect(session.tls?.verified).toBe(verified);
  });
});

describe("a profile's TLS versions", () => {
  test.each(
    [
      ["tls12", {}, "TLSv1.2"],
      ["tls13", {}, "TLSv1.3"],
      ["plain", { maxTlsVersion: "1.2" }, "TLSv1.2"],
      ["implicit", { minTlsVersion: "1.3" }, "TLSv1.3"],
    ] as const,
  )("are kept by Session.open (%s, %o): %s", async (listener, versions, protocol) => {
    const before = await handshakes(protocol);
    await using session = await open(listener, { caCertificate, ...versions });
    expect(session.tls?.verified).toBe(true);
    // Deno's own TLS does not tell the version; the server does, in its log, which may lag behind.
    expect(session.tls?.protocol ?? protocol).toBe(protocol);
    await session.close();
    await expect.poll(() => handshakes(protocol), { timeout: 10_000 }).toBeGreaterThan(before);
  });

  test.each(
    [
      ["tls12", { minTlsVersion: "1.3" }],
      ["tls13", { maxTlsVersion: "1.2" }],
    ] as const,
  )("are an error of Session.open where the server has none of them (%s)", async (listener, versions) => {
    const failure = await failureOf(open(listener, { caCertificate, ...versions }));
    expect(failure).toMatchObject({ code: "STARTTLS_FAILED", reason: "handshake" });
  });

  /** How many handshakes the server has logged with a version. */
  async function handshakes(protocol: string): Promise<number> {
    const lines = (await postfix.log()).split("\n");
    return lines.filter((line) => line.includes("TLS connection established") && line.includes(protocol)).length;
  }
});

describe("a profile's client_certificate", () => {
  test.each(["client_certificate", "client_certificate_implicit"])("lets Session.open in (%s)", async (listener) => {
    await using session = await open(listener, { caCertificate, clientCertificate, clientKey });
    await postfix.delivered(await session.send(MESSAGE));
  });

  test("lets Session.open in with an encrypted key", async () => {
    await using session = await open("client_certificate", {
      caCertificate,
      clientCertificate,
      clientKey: await postfix.pki("client.encrypted.key"),
      clientKeyPassword: "correct horse",
    });
    await postfix.delivered(await session.send(MESSAGE));
  });

  test("is refused by Session.open when the key's pass phrase is wrong, which it does not repeat", async () => {
    const failure = await failureOf(open("client_certificate", {
      caCertificate,
      clientCertificate,
      clientKey: await postfix.pki("client.encrypted.key"),
      clientKeyPassword: "not-the-phrase",
    }));
    expect(failure.name).toBe("ConfigError");
    expect(failure.message).not.toContain("not-the-phrase");
  });

  test.each(["client_certificate", "client_certificate_implicit"])("is missed by the server (%s)", async (listener) => {
    const failure = await failureOf(open(listener, { caCertificate }));
    expect(failure.sessionUsable).toBe(false);
    expect(failure.message).toMatch(/client certificate/i);
  });

  test("is refused by the server when another authority issued it", async () => {
    const failure = await failureOf(open("client_certificate", {
      caCertificate,
      clientCertificate: await postfix.pki("stranger.crt"),
      clientKey: await postfix.pki("stranger.key"),
    }));
    expect(failure.sessionUsable).toBe(false);
    expect(failure.message).toMatch(/certificate/i);
  });

  test("that is missing is a failure of Session.open with no message under way", async () => {
    const failure = await failureOf(open("client_certificate", { caCertificate }));
    expect(failure).toMatchObject({ fate: "unsent", reply: { code: 421 } });
  });
});

test("Session.open says that a server does not speak TLS", async () => {
  const failure = await failureOf(Session.open({
    host: "127.0.0.1",
    port: postfix.port("plain"),
    tls: "implicit",
    profile: tlsProfile({ caCertificate }),
  }));
  expect(failure).toMatchObject({ code: "TLS_FAILED", reason: "handshake", fate: "unsent" });
});
