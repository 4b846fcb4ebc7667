/**
 * What servers make of an envelope's options and of commands between messages: DSN, REQUIRETLS, VRFY, XCLIENT, XFORWARD;
 * and LMTP.
 *
 * @module
 */

import { afterAll, expect, test } from "vitest";
import {
  dsn,
  expn,
  help,
  lmtp,
  prefer,
  type ReplyInfo,
  requireTls,
  Session,
  SmtpClient,
  tlsProfile,
  vrfy,
  xclient,
  xforward,
} from "../../mod.ts";
import type { MailServer } from "./support/mail_server.ts";
import { startNpmServer } from "./support/npm_server.ts";
import { startPostfix } from "./support/postfix.ts";

const postfix = await startPostfix();
const npm = await startNpmServer();
afterAll(async () => {
  await Promise.all([postfix.stop(), npm.stop()]);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };

function open(server: MailServer, listener = "relay"): Promise<Session> {
  return Session.open({ host: "127.0.0.1", port: server.port(listener), tls: "off" });
}

/** What the log says behind a text, once it is there. */
async function logged(pattern: RegExp): Promise<RegExpExecArray> {
  for (let tries = 0; tries < 500; tries++) {
    const found = pattern.exec(await postfix.log());
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the log has no ${pattern}`);
}

function queueId({ text }: ReplyInfo): string {
  return /queued as (\w+)/i.exec(text)![1]!;
}

test("Postfix sends the notification that dsn asks for, and none to a recipient who is to have none", async () => {
  await using session = await open(postfix, "plain");
  const option = dsn({
    notify: ["success", "failure", "delay"],
    return: "headers",
    envelopeId: "order 47+11=",
    recipients: {
      "quiet@example.test": { notify: "never" },
      "carol@example.test": { originalRecipient: '"carol s"@example.org' },
      "pelé@example.test": { notify: ["success"] },
    },
  });
  const to = ["bob@example.test", "carol@example.test", "quiet@example.test", "pelé@example.test"];
  const { reply, notGranted } = await session.send({ ...MESSAGE, to, envelope: { options: [option] } });
  expect(notGranted).toEqual([]);
  const [, id] = await logged(new RegExp(`${queueId(reply)}: sender delivery status notification: (\\w+)`));
  const queued = { reply: { text: `queued as ${id}` }, accepted: ["ada@posthaste.test"] };
  const text = new TextDecoder().decode((await postfix.delivered(queued)).content);
  expect(text).toContain("Original-Envelope-Id: order 47+11=");
  expect(text).toContain("Original-Recipient: rfc822;bob@example.test");
  expect(text).toMatch(/Original-Recipient: rfc822;"?carol s"?@example\.org/);
  expect(text).toContain("Original-Recipient: utf-8;pelé@example.test");
  expect(text).not.toContain("Final-Recipient: rfc822; quiet@example.test");
});

test("smtp-server reads what dsn writes", async () => {
  await using session = await open(npm);
  const option = dsn({
    notify: ["failure"],
    return: "full",
    envelopeId: "a b",
    recipients: { "c@d.test": { notify: "never" } },
  });
  const receipt = await session.send({ ...MESSAGE, to: [MESSAGE.to, "c@d.test"], envelope: { options: [option] } });
  const { details } = await npm.delivered(receipt);
  expect(JSON.parse(details.dsn!)).toEqual([
    { ret: "FULL", envid: "a b" },
    { notify: ["FAILURE"], orcpt: "rfc822;bob@example.test" },
    { notify: ["NEVER"] },
  ]);
});

test("smtp-server takes REQUIRETLS over TLS that was verified, and is not asked for it over other TLS", async () => {
  const caCertificate = await npm.pki("ca.crt");
  for (const verifyServerName of [true, false]) {
    await using session = await Session.open({
      host: "127.0.0.1",
      port: npm.port("require_tls"),
      tls: "implicit",
      profile: tlsProfile({ caCertificate, verifyServerName }),
    });
    expect(session.extensions.has("REQUIRETLS")).toBe(true);
    const receipt = await session.send({ ...MESSAGE, envelope: { options: [prefer(requireTls())] } });
    expect(receipt.notGranted).toEqual(verifyServerName ? [] : ["REQUIRETLS"]);
    expect((await npm.delivered(receipt)).details.requireTls).toBe(String(verifyServerName));
  }
});

test("Postfix answers VRFY, EXPN, HELP and any other line, between messages", async () => {
  await using session = await open(postfix, "plain");
  const [first, known, list, commands, noop, second] = await Promise.all([
    session.send(MESSAGE),
    session.command(vrfy("bob@example.test")),
    session.command(expn("staff")),
    session.command(help()),
    session.command("NOOP just so"),
    session.send(MESSAGE),
  ]);
  expect([known.code, list.code, commands.code, noop.code]).toEqual([252, 500, 500, 250]);
  expect(known.lines).toEqual(["bob@example.test"]);
  await Promise.all([postfix.delivered(first), postfix.delivered(second)]);
});

test("Postfix logs what xforward tells of one message, also behind one that was refused", async () => {
  await using session = await open(postfix);
  const refused = await session.send({ ...MESSAGE, to: "nobody@posthaste.test" }).catch((error) => error);
  expect(refused).toMatchObject({ name: "RejectedError" });
  const attributes = {
    name: "client.example.net",
    addr: "192.0.2.7",
    proto: "ESMTP",
    helo: "a+b",
    ident: null,
  } as const;
  const answer = await session.command(xforward({ ...attributes, source: "REMOTE" }));
  expect(answer.code).toBe(250);
  const forwarded = await session.send(MESSAGE);
  const own = await session.send(MESSAGE);
  await logged(new RegExp(`${queueId(forwarded.reply)}: client=.*orig_client=client.example.net\\[192\\.0\\.2\\.7\\]`));
  const [line] = await logged(new RegExp(`${queueId(own.reply)}: client=.*`));
  expect(line).not.toContain("192.0.2.7");
});

test("Postfix takes the session for the client that xclient names, for all that is sent behind it", async () => {
  await using session = await open(postfix);
  const [before, answer, after] = await Promise.all([
    session.send(MESSAGE),
    session.command(xclient({ helo: "client.example.net", name: "client.example.net", addr: "192.0.2.7" })),
    session.send({ ...MESSAGE, envelope: { options: [dsn({ notify: "never" })] } }),
  ]);
  expect(answer.code).toBe(220);
  await logged(new RegExp(`${queueId(before.reply)}: client=.*\\[127\\.0\\.0\\.1\\]`));
  await logged(new RegExp(`${queueId(after.reply)}: client=client\\.example\\.net\\[192\\.0\\.2\\.7\\]`));
  // It is not trusted any more.
  expect(session.extensions.has("XCLIENT")).toBe(false);
  await expect(session.command(xclient({ addr: "192.0.2.8" }))).rejects.toMatchObject({ feature: "XCLIENT" });
  await session.send(MESSAGE);
});

test("smtp-server takes the session for the client that xclient names, and hears what xforward tells", async () => {
  await using session = await open(npm);
  await session.command(xforward({ addr: "2001:db8::7" }));
  const forwarded = await npm.delivered(await session.send(MESSAGE));
  expect(forwarded.details.forwarded).toMatch(/2001:db8::7$/i);
  await session.command(xclient({ addr: "192.0.2.7", login: "ada lovelace" }));
  const { details } = await npm.delivered(await session.send(MESSAGE));
  expect([details.client, details.user]).toEqual(["192.0.2.7", "ada lovelace"]);
});

test("smtp-server says by LMTP for each recipient whether it was delivered, message behind message", async () => {
  const options = { host: "127.0.0.1", port: npm.port("lmtp"), tls: "off", protocol: lmtp } as const;
  await using client = new SmtpClient(options);
  const to = ["bob@example.test", "nobody@example.test", "full@example.test", "eve@example.test"];
  const receipts = await Promise.all([1, 2, 3].map(() => client.send({ ...MESSAGE, to })));
  for (const receipt of receipts) {
    expect(receipt.accepted).toEqual(["bob@example.test", "eve@example.test"]);
    expect(receipt.rejected.map(({ recipient, reply }) => [recipient, reply.code, reply.enhanced])).toEqual([
      ["nobody@example.test", 550, "5.1.1"],
      ["full@example.test", 452, "4.2.2"],
    ]);
    expect((await npm.delivered(receipt)).details.protocol).toBe("LMTP");
  }
  await expect(client.send({ ...MESSAGE, to: "full@example.test" })).rejects.toMatchObject({
    name: "RejectedError",
    phase: "final",
    fate: "deferred",
  });
});
