import { Buffer } from "node:buffer";
import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { fateOf } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { LARGE, openSession, raw, rejection, settle, streamed } from "./support.ts";

const EXTENSIONS = ["PIPELINING", "CHUNKING", "8BITMIME"];

async function* pieces(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield LARGE;
}

test("Session.send sends content that is not in memory in chunks, each in one write with its length", async () => {
  const { session, server, wire } = await openSession({ extensions: EXTENSIONS });
  await session.send(streamed(() => pieces(5)));
  expect(server.taken).toMatchObject([{ content: LARGE.repeat(5), chunks: Array(5).fill(LARGE.length) }]);
  const chunks = wire.writes.filter((octets) => octets.length >= LARGE.length);
  expect(chunks.map((octets) => new TextDecoder().decode(octets.subarray(0, 5)))).toEqual(Array(5).fill("BDAT "));
  await session.close();
});

test("Session.send ends content without a line end with one, whichever way it goes", async () => {
  for (const extensions of [["PIPELINING"], EXTENSIONS]) {
    const { session, server } = await openSession({ extensions });
    const { envelope } = raw();
    await session.sendComposed({
      ...compose(raw()),
      envelope: { from: undefined, to: [{ ...mailbox, address: (envelope!.to as readonly string[])[0]! }] },
      messageId: undefined,
      content: content("Subject: x\r\n\r\nno end"),
    });
    expect(server.taken[0]?.content).toBe("Subject: x\r\n\r\nno end\r\n");
  }
});

const mailbox = { name: undefined, localPart: "b", domain: "example.net", address: "", needsSmtpUtf8: false };

function content(text: string) {
  const octets = new TextEncoder().encode(text);
  return { size: octets.length, body: "7bit" as const, smtpUtf8: false, octets, stream: async function* () {} };
}

test("Session.send lets no lone line end go by BDAT either", async () => {
  const { session, wire } = await openSession({ extensions: EXTENSIONS });
  for (const text of ["a\nb\r\n", "a\rb\r\n", "a\r\n.\n", "a\r"]) {
    const composed = { ...compose(raw()), content: content(text) };
    expect(await rejection(session.sendComposed(composed))).toMatchObject({ name: "ContentError", fate: "unsent" });
  }
  expect(wire.text).not.toContain("BDAT");
  await session.send(raw());
  await session.close();
});

test.each(["RCPT", "BDAT"])(
  "a message that is refused at %s stops its source, and the session goes on",
  async (verb) => {
    let [opened, closed] = [0, 0];
    const endless = async function* () {
      opened++;
      try {
        for (;;) {
          yield LARGE;
          await settle();
        }
      } finally {
        closed++;
      }
    };
    const refuse: ServerOptions["reply"] = (line, { taken }) =>
      line.startsWith(verb) && taken.length === 0 && !line.includes("c@") ? "552 5.2.2 mailbox full" : undefined;
    const { session, server } = await openSession({ extensions: EXTENSIONS, reply: refuse });
    const first = rejection(session.send(streamed(endless)));
    const second = session.send(raw("c@example.net"));
    expect(await first).toMatchObject({ name: "RejectedError", fate: "rejected", sessionUsable: true });
    if (verb === "RCPT") await second;
    else expect(await rejection(second)).toMatchObject({ name: "RejectedError" });
    await settle();
    expect([closed, session.closed]).toEqual([opened, undefined]);
    expect(server.commands.filter((line) => line === "RSET")).toHaveLength(1);
    await session.close();
  },
);

test("a message whose source hangs is ended by a refusal", async () => {
  const hanging = async function* () {
    yield LARGE;
    yield LARGE;
    await new Promise(() => {});
  };
  const { session } = await openSession({
    extensions: EXTENSIONS,
    reply: (line) => line.startsWith("BDAT") && !line.endsWith("LAST") ? "452 4.3.1 no space" : undefined,
  });
  expect(await rejection(session.send(streamed(hanging)))).toMatchObject({ phase: "content", fate: "deferred" });
  await session.send(raw());
  await session.close();
});

test("a message whose source fails between two chunks harms no other", async () => {
  const failing = async function* () {
    yield LARGE;
    yield LARGE;
    throw new Error("disk on fire");
  };
  const { session, server } = await openSession({ extensions: EXTENSIONS });
  const failed = rejection(session.send(streamed(failing)));
  const other = session.send(raw("c@example.net"));
  expect(await failed).toMatchObject({ name: "ContentError", fate: "unsent" });
  await other;
  expect(server.taken.map(({ to }) => to)).toEqual([["c@example.net"]]);
  expect([session.closed, session.underWay]).toEqual([undefined, 0]);
  await session.close();
});

