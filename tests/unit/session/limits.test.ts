import { expect, test } from "vitest";
import type { SessionOptions } from "../../../lib/session/options.ts";
import { Session } from "../../../lib/session/session.ts";
import type { Timeouts } from "../../../lib/session/timeouts.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { LARGE, openSession, raw, rejection, silentAt, streamed } from "./support.ts";

/** All limits long but one. */
function only(limit: keyof Timeouts): Partial<Timeouts> {
  const long = { connect: 5000, tls: 5000, greeting: 5000, command: 5000, data: 5000, content: 5000, final: 5000 };
  return { ...long, [limit]: 30 };
}

const opening: readonly [string, string, keyof Timeouts, SessionOptions, string | undefined][] = [
  ["EHLO", "ehlo", "command", {}, undefined],
  ["STARTTLS", "starttls", "command", { tls: "starttls" }, undefined],
  ["AUTH", "auth", "command", { tls: "implicit", auth: { user: "ada", password: "secret" } }, undefined],
];

test.each(opening)("a session that gets no reply to %s ends in time", async (command, phase, limit, options) => {
  const extensions = ["STARTTLS", "AUTH PLAIN"];
  const opened = openSession({ extensions, reply: silentAt(command) }, { ...options, timeouts: only(limit) });
  expect(await rejection(opened)).toMatchObject({ name: "TimeoutError", phase, limit: 30, retryable: true });
});

const sending: readonly [string, string, keyof Timeouts, string][] = [
  ["MAIL", "mail", "command", "unsent"],
  ["RCPT", "rcpt", "command", "unsent"],
  ["DATA", "data", "data", "unsent"],
  [".", "final", "final", "unknown"],
];

test.each(sending)("a message that gets no reply to %s ends in time", async (command, phase, limit, fate) => {
  for (const pipelining of [true, false]) {
    const { session, wire } = await openSession({ reply: silentAt(command) }, { timeouts: only(limit), pipelining });
    const error = await rejection(session.send(raw()));
    expect(error).toMatchObject({ name: "TimeoutError", phase, limit: 30, fate, retryable: fate === "unsent" });
    expect([session.closed?.name, wire.closeCalls > 0, wire.violations]).toEqual(["TimeoutError", true, []]);
  }
});

test("Session.close does not wait longer for QUIT than its limit", async () => {
  const { session, wire } = await openSession({ reply: silentAt("QUIT") }, { timeouts: { quit: 20 } });
  await session.close();
  expect(wire.closeCalls).toBeGreaterThan(0);
});

function serving(serve: (wire: Wire) => void | Promise<void>, options: SessionOptions): Promise<Session> {
  return Session.open({ host: "server.example", tls: "off", ...options, runtime: new ScriptedRuntime(serve) });
}

test("Session.open limits connecting, and closes a connection that comes too late", async () => {
  let late: Wire | undefined;
  let arrive = () => {};
  const open = serving((wire) => {
    late = wire;
    return new Promise((resolve) => arrive = resolve);
  }, { timeouts: { connect: 30 } });
  expect(await rejection(open)).toMatchObject({
    name: "TimeoutError",
    phase: "connect",
    message: "Connecting to server.example:25 took more than 30 ms",
    advice: expect.stringContaining("587 or 465"),
  });
  arrive();
  expect(late?.violations).toEqual([]);
});

test("Session.open limits waiting for the greeting, however slowly its octets come", async () => {
  const drip = (wire: Wire) => {
    const timer = setInterval(() => wire.over ? clearInterval(timer) : wire.send("2"), 3);
  };
  for (const serve of [() => {}, drip]) {
    const error = await rejection(serving(serve, { timeouts: only("greeting") }));
    expect(error).toMatchObject({ name: "TimeoutError", phase: "greeting", limit: 30 });
  }
});

