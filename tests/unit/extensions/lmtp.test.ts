import { expect, test } from "vitest";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { lmtp } from "../../../lib/extensions/lmtp.ts";
import { ServerMemory } from "../../../lib/session/server_memory.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { LARGE, raw, rejection, scripted, settle, streamed } from "../session/support.ts";

/** A server of LMTP that accepts everybody; `say` gives the replies to a content, for the recipients that it has. */
function serve(say: (wire: Wire, recipients: number) => void): { runtime: ScriptedRuntime; heard: string[] } {
  const heard: string[] = [];
  const runtime = new ScriptedRuntime((wire) => {
    let input = "";
    let recipients = 0;
    let isContent = false;
    wire.send("220 ready\r\n");
    wire.onWrite = (octets) => {
      input += new TextDecoder().decode(octets);
      for (let end; (end = input.indexOf("\r\n")) >= 0;) {
        const line = input.slice(0, end);
        input = input.slice(end + 2);
        if (isContent) {
          if (line !== ".") continue;
          isContent = false;
          heard.push(line);
          say(wire, recipients);
          continue;
        }
        heard.push(line);
        if (line.startsWith("MAIL")) recipients = 0;
        if (line.startsWith("RCPT")) recipients++;
        isContent = line === "DATA";
        if (line.startsWith("LHLO")) {
          wire.send("250-server\r\n250-PIPELINING\r\n250-PIPECONNECT\r\n250-DSN\r\n250 CHUNKING\r\n");
        } else wire.send(isContent ? "354 go\r\n" : "250 ok\r\n");
      }
    };
  });
  return { runtime, heard };
}

function open(runtime: ScriptedRuntime): Promise<Session> {
  return Session.open({ host: "server.example", port: 24, tls: "off", protocol: lmtp, runtime });
}

function each(code: (place: number) => string): (wire: Wire, recipients: number) => void {
  return (wire, recipients) => {
    for (let place = 0; place < recipients; place++) wire.send(`${code(place)}\r\n`);
  };
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

test("lmtp leaves a message unknown whose replies make no sense or do not all come", async () => {
  const cases: readonly (readonly [string, (wire: Wire) => void, string])[] = [
    ["nonsense", (wire) => wire.send("250 one\r\n354 more\r\n"), "ProtocolError"],
    ["closed", (wire) => (wire.send("250 one\r\n"), wire.finish()), "ConnectionError"],
    ["421", (wire) => (wire.send("250 one\r\n421 tired\r\n"), wire.finish()), "ClosedError"],
  ];
  for (const [what, say, name] of cases) {
    const session = await open(serve(say).runtime);
    const error = await rejection(session.send(raw("a@x.test", "b@x.test")));
    expect([what, error]).toEqual([what, expect.objectContaining({ name, fate: "unknown" })]);
    expect(session.closed).toBeDefined();
  }
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
