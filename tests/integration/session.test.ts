/**
 * Sessions and clients over many messages: reuse, order, idling servers, cancelling, and what a server makes of it.
 *
 * @module
 */

import { afterAll, expect, test } from "vitest";
import { type Receipt, send, Session, SmtpClient } from "../../mod.ts";
import { octetText } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";
import { trusting } from "./support/profiles.ts";
import { octets, streamOf } from "./support/samples.ts";
import { ADA } from "./support/users.ts";

const postfix = await startPostfix();
afterAll(() => postfix.stop());

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };
const plain = { host: "127.0.0.1", port: postfix.port("plain"), tls: "off" } as const;

/** Waits until the server has logged such a line. */
async function logged(pattern: RegExp): Promise<void> {
  let log = "";
  for (let wait = 0; wait < 100 && !pattern.test(log); wait++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    log = await postfix.log();
  }
  expect(log).toMatch(pattern);
}

test.each([true, false])(
  "Session.send sends many messages over one connection, by BDAT %s, and ends it by QUIT",
  async (chunking) => {
    const session = await Session.open({
      host: "127.0.0.1",
      port: postfix.port("submission"),
      chunking,
      tls: "starttls",
      profile: await trusting(postfix),
      auth: ADA,
    });
    const receipts = [];
    for (let index = 0; index < 100; index++) {
      receipts.push(
        await session.send({ ...MESSAGE, subject: `Message ${index}`, text: `${index}\n`.repeat(index * 10) }),
      );
    }
    await session.close();
    expect(new Set(receipts.map(({ messageId }) => messageId)).size).toBe(100);
    for (const [index, receipt] of receipts.entries()) {
      expect(octetText(await postfix.delivered(receipt))).toContain(`Subject: Message ${index}\r\n`);
    }
    const by = chunking ? "bdat" : "data";
    await logged(new RegExp(`: disconnect from .* ehlo=2 starttls=1 auth=1 mail=100 rcpt=100 ${by}=100 quit=1 `));
  },
);

test("Session.send takes messages without waiting for each other, and every receipt is its own message's", async () => {
  await using session = await Session.open(plain);
  const receipts = await Promise.all(Array.from({ length: 50 }, (_, index) => {
    const attachments = index % 5 === 0 ? [{ filename: "x.bin", content: streamOf(octets(50_000), 4_096) }] : [];
    return session.send({ ...MESSAGE, to: `user${index}@example.test`, subject: `Concurrent ${index}`, attachments });
  }));
  for (const [index, receipt] of receipts.entries()) {
    const delivered = await postfix.delivered(receipt);
    expect(delivered.recipients).toEqual([`user${index}@example.test`]);
    expect(octetText(delivered)).toContain(`Subject: Concurrent ${index}\r\n`);
    expect(octetText(delivered)).toContain(`<${receipt.messageId}>`);
  }
});

test("Session.send keeps verdicts apart among messages that are under way together", async () => {
  await using session = await Session.open(plain);
  const to = ["bob@example.test", "nobody@posthaste.test", "later@posthaste.test", "carol@example.test"];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 24 }, (_, index) => session.send({ ...MESSAGE, to: to[index % 4]! })),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(
    Array.from({ length: 24 }, (_, index) => index % 4 === 0 || index % 4 === 3 ? "fulfilled" : "rejected"),
  );
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") {
      expect((await postfix.delivered(outcome.value)).recipients).toEqual([to[index % 4]]);
    } else expect(outcome.reason.fate).toBe(index % 4 === 1 ? "rejected" : "deferred");
  }
});

test("Session.send takes hundreds of recipients and tells the refused ones apart", async () => {
  await using session = await Session.open(plain);
  const to = Array.from({ length: 300 }, (_, index) => `user${index}@example.test`);
  const refused = ["nobody@posthaste.test", "later@posthaste.test", "full@posthaste.test"];
  const receipt = await session.send({ ...MESSAGE, to: [...to.slice(0, 100), ...refused, ...to.slice(100)] });
  expect(receipt.accepted).toEqual(to);
  expect(receipt.rejected.map(({ recipient, reply }) => [recipient, reply.code])).toEqual([
    ["nobody@posthaste.test", 550],
    ["later@posthaste.test", 451],
    ["full@posthaste.test", 552],
  ]);
  expect((await postfix.delivered(receipt)).recipients).toEqual([...to].sort());
});

test("Session.send after the server hung up for idleness is an error that says the message is unsent", async () => {
  await using session = await Session.open({ ...plain, port: postfix.port("impatient") });
  await postfix.delivered(await session.send(MESSAGE));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await expect(session.send(MESSAGE)).rejects.toMatchObject({ fate: "unsent", retryable: true });
});

test("SmtpClient.send opens another session where the server hung up for idleness", async () => {
  await using client = new SmtpClient({ ...plain, port: postfix.port("impatient") });
  await postfix.delivered(await client.send(MESSAGE));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await postfix.delivered(await client.send(MESSAGE));
});

