import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { LARGE, openSession, raw, rejection, scripted, streamed } from "./support.ts";

const EXTENSIONS = ["PIPELINING", "CHUNKING", "8BITMIME"];

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

async function* pieces(): AsyncGenerator<string> {
  yield LARGE;
  yield LARGE;
}

test("Session.send writes the first message after a pause in two steps, and the next one whole again", async () => {
  const { session, server, wire } = await openSession({ extensions: EXTENSIONS });
  const writes = async (send: () => Promise<unknown>) => {
    const before = wire.writes.length;
    await send();
    return wire.writes.length - before;
  };
  expect(await writes(() => session.send(raw()))).toBe(1);
  vi.advanceTimersByTime(10_001);
  expect(await writes(() => session.send(raw()))).toBe(2);
  expect(await writes(() => session.send(raw()))).toBe(1);
  expect(server.commands).not.toContain("RSET");
  vi.advanceTimersByTime(10_001);
  await session.send(streamed(pieces));
  expect(server.taken.at(-1)).toMatchObject({ content: LARGE.repeat(2), chunks: [LARGE.length, LARGE.length] });
  await session.close();
});

test("Session.send writes a message whole behind a sign of life", async () => {
  const { session, wire } = await openSession({ extensions: EXTENSIONS });
  vi.advanceTimersByTime(10_001);
  await session.noop();
  const before = wire.writes.length;
  await session.send(raw());
  expect(wire.writes.length - before).toBe(1);
  await session.close();
});

test("Session.send writes nothing of the content after a pause when nobody is accepted", async () => {
  const { session, wire } = await openSession({
    extensions: EXTENSIONS,
    reply: (line) => line.startsWith("RCPT") && line.includes("nobody") ? "550 5.1.1 nobody" : undefined,
  });
  vi.advanceTimersByTime(10_001);
  expect(await rejection(session.send(raw("nobody@example.net")))).toMatchObject({
    name: "RejectedError",
    phase: "rcpt",
    fate: "rejected",
    sessionUsable: true,
  });
  expect(wire.text).not.toContain("BDAT");
  const receipt = await session.send(raw("nobody@example.net", "b@example.net"));
  expect([receipt.accepted, receipt.rejected.length]).toEqual([["b@example.net"], 1]);
  // The transaction of which nothing came was still open.
  expect(wire.text.split("RSET")).toHaveLength(2);
  await session.close();
});

test("a stream that is refused between two chunks after a pause is broken off", async () => {
  const { session } = await openSession({
    extensions: EXTENSIONS,
    reply: (line) => line.startsWith("BDAT") ? "452 4.3.1 no space" : undefined,
  });
  vi.advanceTimersByTime(10_001);
  expect(await rejection(session.send(streamed(pieces)))).toMatchObject({ phase: "content", fate: "deferred" });
  await session.noop();
  await session.close();
});

test.each(["finish", "reset"] as const)(
  "SmtpClient replaces a session that has died in a pause without a word: %s",
  async (how) => {
    const { runtime, servers } = scripted({ extensions: EXTENSIONS });
    const client = new SmtpClient({ host: "mail.example", tls: "off", runtime });
    await client.send(raw("first@example.net"));
    vi.advanceTimersByTime(15_000);
    // What is written is swallowed, and only that tells.
    runtime.wires[0]!.onWrite = () => runtime.wires[0]![how]();
    await client.send(raw("second@example.net"));
    await client.close();
    expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([["first@example.net"], [
      "second@example.net",
    ]]);
  },
);