test("a message whose source gives nothing more in time harms no other", async () => {
  const hanging = async function* () {
    yield LARGE;
    yield LARGE;
    await new Promise(() => {});
  };
  const { session, server } = await openSession({ extensions: EXTENSIONS }, { timeouts: { content: 50 } });
  const late = rejection(session.send(streamed(hanging)));
  const other = session.send(raw("c@example.net"));
  expect(await late).toMatchObject({ name: "TimeoutError", phase: "content", fate: "unsent", limit: 50 });
  await other;
  expect(server.taken.map(({ to }) => to)).toEqual([["c@example.net"]]);
  await session.close();
});

test("a message that is cancelled between two chunks is unsent, and harms no other", async () => {
  const controller = new AbortController();
  const slow = async function* () {
    yield LARGE;
    yield LARGE;
    controller.abort();
    await new Promise(() => {});
  };
  const { session, server } = await openSession({ extensions: EXTENSIONS });
  const cancelled = rejection(session.send(streamed(slow), { signal: controller.signal }));
  const other = session.send(raw("c@example.net"));
  expect(await cancelled).toBe(controller.signal.reason);
  expect(fateOf(controller.signal.reason)).toBe("unsent");
  await other;
  expect(server.taken.map(({ to }) => to)).toEqual([["c@example.net"]]);
  await session.close();
});

test("a thousand recipients whose replies come while the content is written do not stand in each other's way", async () => {
  const to = Array.from({ length: 1000 }, (_, i) => `r${i}@example.net`);
  const { session, server, wire } = await openSession({ extensions: EXTENSIONS });
  // The server takes nothing more until its replies are read, and says nothing more until it was read from.
  const take = wire.onWrite;
  wire.onWrite = async (octets) => {
    for (let at = 0; at < octets.length; at += 4096) {
      await settle();
      take(octets.subarray(at, at + 4096));
    }
  };
  const { raw: source } = streamed(() => pieces(3));
  const receipt = await session.send({ raw: source, envelope: { from: null, to } });
  expect([receipt.accepted.length, server.taken[0]?.to.length]).toEqual([1000, 1000]);
  await session.close();
});

test("Session.send writes what is asked for in one tick in one write", async () => {
  const { session, wire } = await openSession({ extensions: EXTENSIONS });
  for (let i = 0; i < 50; i++) await session.send(raw());
  const before = wire.writes.length;
  await Promise.all(Array.from({ length: 50 }, (_, i) => session.send(raw(`r${i}@example.net`))));
  expect(wire.writes.length - before).toBe(1);
  await session.close();
});

test("a reply may come later than its limit while a write is still under way", async () => {
  const { session, wire } = await openSession({ extensions: EXTENSIONS }, { timeouts: { command: 20, content: 5000 } });
  const take = wire.onWrite;
  let release = () => {};
  wire.onWrite = async (octets) => {
    await new Promise<void>((resolve) => release = resolve);
    await take(octets);
  };
  const sending = session.send(raw());
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(session.closed).toBeUndefined();
  release();
  await sending;
});

const BINARY = "octets \n of any \r kind \0, in lines of any length\r\n.\r\n".repeat(50);

test("Session.send sends attachments as they are to a server that offers BINARYMIME", async () => {
  const { session, server } = await openSession({ extensions: [...EXTENSIONS, "BINARYMIME", "SIZE"] });
  const message = { from: "a@example.com", to: "b@example.net", text: "See there.", subject: "x" };
  const once = new Blob([BINARY]).stream();
  for (const content of [BINARY, once]) {
    await session.send({ ...message, attachments: [{ content, filename: "a.bin" }] });
  }
  await session.send({ ...message, text: "Nothing attached." });
  for (const { content } of server.taken.slice(0, 2)) {
    const { attachments: [attachment], text } = await simpleParser(Buffer.from(content));
    expect([attachment?.content.toString(), attachment?.filename, text]).toEqual([BINARY, "a.bin", "See there."]);
    expect(content).toContain("Content-Transfer-Encoding: binary\r\n");
  }
  const mails = server.commands.filter((line) => line.startsWith("MAIL"));
  expect(mails.map((line) => / BODY=\w+/.exec(line)?.[0])).toEqual([" BODY=BINARYMIME", " BODY=BINARYMIME", undefined]);
  expect(Number(/SIZE=(\d+)/.exec(mails[0]!)?.[1])).toBe(server.taken[0]!.content.length);
  await session.close();
});