test("a final reply whose octets drip is limited as a whole", async () => {
  const { session } = await openSession({
    reply: (line, { wire }) => {
      if (line !== ".") return undefined;
      const timer = setInterval(() => wire.over ? clearInterval(timer) : wire.send("250-"), 3);
      return "";
    },
  }, { timeouts: only("final") });
  expect(await rejection(session.send(raw()))).toMatchObject({ name: "TimeoutError", phase: "final", fate: "unknown" });
});

test("the TLS handshake has a limit of its own, which the limit on commands does not cut short", async () => {
  const open = (handshake: number, timeouts: Partial<Timeouts>) => {
    let served: Wire | undefined;
    const opened = serving((wire) => {
      served = new ScriptedServer(wire, { extensions: ["STARTTLS"] }).wire;
      wire.onTls = () => new Promise((resolve) => setTimeout(resolve, handshake));
    }, { tls: "starttls", timeouts });
    return { opened, closeCalls: () => served?.closeCalls };
  };
  const slow = open(120, { command: 60, tls: 5000 });
  await expect(slow.opened).resolves.toBeInstanceOf(Session);
  const hanging = open(200, only("tls"));
  expect(await rejection(hanging.opened)).toMatchObject({ name: "TimeoutError", phase: "starttls", limit: 30 });
  expect(hanging.closeCalls()).toBeGreaterThan(0);
});

test("a token that does not come is not waited for", async () => {
  const auth = { user: "ada", token: () => new Promise<string>(() => {}) };
  const opened = openSession({ extensions: ["AUTH XOAUTH2"] }, { tls: "implicit", auth, timeouts: only("command") });
  expect(await rejection(opened)).toMatchObject({ name: "TimeoutError", phase: "auth", limit: 30 });
});

test("a server that stops reading is not waited for, in content in memory or in pieces", async () => {
  const endless = async function* () {
    for (;;) yield LARGE;
  };
  for (const [message, fate] of [[raw(), "unknown"], [streamed(endless), "unsent"]] as const) {
    const { session, wire, server } = await openSession({ extensions: ["8BITMIME"] }, { timeouts: only("content") });
    const take = wire.onWrite;
    wire.onWrite = (octets) => server.commands.includes("DATA") ? new Promise(() => {}) : take(octets);
    const error = await rejection(session.send(message));
    expect(error).toMatchObject({ name: "TimeoutError", limit: 30, fate });
    expect(wire.closeCalls).toBeGreaterThan(0);
  }
});

test("a deadline is for the whole sending, and says what became of the message", async () => {
  for (const [command, fate] of [["MAIL", "unsent"], [".", "unknown"]] as const) {
    const { session } = await openSession({ reply: silentAt(command) });
    const error = await rejection(session.send(raw(), { deadline: 30 }));
    expect(error).toMatchObject({ name: "TimeoutError", limit: 30, fate });
  }
});

test("a deadline that passes while a message waits for its turn harms no other", async () => {
  let answer = () => {};
  const { session, server } = await openSession({
    extensions: [],
    reply: (line, { wire }) => {
      if (line !== "." || server.taken.length > 0) return undefined;
      answer = () => wire.send("250 at last\r\n");
      return "";
    },
  });
  const first = session.send(raw());
  const error = await rejection(session.send(raw("never@example.net"), { deadline: 30 }));
  expect(error).toMatchObject({ name: "TimeoutError", phase: "idle", fate: "unsent" });
  answer();
  expect((await first).reply.text).toBe("at last");
  await session.send(raw("later@example.net"));
  expect(server.taken.map(({ to }) => to)).toEqual([["b@example.net"], ["later@example.net"]]);
});

test.each([0, -1, 1.5, NaN, Infinity, 86_400_001, "30"])("%s is no limit", async (limit) => {
  const timeouts = { command: limit as number };
  await expect(openSession({}, { timeouts })).rejects.toThrow(RangeError);
  const { session } = await openSession();
  await expect(session.send(raw(), { deadline: limit as number })).rejects.toThrow(RangeError);
});
