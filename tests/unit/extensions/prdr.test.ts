import { expect, test } from "vitest";
import { RejectedError } from "../../../lib/errors.ts";
import { prefer } from "../../../lib/extensions/envelope_option.ts";
import { lmtp } from "../../../lib/extensions/lmtp.ts";
import { mtPriority } from "../../../lib/extensions/mt_priority.ts";
import { prdr } from "../../../lib/extensions/prdr.ts";
import type { EnvelopeOption } from "../../../lib/mime/envelope_option.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { Session } from "../../../lib/session/session.ts";
import { LARGE, openSession, raw, rejection, scripted, settle, streamed } from "../session/support.ts";

const TO = ["b@example.net", "c@example.net", "d@example.net"];

function asking(to: readonly string[], options: readonly EnvelopeOption[] = [prdr()]): RawMessage {
  const { raw: content, envelope } = raw(...to);
  return { raw: content, envelope: { ...envelope, options } };
}

/** What a server says to the ends of contents, one after the other; as usual when nothing is left. */
function saying(...replies: readonly (readonly string[])[]) {
  const left = [...replies];
  return {
    extensions: ["PIPELINING", "CHUNKING", "PRDR", "MT-PRIORITY"],
    reply: (line: string) => line === "." ? left.shift()?.join("\r\n") : undefined,
  };
}

test("prdr tells who has the message, content from a stream included", async () => {
  const replies = ["353 each", "250 b", "550 5.7.1 not c", "250 d", "250 2.0.0 id=7"];
  const { session, server } = await openSession(saying(replies, replies));
  const inPieces = streamed(async function* () {
    for (let piece = 0; piece < 3; piece++) yield await Promise.resolve(LARGE);
  });
  const messages = [asking(TO, [prdr(), mtPriority(1)]), { ...inPieces, envelope: asking(TO).envelope }];
  for (const receipt of await Promise.all(messages.map((message) => session.send(message as RawMessage)))) {
    expect(receipt).toMatchObject({
      accepted: [TO[0], TO[2]],
      rejected: [{ recipient: TO[1], reply: { code: 550, enhanced: "5.7.1", text: "not c" } }],
      reply: { code: 250, text: "id=7" },
      notGranted: [],
    });
  }
  expect(server.commands.filter((line) => /^(?:MAIL|DATA|BDAT)/.test(line))).toEqual([
    "MAIL FROM:<a@example.com> PRDR MT-PRIORITY=1",
    "DATA",
    "MAIL FROM:<a@example.com> PRDR",
    "DATA",
  ]);
});

test("prdr takes one reply for all where the server gives no more", async () => {
  const { session } = await openSession(saying(["250 all"], ["550 5.7.1 nobody"], ["250 one"]));
  expect(await session.send(asking(TO))).toMatchObject({ accepted: TO, rejected: [], reply: { text: "all" } });
  const error = await rejection(session.send(asking(TO)));
  expect(error).toMatchObject({ name: "RejectedError", fate: "rejected", rejected: [], sessionUsable: true });
  expect(await session.send(asking(["b@example.net"]))).toMatchObject({ accepted: ["b@example.net"] });
});

test("a message of prdr whose last reply is no was taken for nobody", async () => {
  const { session } = await openSession(saying(["353 each", "250 b", "550 5.7.1 c", "250 d", "452 4.3.1 full"]));
  const error = await rejection(session.send(asking(TO)));
  expect(error).toBeInstanceOf(RejectedError);
  expect(error).toMatchObject({
    fate: "deferred",
    phase: "final",
    reply: { code: 452 },
    rejected: [{ recipient: TO[1], reply: { code: 550 } }],
    sessionUsable: true,
  });
  expect(await session.send(raw())).toMatchObject({ accepted: ["b@example.net"] });
});

test("a message of prdr that each recipient was refused was taken for nobody, whatever the last reply says", async () => {
  const { session } = await openSession(saying(
    ["353 each", "550 b", "450 c", "550 d", "250 message accepted for some recipients"],
    ["353 each", "550 b", "551 c", "550 d", "250 accepted"],
  ));
  const first = await rejection(session.send(asking(TO)));
  expect(first).toMatchObject({ name: "RejectedError", fate: "deferred", reply: { code: 450 }, sessionUsable: true });
  expect((first as RejectedError).rejected.map(({ reply }) => reply.code)).toEqual([550, 450, 550]);
  expect(await rejection(session.send(asking(TO)))).toMatchObject({ fate: "rejected", reply: { code: 550 } });
});

test("prdr is owed replies for those alone who were accepted before the content", async () => {
  const { reply, ...rest } = saying(["353 each", "250 b", "250 d", "250 done"]);
  const { session } = await openSession({
    ...rest,
    reply: (line) => line.includes(TO[1]!) ? "450 4.2.1 busy" : reply(line),
  });
  expect(await session.send(asking(TO))).toMatchObject({
    accepted: [TO[0], TO[2]],
    rejected: [{ recipient: TO[1], reply: { code: 450 } }],
  });
});

