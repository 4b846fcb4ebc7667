import { expect, test } from "vitest";
import { fateOf } from "../../../lib/errors.ts";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { lmtp } from "../../../lib/extensions/lmtp.ts";
import type { SmtpEvent } from "../../../lib/session/observation.ts";
import { ServerMemory } from "../../../lib/session/server_memory.ts";
import { Session } from "../../../lib/session/session.ts";
import { each, serve } from "../../support/scripted_lmtp.ts";
import type { ScriptedRuntime, Wire } from "../../support/scripted_runtime.ts";
import { LARGE, raw, rejection, scripted, settle, streamed } from "../session/support.ts";

function open(runtime: ScriptedRuntime): Promise<Session> {
  return Session.open({ host: "server.example", port: 24, tls: "off", protocol: lmtp, runtime });
}

test("lmtp takes each recipient's reply, in order, for a message in memory and for one in pieces", async () => {
  const { runtime, heard } = serve(
    each((place) => place % 2 === 0 ? `250 2.0.0 for ${place}` : `550 5.7.1 not ${place}`),
  );
  const session = await open(runtime);
  const to = ["0@x.test", "1@x.test", "2@x.test", "3@x.test"];
  const inPieces = streamed(async function* () {
    for (let piece = 0; piece < 3; piece++) yield await Promise.resolve(LARGE);
  });
  const messages = [raw(...to), { ...inPieces, envelope: raw(...to).envelope }, raw(...to)];
  for (const receipt of await Promise.all(messages.map((message) => session.send(message)))) {
    expect(receipt.accepted).toEqual(["0@x.test", "2@x.test"]);
    expect(receipt.rejected.map(({ recipient, reply }) => [recipient, reply.text])).toEqual([
      ["1@x.test", "not 1"],
      ["3@x.test", "not 3"],
    ]);
    expect(receipt.reply.text).toBe("for 0");
  }
  expect(heard.filter((line) => /^(?:MAIL|DATA|BDAT|RSET|\.)/.test(line)).map((line) => line.slice(0, 4))).toEqual([
    ...["MAIL", "DATA", ".", "MAIL", "DATA", ".", "MAIL", "DATA", "."],
  ]);
});

const TO = ["a@x.test", "b@x.test", "c@x.test"];

test("lmtp knows who has the message and who not when the session ends between replies, and is in doubt about the others alone", async () => {
  const cases: readonly (readonly [string, (wire: Wire) => void, string])[] = [
    ["nonsense", (wire) => wire.send("354 more\r\n"), "ProtocolError"],
    ["closed", (wire) => wire.finish(), "ConnectionError"],
    ["a goodbye", (wire) => (wire.send("221 bye\r\n221 bye\r\n"), wire.finish()), "ProtocolError"],
    ["421", (wire) => (wire.send("421 tired\r\n"), wire.finish()), "ClosedError"],
  ];
  for (const [what, say, name] of cases) {
    const session = await open(serve((wire) => (wire.send("250 one\r\n"), say(wire))).runtime);
    const { accepted, rejected, failed } = await session.send(raw(...TO));
    expect([what, accepted, rejected]).toEqual([what, ["a@x.test"], []]);
    const error = expect.objectContaining({ name, fate: "unknown", sessionUsable: false });
    expect([what, failed]).toEqual([what, [{ recipients: ["b@x.test", "c@x.test"], fate: "unknown", error }]]);
    expect(session.closed).toBeDefined();
    expect(await rejection(session.send(raw("d@x.test")))).toMatchObject({ name: "ClosedError", fate: "unsent" });
  }
});

test("an error of lmtp names those who were refused before the session ended, where nobody was answered with a yes", async () => {
  const cases: readonly (readonly [string, (wire: Wire) => void, string])[] = [
    ["nonsense", (wire) => wire.send("354 more\r\n"), "ProtocolError"],
    ["closed", (wire) => wire.finish(), "ConnectionError"],
    ["421", (wire) => (wire.send("421 tired\r\n"), wire.finish()), "ClosedError"],
  ];
  for (const [what, say, name] of cases) {
    const session = await open(serve((wire) => (wire.send("550 5.7.1 not one\r\n"), say(wire))).runtime);
    const error = await rejection(session.send(raw(...TO)));
    const rejected = [{ recipient: "a@x.test", phase: "final", reply: expect.objectContaining({ code: 550 }) }];
    expect([what, error]).toEqual([what, expect.objectContaining({ name, fate: "unknown", rejected })]);
    expect(session.closed).toBeDefined();
  }
});

test("421 in the place of the last reply of lmtp is that recipient's refusal", async () => {
  const session = await open(serve((wire) => wire.send("250 one\r\n550 two\r\n421 tired\r\n")).runtime);
  const { accepted, rejected, failed } = await session.send(raw(...TO));
  expect([accepted, rejected.map(({ recipient, reply }) => [recipient, reply.code]), failed]).toEqual([
    ["a@x.test"],
    [["b@x.test", 550], ["c@x.test", 421]],
    undefined,
  ]);
  expect(session.closed).toMatchObject({ name: "ClosedError" });
  const alone = await open(serve((wire) => wire.send("421 tired\r\n")).runtime);
  expect(await rejection(alone.send(raw("a@x.test")))).toMatchObject({
    name: "ReplyError",
    fate: "deferred",
    rejected: [{ recipient: "a@x.test", reply: { code: 421 } }],
  });
});

