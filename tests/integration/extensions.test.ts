/**
 * What a server offers decides what is said to it: HELO, SMTPUTF8, 8BITMIME, PIPELINING.
 *
 * @module
 */

import { afterAll, expect, test } from "vitest";
import { Session, UnsupportedError } from "../../mod.ts";
import type { MailServer } from "./support/mail_server.ts";
import { startNpmServer } from "./support/npm_server.ts";
import { octetText, parse } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";

const postfix = await startPostfix();
const npm = await startNpmServer();
afterAll(async () => {
  await Promise.all([postfix.stop(), npm.stop()]);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };

function open(listener: string, server: MailServer = postfix): Promise<Session> {
  return Session.open({ host: "127.0.0.1", port: server.port(listener), tls: "off" });
}

test("Session.open falls back to HELO where EHLO is refused, and sends what needs no extension", async () => {
  await using session = await open("helo");
  expect([...session.extensions]).toEqual([]);
  const delivered = await postfix.delivered(await session.send({ ...MESSAGE, text: "Grüße\n" }));
  expect(delivered.details.protocol).toBe("SMTP");
  expect((await parse(delivered)).text).toBe("Grüße\n");
  await expect(session.send({ ...MESSAGE, to: "jürgen@example.test" })).rejects.toBeInstanceOf(UnsupportedError);
});

test("Session.extensions holds what the server offers, with parameters", async () => {
  await using session = await open("plain");
  expect(session.extensions.get("SIZE")).toBe("52428800");
  for (const keyword of ["PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "ENHANCEDSTATUSCODES", "STARTTLS"]) {
    expect(session.extensions.get(keyword)).toBe("");
  }
  await using less = await open("no_8bitmime");
  for (const keyword of ["8BITMIME", "SMTPUTF8", "CHUNKING"]) expect(less.extensions.has(keyword)).toBe(false);
});

// Postfix refuses such addresses in a transaction without the parameter SMTPUTF8 (strict_smtputf8 in main.cf).
test.each([["Postfix", postfix], ["smtp-server", npm]] as const)(
  "Session.send reaches addresses outside ASCII with SMTPUTF8 (%s)",
  async (_, server) => {
    await using session = await open("plain", server);
    const receipt = await session.send({
      ...MESSAGE,
      from: { name: "Zoë", address: "zoë@posthaste.test" },
      to: ["jürgen@example.test", "bob@example.test"],
    });
    const delivered = await server.delivered(receipt);
    expect(delivered.sender).toBe("zoë@posthaste.test");
    expect(delivered.recipients).toEqual(["bob@example.test", "jürgen@example.test"]);
    const mail = await parse(delivered);
    expect(mail.from[0]).toEqual({ name: "Zoë", address: "zoë@posthaste.test" });
    expect(mail.to.map(({ address }) => address)).toEqual(["jürgen@example.test", "bob@example.test"]);
  },
);

test.each([["Postfix", postfix, "no_smtputf8"], ["smtp-server", npm, "no_extensions"]] as const)(
  "Session.send is an UnsupportedError for addresses outside ASCII without SMTPUTF8 (%s)",
  async (_, server, listener) => {
    await using session = await open(listener, server);
    for (
      const fields of [{ to: "jürgen@example.test" }, { from: "zoë@posthaste.test" }, { bcc: "ünknown@example.test" }]
    ) {
      const failure = await session.send({ ...MESSAGE, ...fields }).catch((error) => error);
      expect(failure).toBeInstanceOf(UnsupportedError);
      expect(failure).toMatchObject({ code: "EXTENSION_UNSUPPORTED", feature: "SMTPUTF8", sessionUsable: true });
    }
    await server.delivered(await session.send(MESSAGE));
  },
);

test("Session.send needs no SMTPUTF8 for a domain outside ASCII", async () => {
  await using session = await open("no_smtputf8");
  const delivered = await postfix.delivered(await session.send({ ...MESSAGE, to: "bob@bücher.test" }));
  expect(delivered.recipients).toEqual(["bob@xn--bcher-kva.test"]);
});

test("Session.send sends 8-bit content as it is with 8BITMIME, and not at all without", async () => {
  const raw = new TextEncoder().encode(
    "Subject: raw\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße ☃\r\n",
  );
  const message = { raw, envelope: { from: MESSAGE.from, to: MESSAGE.to } };
  await using able = await open("plain");
  const delivered = await postfix.delivered(await able.send(message));
  expect(delivered.content).toEqual(raw);
  await using unable = await open("no_8bitmime");
  const failure = await unable.send(message).catch((error) => error);
  expect(failure).toBeInstanceOf(UnsupportedError);
  expect(failure).toMatchObject({ feature: "8BITMIME", fate: "unsent", sessionUsable: true });
});

test("Session.open says the clientName it was given, and a message names no software", async () => {
  await using session = await Session.open({
    host: "127.0.0.1",
    port: postfix.port("plain"),
    tls: "off",
    clientName: "client.posthaste.test",
  });
  const delivered = await postfix.delivered(await session.send(MESSAGE));
  expect(delivered.details.helo).toBe("client.posthaste.test");
  expect(octetText(delivered)).not.toMatch(/^X-Mailer|^User-Agent/im);
});

test("Session.send with pipelining off sends one command at a time", async () => {
  const lines: string[] = [];
  await using session = await Session.open({
    host: "127.0.0.1",
    port: postfix.port("plain"),
    tls: "off",
    pipelining: false,
    log: (direction) => lines.push(direction),
  });
  lines.length = 0;
  await postfix.delivered(await session.send({ ...MESSAGE, to: ["a@example.test", "b@example.test"] }));
  for (let index = 1; index < lines.length; index++) {
    if (lines[index] === "client") expect(lines[index - 1]).not.toBe("client");
  }
});