test("prdr leaves a message unknown whose replies make no sense or do not all come", async () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["another 353 for one", ["353 each", "250 b", "353 c", "250 d", "250 done"], "ProtocolError"],
    ["353 in the end", ["353 each", "250 b", "250 c", "250 d", "353 done"], "ProtocolError"],
    ["354 in its place", ["354 each"], "ProtocolError"],
    ["a reply too few", ["353 each", "250 b", "250 c", "250 d"], "ConnectionError"],
    ["nothing more", ["353 each"], "ConnectionError"],
  ];
  for (const [what, replies, name] of cases) {
    const { session, wire } = await openSession(saying(replies));
    const sending = rejection(session.send(asking(TO)));
    await settle();
    wire.finish();
    expect([what, await sending]).toEqual([what, expect.objectContaining({ name, fate: "unknown" })]);
    expect(session.closed).toBeDefined();
  }
});

test("an error of prdr names those who were refused by themselves before the last reply was lost", async () => {
  const { session, wire } = await openSession(saying(["353 each", "550 5.7.1 b", "250 c"]));
  const sending = rejection(session.send(asking(TO)));
  await settle();
  wire.finish();
  const rejected = [{ recipient: TO[0], phase: "final", reply: { code: 550, enhanced: "5.7.1", text: "b" } }];
  expect(await sending).toMatchObject({ name: "ConnectionError", fate: "unknown", rejected });
});

test("a message of prdr that each recipient was refused was taken for nobody, also when the last reply is lost", async () => {
  const { session, wire } = await openSession(saying(["353 each", "550 b", "450 c", "550 d"]));
  const sending = rejection(session.send(asking(TO)));
  await settle();
  wire.finish();
  const error = await sending as RejectedError;
  expect(error).toMatchObject({ name: "RejectedError", fate: "deferred", reply: { code: 450 }, sessionUsable: false });
  expect(error.rejected.map(({ recipient, reply }) => [recipient, reply.code])).toEqual([
    [TO[0], 550],
    [TO[1], 450],
    [TO[2], 550],
  ]);
});

test("421 in the place of a reply of prdr is a no to all for now, as the last reply is", async () => {
  for (const replies of [["353 each", "250 b", "421 tired"], ["353 each", "250 b", "250 c", "250 d", "421 tired"]]) {
    const { session, wire } = await openSession(saying(replies));
    const sending = rejection(session.send(asking(TO)));
    await settle();
    wire.finish();
    const error = await sending;
    expect(error).toMatchObject({ name: "ReplyError", fate: "deferred", reply: { code: 421 }, sessionUsable: false });
    expect((error as RejectedError).rejected).toBeUndefined();
  }
});

test("a reply too many behind those of prdr ends the session, and nobody knows which of them was meant", async () => {
  const { session } = await openSession(saying(["353 each", "250 b", "250 c", "250 d", "250 done", "250 more"]));
  expect(await rejection(session.send(asking(TO)))).toMatchObject({ name: "ProtocolError", fate: "unknown" });
  expect(session.closed).toMatchObject({ name: "ProtocolError" });
});

test("353 that was not asked for makes no sense", async () => {
  const { session } = await openSession({ ...saying(["353 each"]), extensions: ["PIPELINING"] });
  expect(await rejection(session.send(raw(...TO)))).toMatchObject({ name: "ProtocolError", fate: "unknown" });
});

test("a message of prdr that is given up between its replies is unknown", async () => {
  const { session } = await openSession(saying(["353 each", "250 b"]));
  const controller = new AbortController();
  const sending = rejection(session.send(asking(TO), { signal: controller.signal }));
  await settle();
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await sending).toBe(reason);
  expect(session.closed).toBeDefined();
});

test("prdr cannot be had where all or none is asked for, but for one recipient", async () => {
  const { session, server } = await openSession(saying(["250 one"], ["250 all"]));
  const error = await rejection(session.send(asking(TO), { recipients: "all" }));
  expect(error).toMatchObject({ name: "UnsupportedError", feature: "PRDR", fate: "unsent", sessionUsable: true });
  await session.send(asking(["b@example.net"]), { recipients: "all" });
  const preferred = await session.send(asking(TO, [prefer(prdr())]), { recipients: "all" });
  expect(preferred).toMatchObject({ accepted: TO, notGranted: ["PRDR"] });
  expect(server.commands.filter((line) => line.startsWith("MAIL"))).toEqual([
    "MAIL FROM:<a@example.com> PRDR",
    "MAIL FROM:<a@example.com>",
  ]);
});

test("prdr is refused in LMTP, before anything of the message is written", async () => {
  const { reply, ...rest } = saying();
  const lhlo = (line: string) => line.startsWith("LHLO") ? "250-server\r\n250 PRDR" : reply(line);
  const { runtime, servers } = scripted({ ...rest, reply: lhlo });
  const session = await Session.open({ host: "server.example", port: 24, tls: "off", protocol: lmtp, runtime });
  expect(await rejection(session.send(asking(TO)))).toMatchObject({ name: "UnsupportedError", feature: "PRDR" });
  expect(servers[0]!.commands).toEqual(["LHLO [127.0.0.1]"]);
});

test.each([
  [["221 bye"]],
  [["353 each", "250 b", "221 bye", "250 d", "250 all"]],
  [["353 each", "250 b", "250 c", "250 d", "221 bye"]],
  [["353 each", "221 bye", "221 bye", "221 bye", "221 bye"]],
])("prdr does not take a goodbye for the acceptance of a content: %j", async (replies) => {
  const { session } = await openSession(saying(replies));
  expect(await rejection(session.send(asking(TO)))).toMatchObject({ name: "ProtocolError", fate: "unknown" });
  await session.close();
});