test.each([
  ["CHUNKING is not offered", ["PIPELINING", "8BITMIME", "BINARYMIME"], {}],
  ["chunks are not wanted", [...EXTENSIONS, "BINARYMIME"], { chunking: false }],
])("Session.send encodes attachments where %s", async (_what, extensions, options) => {
  const { session, server } = await openSession({ extensions }, options);
  const attachments = [{ content: BINARY }];
  await session.send({ from: "a@example.com", to: "b@example.net", text: "See there.", attachments });
  expect(server.taken[0]!.content).toContain("Content-Transfer-Encoding: base64\r\n");
  expect(server.commands.find((line) => line.startsWith("MAIL"))).not.toContain("BODY=");
});

test("Session.send writes nothing of what goes to all or none before all are accepted, and sends attachments as they are then", async () => {
  const { session, server, wire } = await openSession({
    extensions: [...EXTENSIONS, "BINARYMIME"],
    reply: (line) => line.includes("nobody") ? "450 4.2.1 busy" : undefined,
  });
  const message = { from: "a@example.com", text: "See there.", attachments: [{ content: BINARY }] };
  for (const [to, part] of [["b@example.net, nobody@example.net", 0], ["b@example.net, c@example.net", 1]] as const) {
    const before = wire.writes.length;
    const sending = session.send({ ...message, to }, { recipients: "all" });
    if (part === 1) expect((await sending).accepted).toEqual(["b@example.net", "c@example.net"]);
    else {
      expect(await rejection(sending)).toMatchObject({
        name: "RejectedError",
        phase: "rcpt",
        fate: "deferred",
        sessionUsable: true,
        rejected: [{ recipient: "nobody@example.net", reply: { code: 450 } }],
      });
    }
    const written = wire.writes.slice(before).map((octets) => new TextDecoder().decode(octets));
    expect(written.map((text) => text.includes("See there."))).toEqual([false, true].slice(0, part + 1));
  }
  expect(server.taken).toHaveLength(1);
  expect(server.taken[0]!.content).toContain("Content-Transfer-Encoding: binary\r\n");
  await session.close();
});

test("Session.send reads nothing of a stream that goes to all or none where one is refused", async () => {
  let read = 0;
  const pieces = async function* () {
    read++;
    yield await Promise.resolve(LARGE);
  };
  const { session, server } = await openSession({
    extensions: EXTENSIONS,
    reply: (line) => line.includes("nobody") ? "550 5.1.1 no" : undefined,
  });
  const to = ["b@example.net", "nobody@example.net"];
  const sending = session.send({ ...streamed(pieces), envelope: raw(...to).envelope }, { recipients: "all" });
  expect(await rejection(sending)).toMatchObject({ name: "RejectedError", fate: "rejected", sessionUsable: true });
  expect([read, server.taken]).toEqual([0, []]);
  expect((await session.send(raw())).accepted).toHaveLength(1);
  expect(server.commands.slice(-4).map((line) => line.slice(0, 4))).toEqual(["MAIL", "RCPT", "BDAT", "."]);
  expect(server.commands.at(-5)).toBe("RSET");
  await session.close();
});

test.each([
  ["DATA", ["PIPELINING"]],
  ["BDAT", EXTENSIONS],
  ["BINARYMIME", [...EXTENSIONS, "BINARYMIME"]],
])(
  "Session.send leaves what it writes alone until the write is done: %s",
  async (_what, extensions) => {
    const { session, server, wire } = await openSession({ extensions });
    const take = wire.onWrite;
    wire.onWrite = async (octets) => {
      const before = octets.slice();
      await settle();
      expect(Buffer.compare(octets, before)).toBe(0);
      take(before);
    };
    const content = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 0x7f);
    const pieces = async function* () {
      for (let at = 0; at < content.length; at += 33_333) yield content.slice(at, at + 33_333);
    };
    const message = { from: "a@example.com", to: "b@example.net", text: "x" };
    for (const one of [content, pieces()]) await session.send({ ...message, attachments: [{ content: one }] });
    for (const { content: sent } of server.taken) {
      const { attachments: [attachment] } = await simpleParser(Buffer.from(sent));
      expect(Buffer.compare(attachment!.content, content)).toBe(0);
    }
    expect(server.taken).toHaveLength(2);
    await session.close();
  },
);
