import { afterEach, expect, test, vi } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { holdTime, pass } from "../client/support.ts";
import { fateOf } from "../../../mod.ts";
import { LARGE, openSession, raw, rejection, settle, streamed } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

const EXTENSIONS = { extensions: ["PIPELINING", "8BITMIME"] };

test("content in pieces arrives whole, dots and all, and its source is read to its end", async () => {
  const { session, server } = await openSession(EXTENSIONS);
  const pieces = async function* () {
    for (const piece of ["Subject: x\r", "\n\r\n", ".", "\r\n..a\r\n", "", "."]) {
      await settle();
      yield piece;
    }
  };
  await session.send(streamed(pieces));
  expect(server.taken.map(({ content }) => content)).toEqual(["Subject: x\r\n\r\n.\r\n..a\r\n.\r\n"]);
});

test.each([
  ["throws", "reading failed", async function* () {
    yield "a\r\n";
    await settle();
    throw new Error("disk on fire");
  }],
  ["holds NUL", "NUL", async function* () {
    yield await Promise.resolve("a\0b\r\n");
  }],
  ["gives no octets", "", async function* () {
    yield await Promise.resolve(42 as unknown as string);
  }],
])("a source that %s ends the session in mid-content, and the message is unsent", async (_what, text, pieces) => {
  const { session, server, wire } = await openSession(EXTENSIONS);
  const error = rejection(session.send(streamed(pieces)));
  const other = rejection(session.send(raw()));
  expect(await error).toMatchObject({ name: "ContentError", code: "CONTENT_FAILED", phase: "content", fate: "unsent" });
  expect(((await error) as Error).message).toContain(text);
  expect(await other).toMatchObject({ name: "ClosedError", fate: "unsent", retryable: true });
  expect([server.taken, wire.closeCalls > 0, wire.violations]).toEqual([[], true, []]);
  expect(wire.text).not.toMatch(/\r\n\.\r\n/);
});

test("a source that hangs is left when the session ends otherwise", async () => {
  const { session, server } = await openSession(EXTENSIONS);
  const pieces = async function* () {
    yield LARGE;
    await new Promise(() => {});
  };
  const error = rejection(session.send(streamed(pieces)));
  while (!server.wire.text.includes("a line")) await settle();
  server.wire.reset();
  expect(await error).toMatchObject({ name: "ConnectionError", phase: "content", fate: "unsent" });
});

test("a source that is slow is waited for as long as each piece comes in time", async () => {
  holdTime();
  const { session, server } = await openSession(EXTENSIONS, { timeouts: { content: 300, final: 200, command: 200 } });
  const pieces = async function* () {
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 80));
      yield LARGE;
    }
  };
  const sending = session.send(streamed(pieces));
  for (let i = 0; i < 6; i++) await pass(80);
  await sending;
  expect(server.taken).toHaveLength(1);
});

test("what a server says in mid-content before it hangs up is still read, although writing has failed", async () => {
  for (const [line, fate] of [["552 5.3.4 too big", "rejected"], ["452 4.3.1 no room", "deferred"]] as const) {
    const { session, server, wire } = await openSession(EXTENSIONS);
    const take = wire.onWrite;
    wire.onWrite = (octets) => {
      if (!server.commands.includes("DATA")) return take(octets);
      setTimeout(() => {
        server.say(line);
        wire.finish();
      }, 5);
      return Promise.reject(new Error("broken pipe"));
    };
    const pieces = async function* () {
      for (;;) yield await Promise.resolve(LARGE);
    };
    const error = await rejection(session.send(streamed(pieces)));
    expect(error).toMatchObject({ name: "RejectedError", fate, phase: "final", sessionUsable: false });
    expect(wire.closeCalls).toBeGreaterThan(0);
  }
});

test("when writing has failed and nothing is said, the failure is told in time", async () => {
  const { session, server, wire } = await openSession(EXTENSIONS);
  const take = wire.onWrite;
  const cause = new Error("broken pipe");
  wire.onWrite = (octets) => octets.length < 20 ? take(octets) : Promise.reject(cause);
  setTimeout(() => wire.finish(), 20);
  const error = await rejection(session.send(raw()));
  expect(error).toMatchObject({ name: "ConnectionError", code: "CONNECTION_LOST", fate: "unsent", retryable: true });
  expect((error as Error).cause).toBe(cause);
  expect(server.taken).toEqual([]);
});

test("content that holds a lone line end inside is never ended as if it were complete", async () => {
  const { session, server, wire } = await openSession(EXTENSIONS);
  const content = {
    size: undefined,
    body: "7bit",
    smtpUtf8: false,
    octets: undefined,
    stream: async function* () {
      yield await Promise.resolve(encodeUtf8("a\n.\r\nMAIL FROM:<evil@y>\r\n"));
    },
  } as const;
  const mailbox = { address: "a@example.com", needsSmtpUtf8: false };
  const envelope = { from: undefined, to: [mailbox] };
  const composed = { envelope, messageId: undefined, content } as unknown as Parameters<typeof session.sendComposed>[0];
  expect(await rejection(session.sendComposed(composed))).toMatchObject({ name: "ContentError", fate: "unsent" });
  expect([server.taken, wire.text.includes("evil")]).toEqual([[], false]);
});

test.each([["by DATA", []], ["by BDAT", ["CHUNKING"]]])(
  "a source that gives nothing at once and for ever fails, %s, and whoever else waits gets a turn",
  async (_how, more) => {
    let given = 0;
    const nothing = async function* () {
      yield "a\r\n";
      // Whoever keeps all others from their turn is not to stop the tests.
      while (given++ < 200_000) yield new Uint8Array(0);
    };
    const { session, server } = await openSession({ extensions: ["PIPELINING", ...more] });
    const error = await rejection(session.send(streamed(nothing)));
    expect(error).toMatchObject({
      name: "ContentError",
      message: expect.stringMatching(/gave no octets$/),
    });
    expect(fateOf(error)).toBe("unsent");
    expect(given).toBeLessThan(20_000);
    expect(server.taken).toEqual([]);
    await session.close();
  },
);

test("content that is made and taken at once lets others have their turn, a timer or an early refusal", async () => {
  const quick = () => {
    const end = performance.now() + 3000;
    return async function* () {
      while (performance.now() < end) yield await Promise.resolve(LARGE);
    };
  };
  const late = await openSession(EXTENSIONS);
  const error = await rejection(late.session.send(streamed(quick()), { deadline: 40 }));
  expect(error).toMatchObject({ name: "TimeoutError", phase: "content", fate: "unsent" });
  const full = await openSession(EXTENSIONS);
  setTimeout(() => full.wire.send("552 5.3.4 too big\r\n"), 40);
  const refused = await rejection(full.session.send(streamed(quick())));
  expect(refused).toMatchObject({ code: "MESSAGE_TOO_LARGE", fate: "rejected" });
});
