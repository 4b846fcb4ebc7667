import { expect, test } from "vitest";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { LARGE, openSession, raw, rejection, streamed } from "./support.ts";

const GROUPS = ["PIPELINING"];
const CHUNKS = ["PIPELINING", "CHUNKING"];

/** A server that answers a command, once it has seen so many, and is gone: Exim's `drop`. */
function dropping(extensions: readonly string[], command: string, reply: string, seen = 1): ServerOptions {
  let count = 0;
  return {
    extensions,
    reply: (line, server) => {
      if (!line.startsWith(command) || ++count < seen) return undefined;
      server.say(reply);
      server.wire.finish();
      return "";
    },
  };
}

test.each([
  [GROUPS, "MAIL", "550 5.7.1 no", "rejected", "The server refuses the sender <a@example.com>: 550 5.7.1 no"],
  [GROUPS, "MAIL", "450 4.7.1 no", "deferred", "The server refuses the sender <a@example.com>: 450 4.7.1 no"],
  [GROUPS, "RCPT", "550 5.7.1 no", "rejected", "Cannot deliver to <b@example.net>: 550 5.7.1 no"],
  // It was handed over whole: a server that gives a reply too many may be speaking of another one.
  [CHUNKS, "MAIL", "550 5.7.1 no", "unknown", "The server refuses the sender <a@example.com>: 550 5.7.1 no"],
  [CHUNKS, "RCPT", "450 4.7.1 no", "unknown", "Cannot deliver to <b@example.net>: 450 4.7.1 no"],
])("Session.send tells why a server hung up: %j, %s, %s", async (extensions, command, reply, fate, message) => {
  const { session } = await openSession(dropping(extensions, command, reply));
  expect(await rejection(session.send(raw()))).toMatchObject({
    name: "RejectedError",
    fate,
    message,
    sessionUsable: false,
    retryable: fate === "deferred",
  });
  expect(session.closed).toMatchObject({ code: "CONNECTION_LOST" });
});

test("Session.send tells why a server hung up in mid-content", async () => {
  const { session } = await openSession(dropping(CHUNKS, "BDAT", "552 5.3.4 too big", 2));
  const content = streamed(async function* () {
    for (let i = 0; i < 20; i++) yield LARGE;
  });
  expect(await rejection(session.send(content))).toMatchObject({
    name: "RejectedError",
    code: "MESSAGE_TOO_LARGE",
    fate: "rejected",
    phase: "content",
  });
});

test.each([
  ["a recipient that was accepted", GROUPS, "RCPT", "550 5.1.1 no", 2, "unsent"],
  ["a recipient that was not answered", GROUPS, "RCPT", "550 5.1.1 no", 1, "unsent"],
  ["a recipient that was not answered, in chunks", CHUNKS, "RCPT", "550 5.1.1 no", 1, "unknown"],
  ["no refusal", GROUPS, "MAIL", "250 2.1.0 Ok", 1, "unsent"],
  ["nothing about the message", GROUPS, "MAIL", "503 5.5.1 bad sequence", 1, "unsent"],
])(
  "Session.send tells that the connection was lost where there is %s",
  async (_, extensions, command, reply, seen, fate) => {
    const { session } = await openSession(dropping(extensions, command, reply, seen));
    const sending = session.send(raw("b@example.net", "c@example.net"));
    expect(await rejection(sending)).toMatchObject({ code: "CONNECTION_LOST", fate });
  },
);

test("Session.send tells why a server hung up at the first message after a pause, and behind one that was refused", async () => {
  const behaviour = dropping(CHUNKS, "RCPT", "550 5.1.1 no", 2);
  const { session } = await openSession({
    ...behaviour,
    reply: (line, server) => line.startsWith("RCPT TO:<no@") ? "550 5.1.1 none" : behaviour.reply!(line, server),
  });
  const all = ["b@example.net", "no@example.net", "c@example.net", "d@example.net"];
  const outcomes = await Promise.all(all.map((to) => session.send(raw(to)).then(() => "taken", (error) => error)));
  expect(outcomes).toMatchObject([
    "taken",
    { name: "RejectedError", fate: "rejected" },
    { name: "RejectedError", fate: "unknown", message: "Cannot deliver to <c@example.net>: 550 5.1.1 no" },
    { code: "CONNECTION_LOST" },
  ]);
});