test("SmtpClient.send delivers messages that are sent all at once", async () => {
  await using client = new SmtpClient(plain);
  const receipts = await Promise.all(
    Array.from({ length: 60 }, (_, index) => client.send({ ...MESSAGE, subject: `At once ${index}` })),
  );
  for (const [index, receipt] of receipts.entries()) {
    expect(octetText(await postfix.delivered(receipt))).toContain(`Subject: At once ${index}\r\n`);
  }
});

test("send sends one message by a URL and logs off", async () => {
  const receipt = await send(`smtp://127.0.0.1:${plain.port}?tls=off`, MESSAGE);
  await postfix.delivered(receipt);
  await logged(/: disconnect from .* ehlo=1 mail=1 rcpt=1 bdat=1 quit=1 /);
});

test("Session.send keeps the messages of a window apart, whichever of them are refused", async () => {
  await using session = await Session.open({ ...plain, window: 20 });
  const outcomes = await Promise.allSettled(Array.from({ length: 60 }, (_, index) => {
    const to = index % 7 === 3 ? "nobody@posthaste.test" : `r${index}@example.test`;
    return session.send({ ...MESSAGE, from: `s${index}@posthaste.test`, to, subject: `In a window ${index}` });
  }));
  for (const [index, outcome] of outcomes.entries()) {
    if (index % 7 === 3) expect(outcome).toMatchObject({ reason: { phase: "rcpt", fate: "rejected" } });
    else if (outcome.status === "rejected") throw outcome.reason;
    else expect(octetText(await postfix.delivered(outcome.value))).toContain(`Subject: In a window ${index}\r\n`);
  }
  const log = await postfix.log();
  for (const [index, outcome] of outcomes.entries()) {
    const id = outcome.status === "fulfilled" ? / as (\w+)/.exec(outcome.value.reply.text)?.[1] : undefined;
    if (id !== undefined) expect(log).toContain(`${id}: from=<s${index}@posthaste.test>`);
  }
});

test.each([true, false])(
  "Session.send delivers nothing when it is cancelled in its content, by BDAT %s",
  async (chunking) => {
    await using session = await Session.open({ ...plain, chunking });
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let piece = 0;; piece++) {
        if (piece === 20) controller.abort(new Error("changed my mind"));
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield octets(1_000);
      }
    }
    const attachments = [{ filename: "endless.bin", content: endless() }];
    await expect(session.send({ ...MESSAGE, to: "cancelled@example.test", attachments }, { signal: controller.signal }))
      .rejects.toThrow(
        "changed my mind",
      );
    // Between two chunks a message can be given up; in mid-DATA only the session can.
    if (chunking) await postfix.delivered(await session.send(MESSAGE));
    else await logged(/: lost connection after DATA/);
    expect(await postfix.log()).not.toContain("to=<cancelled@example.test>");
  },
);

test("SmtpClient.sendAll goes on in new sessions with a server that is tired of refusing, and sends nothing twice", async () => {
  // So many refusals in a row that the server says 421 (smtpd_hard_error_limit).
  const isRefused = (index: number) => index >= 40 && index < 160;
  const letters = Array.from({ length: 240 }, (_, index) => {
    const to = isRefused(index) ? "nobody@posthaste.test" : `a${index}@example.test`;
    return { ...MESSAGE, to, subject: `Letter ${index}` };
  });
  await using client = new SmtpClient(plain, { pool: { size: 2, backOff: { first: 10 } } });
  const receipts = new Map<number, Receipt>();
  for await (const { index, receipt, error } of client.sendAll(letters, { window: 60 })) {
    if (receipt !== undefined) receipts.set(index, receipt);
    else expect(error).toMatchObject({ name: "RejectedError", fate: "rejected", reply: { code: 550 } });
  }
  expect([...receipts.keys()].sort((a, b) => a - b)).toEqual(letters.map((_, i) => i).filter((i) => !isRefused(i)));
  for (const [index, receipt] of receipts) {
    expect(octetText(await postfix.delivered(receipt))).toContain(`Subject: Letter ${index}\r\n`);
  }
  const log = await postfix.log();
  expect(log).toContain("too many errors after ");
  const taken = log.match(/to=<a\d+@example\.test>/g) ?? [];
  expect([taken.length, new Set(taken).size]).toEqual([120, 120]);
});

test("Session.send after Session.close is a ClosedError", async () => {
  const session = await Session.open(plain);
  await session.close();
  await expect(session.send(MESSAGE)).rejects.toMatchObject({ code: "SESSION_CLOSED", fate: "unsent" });
});

test("Session.close waits for the messages that are under way", async () => {
  const session = await Session.open(plain);
  const sending = [1, 2, 3].map(() => session.send(MESSAGE));
  await session.close();
  for (const receipt of await Promise.all(sending)) await postfix.delivered(receipt);
});
