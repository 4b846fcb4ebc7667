import { expect, test } from "vitest";
import { fateOf } from "../../../lib/errors.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { LARGE, openSession, raw, rejection, scripted, settle, silentAt, streamed } from "./support.ts";

test("a signal that is aborted already rejects before anything is written", async () => {
  const { session, wire, server } = await openSession();
  const reason = new Error("changed my mind");
  const before = wire.writes.length;
  const error = await rejection(session.send(raw(), { signal: AbortSignal.abort(reason) }));
  expect(error).toBe(reason);
  expect(fateOf(error)).toBeUndefined();
  expect([wire.writes.length, session.closed]).toEqual([before, undefined]);
  await session.send(raw());
  expect(server.taken).toHaveLength(1);
});

test("a message that is cancelled while it waits is never written, and harms no other", async () => {
  const { session, server } = await openSession({ extensions: [] });
  const controller = new AbortController();
  const first = session.send(raw());
  const second = rejection(session.send(raw("never@example.net"), { signal: controller.signal }));
  const third = session.send(raw("third@example.net"));
  const reason = { why: "not an Error at all" };
  controller.abort(reason);
  expect(await second).toBe(reason);
  expect(fateOf(reason)).toBe("unsent");
  await Promise.all([first, third]);
  expect(server.taken.map(({ to }) => to)).toEqual([["b@example.net"], ["third@example.net"]]);
});

test.each([
  ["MAIL", "unsent"],
  ["DATA", "unsent"],
  [".", "unknown"],
])("a message that is cancelled when the server is silent at %s ends the session, and is %s", async (command, fate) => {
  const { session, wire } = await openSession({ reply: silentAt(command) });
  const controller = new AbortController();
  const cancelled = rejection(session.send(raw(), { signal: controller.signal }));
  const other = rejection(session.send(raw()));
  await settle();
  controller.abort();
  expect(await cancelled).toBe(controller.signal.reason);
  expect(fateOf(controller.signal.reason)).toBe(fate);
  expect(await other).toMatchObject({ name: "ClosedError", fate: "unsent", retryable: true });
  expect([session.closed?.name, wire.closeCalls > 0, wire.violations]).toEqual(["ClosedError", true, []]);
});

test.each(["signal", "deadline"])(
  "a message that a %s ends behind one that waits for its last reply leaves that one its reply",
  async (by) => {
    const { session, wire } = await openSession({ reply: silentAt(".") });
    const first = session.send(raw());
    const controller = new AbortController();
    const options = by === "signal" ? { signal: controller.signal } : { deadline: 30 };
    const second = rejection(session.send(raw(), options));
    const third = rejection(session.send(raw()));
    await settle();
    controller.abort();
    expect(fateOf(await second)).toBe("unsent");
    expect([session.closed, wire.closeCalls]).toEqual([undefined, 0]);
    wire.send("250 at last\r\n");
    expect((await first).reply.text).toBe("at last");
    expect(await third).toMatchObject({ name: "ClosedError", fate: "unsent", retryable: true });
    expect([session.closed?.name, wire.closeCalls > 0, wire.violations]).toEqual(["ClosedError", true, []]);
  },
);

test("of several messages cancelled by one signal the worst fate is kept", async () => {
  const { session } = await openSession({ reply: silentAt(".") });
  const controller = new AbortController();
  const both = [0, 1].map(() => rejection(session.send(raw(), { signal: controller.signal })));
  await settle();
  controller.abort();
  expect(await Promise.all(both)).toEqual([controller.signal.reason, controller.signal.reason]);
  expect(fateOf(controller.signal.reason)).toBe("unknown");
});

test("a signal that is aborted after the message was accepted changes nothing", async () => {
  const { session } = await openSession();
  const controller = new AbortController();
  await session.send(raw(), { signal: controller.signal });
  controller.abort();
  await session.noop();
  expect(session.closed).toBeUndefined();
});

test("a message that is cancelled in mid-content ends its source, and is unsent", async () => {
  let closed = 0;
  const endless = async function* () {
    try {
      for (;;) {
        yield LARGE;
        await settle();
      }
    } finally {
      closed++;
    }
  };
  const { session, server } = await openSession({ extensions: ["8BITMIME"] });
  const controller = new AbortController();
  const sending = rejection(session.send(streamed(endless), { signal: controller.signal }));
  while (!server.wire.text.includes("a line")) await settle();
  controller.abort();
  expect(await sending).toBe(controller.signal.reason);
  expect(fateOf(controller.signal.reason)).toBe("unsent");
  await settle();
  await settle();
  expect([closed, server.taken]).toEqual([1, []]);
});

test.each(["connecting", "220", "EHLO", "STARTTLS", "handshake", "AUTH"])(
  "Session.open that is cancelled at %s rejects with the signal's reason, and leaves nothing open",
  async (where) => {
    const controller = new AbortController();
    const { runtime, servers } = scripted({
      greeting: where === "220" ? "220-" : undefined,
      extensions: ["STARTTLS", "AUTH PLAIN"],
      reply: silentAt(where),
    });
    const connect = runtime.connect.bind(runtime);
    let reached = where !== "connecting" && where !== "handshake";
    runtime.connect = async (options) => {
      const connection = await connect(options);
      const hang = () => {
        reached = true;
        return new Promise<never>(() => {});
      };
      runtime.wires[0]!.onTls = where === "handshake" ? hang : () => {};
      if (where !== "connecting") return connection;
      options.signal!.addEventListener("abort", () => connection.close());
      return await hang();
    };
    const auth = { user: "ada", password: "secret" };
    const { signal } = controller;
    const opening = rejection(Session.open({ host: "server.example", tls: "starttls", auth, signal, runtime }));
    const isThere = () =>
      reached && (/^[A-Z]/.test(where) ? servers[0]!.commands.some((one) => one.startsWith(where)) : true);
    do await settle(); while (!isThere());
    controller.abort(new Error("enough"));
    expect(await opening).toEqual(new Error("enough"));
    await settle();
    expect(runtime.wires.map(({ closeCalls, violations }) => [closeCalls > 0, violations])).toEqual([[true, []]]);
  },
);

test("Session.open with a signal that is aborted already connects to nothing", async () => {
  const runtime = new ScriptedRuntime(() => {});
  const open = Session.open({
    host: "server.example",
    tls: "off",
    runtime,
    signal: AbortSignal.abort(new Error("no")),
  });
  expect(await rejection(open)).toEqual(new Error("no"));
  expect(runtime.wires).toEqual([]);
});

test("Session.abort ends what is under way with what is known of it", async () => {
  const { session, wire } = await openSession({ reply: silentAt(".") });
  const both = [0, 1].map(() => rejection(session.send(raw())));
  await settle();
  session.abort();
  expect(await Promise.all(both)).toMatchObject([
    { name: "ClosedError", phase: "final", fate: "unknown", retryable: false },
    { name: "ClosedError", phase: "mail", fate: "unsent", retryable: true },
  ]);
  expect(wire.closeCalls).toBeGreaterThan(0);
});
