/**
 * What servers refuse, and what is left of the message and of the session then.
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import { ContentError, RejectedError, ReplyError, Session, type SessionOptions, UnsupportedError } from "../../mod.ts";
import type { MailServer } from "./support/mail_server.ts";
import { startNpmServer } from "./support/npm_server.ts";
import { octetText } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";
import { octets, streamOf } from "./support/samples.ts";
import { ADA } from "./support/users.ts";

const postfix = await startPostfix();
const npm = await startNpmServer();
afterAll(async () => {
  await Promise.all([postfix.stop(), npm.stop()]);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };

/** Opens a session whose protocol is kept. */
async function openTo(server: MailServer, listener: string): Promise<{ session: Session; lines: string[] }> {
  const lines: string[] = [];
  const session = await Session.open({
    host: "127.0.0.1",
    port: server.port(listener),
    tls: "off",
    log: (direction, text) => lines.push(`${direction}: ${text}`),
  });
  return { session, lines };
}

/** What the promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(() => expect.unreachable("it was accepted"), (error) => error);
}

async function expectUsable(session: Session, server: MailServer): Promise<void> {
  const receipt = await session.send({ ...MESSAGE, subject: "Still here" });
  expect(octetText(await server.delivered(receipt))).toContain("Subject: Still here\r\n");
}

describe.each([
  { name: "Postfix", server: postfix, listener: "plain" },
  { name: "Postfix without PIPELINING", server: postfix, listener: "no_pipelining" },
  { name: "smtp-server", server: npm, listener: "plain" },
  { name: "smtp-server without PIPELINING", server: npm, listener: "no_extensions" },
])("$name", ({ server, listener }) => {
  test("Session.send goes on without a refused recipient and tells which", async () => {
    const { session } = await openTo(server, listener);
    const to = ["bob@example.test", "nobody@posthaste.test", "carol@example.test"];
    const receipt = await session.send({ ...MESSAGE, to });
    expect(receipt.accepted).toEqual(["bob@example.test", "carol@example.test"]);
    expect(receipt.rejected).toMatchObject([{
      recipient: "nobody@posthaste.test",
      reply: { code: 550, enhanced: "5.1.1" },
    }]);
    expect(receipt.rejected[0]!.reply.text).toContain("No such mailbox here");
    expect((await server.delivered(receipt)).recipients).toEqual(["bob@example.test", "carol@example.test"]);
    await session.close();
  });

  test("Session.send to all or none delivers nothing when one is refused", async () => {
    const { session, lines } = await openTo(server, listener);
    const to = ["bob@example.test", "nobody@posthaste.test"];
    const failure = await failureOf(session.send({ ...MESSAGE, to }, { recipients: "all" }));
    expect(failure).toBeInstanceOf(RejectedError);
    expect(failure).toMatchObject({ code: "MESSAGE_REFUSED", phase: "rcpt", fate: "rejected", sessionUsable: true });
    expect((failure as RejectedError).rejected.map(({ recipient }) => recipient)).toEqual(["nobody@posthaste.test"]);
    expect(lines.join("\n")).not.toContain("queued as");
    await expectUsable(session, server);
    await session.close();
  });

  test("Session.send is a RejectedError when every recipient is refused", async () => {
    const { session, lines } = await openTo(server, listener);
    const failure = await failureOf(session.send({ ...MESSAGE, to: "nobody@posthaste.test" }));
    expect(failure).toBeInstanceOf(RejectedError);
    expect(failure).toMatchObject({ fate: "rejected", retryable: false, transient: false, sessionUsable: true });
    expect(failure.message).toContain("nobody@posthaste.test");
    expect(failure.message).toContain("No such mailbox here");
    expect(lines.join("\n")).not.toContain("queued as");
    await expectUsable(session, server);
    await session.close();
  });

  test("Session.send is deferred when a recipient may do better later", async () => {
    const { session } = await openTo(server, listener);
    const failure = await failureOf(
      session.send({ ...MESSAGE, to: ["nobody@posthaste.test", "later@posthaste.test"] }),
    );
    expect(failure).toMatchObject({ fate: "deferred", retryable: true, reply: { code: 451, enhanced: "4.7.1" } });
    expect((failure as RejectedError).rejected).toHaveLength(2);
    await expectUsable(session, server);
    await session.close();
  });

  test("Session.send is a RejectedError when the sender is refused", async () => {
    const { session } = await openTo(server, listener);
    const failure = await failureOf(session.send({ ...MESSAGE, from: "refused-sender@posthaste.test" }));
    expect(failure).toBeInstanceOf(RejectedError);
    expect(failure).toMatchObject({ fate: "rejected", reply: { code: 550, enhanced: "5.7.1" } });
    expect(failure.message).toContain("Sender refused");
    await expectUsable(session, server);
    await session.close();
  });
});

describe.each([{ name: "Postfix", server: postfix }, { name: "smtp-server", server: npm }])("$name", ({ server }) => {
  test("Session.send says no word of a message that is over the server's SIZE", async () => {
    const { session, lines } = await openTo(server, "small");
    expect(session.extensions.get("SIZE")).toBe("20000");
    lines.length = 0;
    const attachments = [{ filename: "large.bin", content: octets(20_000) }];
    const failure = await failureOf(session.send({ ...MESSAGE, attachments }));
    expect(failure).toBeInstanceOf(UnsupportedError);
    expect(failure).toMatchObject({ code: "MESSAGE_TOO_LARGE", feature: "SIZE", fate: "unsent", sessionUsable: true });
    expect(lines).toEqual([]);
    await expectUsable(session, server);
    await session.close();
  });

  test("Session.send hears of a stream that turns out over the server's SIZE", async () => {
    const { session } = await openTo(server, "small");
    const attachments = [{ filename: "large.bin", content: streamOf(octets(60_000), 1_000) }];
    const failure = await failureOf(session.send({ ...MESSAGE, attachments }));
    expect(failure).toBeInstanceOf(RejectedError);
    const inChunks = ["PIPELINING", "CHUNKING"].every((one) => session.extensions.has(one));
    const phase = inChunks ? "content" : "final";
    expect(failure).toMatchObject({ phase, fate: "rejected", reply: { code: 552 } });
    if (inChunks) await expectUsable(session, server);
    await session.close();
  });

  test("Session.send does not deliver half a message when its stream fails", async () => {
    const { session, lines } = await openTo(server, "plain");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield octets(100_000);
      await Promise.resolve();
      throw new Error("disk on fire");
    }
    const attachments = [{ filename: "half.bin", content: failing() }];
    const failure = await failureOf(session.send({ ...MESSAGE, attachments }));
    expect(failure).toBeInstanceOf(ContentError);
    expect(failure).toMatchObject({ code: "CONTENT_FAILED", fate: "unsent" });
    await session.close();
    expect(lines.join("\n")).not.toContain("queued as");
  });
});

test("Session.send is rejected or deferred as the server says after the content", async () => {
  const { session } = await openTo(postfix, "plain");
  const refused = await failureOf(session.send({ ...MESSAGE, subject: "Refuse me" }));
  expect(refused).toBeInstanceOf(RejectedError);
  expect(refused).toMatchObject({ phase: "final", fate: "rejected", rejected: [], sessionUsable: true });
  expect(refused.message).toContain("Content refused");
  const deferred = await failureOf(session.send({ ...MESSAGE, subject: "Defer me" }));
  expect(deferred).toMatchObject({ phase: "final", fate: "deferred", retryable: true, transient: true });
  await expectUsable(session, postfix);
  await session.close();
});

test("Session.send tells which recipients were too many for one transaction", async () => {
  const { session } = await openTo(postfix, "three_recipients");
  const to = ["a", "b", "c", "d", "e"].map((name) => `${name}@example.test`);
  const receipt = await session.send({ ...MESSAGE, to });
  expect(receipt.accepted).toEqual(to.slice(0, 3));
  expect(receipt.rejected.map(({ recipient, reply }) => [recipient, reply.code])).toEqual([
    ["d@example.test", 452],
    ["e@example.test", 452],
  ]);
  expect((await postfix.delivered(receipt)).recipients).toEqual(to.slice(0, 3));
  await session.close();
});

test("Session.open is a ReplyError when the greeting is a refusal", async () => {
  const failure = await failureOf(Session.open({ host: "127.0.0.1", port: postfix.port("refusing"), tls: "off" }));
  expect(failure).toBeInstanceOf(ReplyError);
  expect(failure).toMatchObject({ code: "REPLY_REFUSED", phase: "greeting", reply: { code: 554 } });
});

test("Session.send ends the session when the server closes it in the middle", async () => {
  const { session } = await openTo(postfix, "plain");
  const failure = await failureOf(session.send({ ...MESSAGE, to: "close@posthaste.test" }));
  expect(failure).toMatchObject({ retryable: true, sessionUsable: false, message: expect.stringContaining("421") });
  await expect(session.send(MESSAGE)).rejects.toMatchObject({ fate: "unsent" });
  await session.close();
});

test("Session.open is an UnsupportedError when TLS is required and the server has no STARTTLS", async () => {
  for (const listener of ["helo", "no_keywords", "clear"]) {
    const failure = await failureOf(Session.open({ host: "127.0.0.1", port: postfix.port(listener), tls: "starttls" }));
    expect(failure).toBeInstanceOf(UnsupportedError);
    expect(failure).toMatchObject({ code: "EXTENSION_UNSUPPORTED", phase: "starttls", feature: "STARTTLS" });
  }
});

test("Session.send says that the server wants TLS or AUTH first", async () => {
  const { session } = await openTo(postfix, "submission");
  const failure = await failureOf(session.send(MESSAGE));
  expect(failure).toMatchObject({ fate: "rejected", reply: { code: 530, enhanced: "5.7.0" } });
  expect(failure.message).toContain("STARTTLS");
  await session.close();
});

const LOGIN = { auth: { user: ADA.user, password: ADA.password }, allowInsecureAuth: true };
const BOTH = ["grace@posthaste.test", "bob@example.test"];

test.each([
  ["Postfix", "plain", {}],
  ["Postfix without CHUNKING", "plain", { chunking: false }],
  // Dovecot's server ends when the next message's envelope comes right behind a content by DATA.
  ["Dovecot", "dovecot_submission", LOGIN],
  ["Dovecot without PIPELINING", "dovecot_submission", { ...LOGIN, pipelining: false }],
])(
  "Session.send sends to all or to none, several messages at once: %s",
  async (_, listener, options: SessionOptions) => {
    const port = postfix.port(listener);
    await using session = await Session.open({ host: "127.0.0.1", port, tls: "off", ...options });
    const messages = ["one", "two", "three"].map((subject) => ({ ...MESSAGE, to: BOTH, subject }));
    const refused = session.send({ ...MESSAGE, to: ["grace@posthaste.test", "nobody@posthaste.test"] }, {
      recipients: "all",
    })
      .catch((error) => error);
    const receipts = await Promise.all(messages.map((message) => session.send(message, { recipients: "all" })));
    expect(await refused).toBeInstanceOf(RejectedError);
    for (const [index, receipt] of receipts.entries()) {
      const delivered = await postfix.delivered(receipt);
      expect(octetText(delivered)).toContain(`Subject: ${messages[index]!.subject}\r\n`);
      expect(delivered.recipients.toSorted()).toEqual(BOTH.toSorted());
    }
    expect(session.closed).toBeUndefined();
  },
);