test("a message of lmtp that is given up between replies is a receipt where somebody has it, with the caller's reason", async () => {
  for (const yes of [true, false]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { runtime } = serve((wire) => {
      wire.send(yes ? "250 one\r\n" : "550 one\r\n");
      setTimeout(() => controller.abort(reason), 1);
    });
    const session = await open(runtime);
    const sending = session.send(raw(...TO), { signal: controller.signal });
    if (!yes) expect(await rejection(sending)).toBe(reason);
    else {
      expect(await sending).toMatchObject({
        accepted: ["a@x.test"],
        failed: [{ recipients: ["b@x.test", "c@x.test"], fate: "unknown", error: reason }],
      });
    }
    expect([fateOf(reason), session.closed !== undefined]).toEqual(["unknown", true]);
  }
});

test("a message of lmtp that is late between replies is a receipt where somebody has it", async () => {
  const session = await open(serve((wire) => wire.send("250 one\r\n")).runtime);
  const { accepted, failed } = await session.send(raw(...TO), { deadline: 50 });
  const error = expect.objectContaining({ name: "TimeoutError", limit: 50, fate: "unknown" });
  expect([accepted, failed]).toEqual([["a@x.test"], [{ recipients: TO.slice(1), fate: "unknown", error }]]);
  expect(session.closed).toBeDefined();
});

test("whoever watches lmtp is told of the receipt, of the reply that did not come, and of the session's end", async () => {
  const events: SmtpEvent[] = [];
  const { runtime } = serve((wire) => (wire.send("250 one\r\n"), wire.finish()));
  const how = { host: "server.example", port: 24, tls: "off", protocol: lmtp, runtime } as const;
  const session = await Session.open({ ...how, observe: (event) => events.push(event) });
  const receipt = await session.send(raw(...TO));
  expect(events.slice(-3)).toMatchObject([
    { type: "exchange", phases: ["final"], codes: [], error: { name: "ConnectionError", fate: "unknown" } },
    { type: "session.end", reason: { name: "ConnectionError" } },
    { type: "message.end", receipt, error: undefined, fate: undefined },
  ]);
});

test("lmtp says who was refused before the content, and who behind it", async () => {
  const { runtime } = serve(each((place) => place === 0 ? "250 ok" : "452 4.2.2 full"), {
    refuse: "RCPT TO:<b@x.test>",
  });
  const { accepted, rejected } = await (await open(runtime)).send(raw(...TO));
  expect([accepted, rejected.map(({ recipient, phase, reply }) => [recipient, phase, reply.code])]).toEqual([
    ["a@x.test"],
    [["b@x.test", undefined, 550], ["c@x.test", "final", 452]],
  ]);
});

test("lmtp with a reply too many ends the session, and the message is as it was told", async () => {
  const { runtime } = serve((wire, recipients) => each(() => "250 ok")(wire, recipients + 1));
  const session = await open(runtime);
  expect((await session.send(raw("a@x.test", "b@x.test"))).accepted).toHaveLength(2);
  await settle();
  expect(session.closed).toMatchObject({ name: "ProtocolError" });
});

test("lmtp asks for what the envelope asks for", async () => {
  const { runtime, heard } = serve(each(() => "250 ok"));
  const session = await open(runtime);
  const { raw: content, envelope } = raw("a@x.test");
  await session.send({ raw: content, envelope: { ...envelope, options: [dsn({ notify: "never" })] } });
  expect(heard).toContain("RCPT TO:<a@x.test> NOTIFY=NEVER");
});

test("lmtp does nothing early, whatever is remembered of a server", async () => {
  const serverMemory = new ServerMemory();
  for (let time = 0; time < 2; time++) {
    const { runtime, heard } = serve(each(() => "250 ok"));
    const options = { host: "server.example", port: 24, tls: "off", protocol: lmtp, serverMemory, runtime } as const;
    const session = await Session.open(options);
    expect([heard, serverMemory.size]).toEqual([["LHLO [127.0.0.1]"], 0]);
    session.abort();
  }
});

test("lmtp needs a port other than 25, or a path", async () => {
  const { runtime, servers } = scripted({});
  for (const port of [undefined, 25]) {
    const opening = Session.open({ host: "server.example", tls: "off", protocol: lmtp, runtime, ...port && { port } });
    expect(await rejection(opening)).toBeInstanceOf(RangeError);
  }
  expect(servers).toHaveLength(0);
  const session = await Session.open({
    path: "/run/lmtp.sock",
    protocol: lmtp,
    runtime: serve(each(() => "250 ok")).runtime,
  });
  expect((await session.send(raw("a@x.test"))).accepted).toEqual(["a@x.test"]);
});

test("lmtp needs no port where it is spoken over a Unix socket", async () => {
  const { runtime, heard } = serve(() => {});
  const session = await Session.open({ path: "/run/lmtp", protocol: lmtp, runtime });
  session.abort();
  expect(heard).toEqual(["LHLO [127.0.0.1]"]);
});

test("lmtp does not take a goodbye for the acceptance of a content", async () => {
  const session = await open(serve((wire) => (wire.send("221 2.0.0 bye\r\n"), wire.finish())).runtime);
  const sending = rejection(session.send(raw()));
  // QUIT goes out behind the content.
  await session.close();
  expect(await sending).toMatchObject({ name: "ProtocolError", fate: "unknown" });
});
