import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { openSession, raw, scripted } from "./support.ts";

const EXTENSIONS = ["PIPELINING", "CHUNKING", "8BITMIME"];

// The steady clock goes on as ever, by next to nothing: as it does while a machine sleeps.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const sleep = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

test("Session.send writes the first message in two steps after a sleep that stopped the steady clock", async () => {
  const { session, wire } = await openSession({ extensions: EXTENSIONS });
  const writes = async () => {
    const before = wire.writes.length;
    await session.send(raw());
    return wire.writes.length - before;
  };
  expect(await writes()).toBe(1);
  sleep(10_001);
  expect(await writes()).toBe(2);
  expect(await writes()).toBe(1);
  await session.close();
});

test("SmtpClient asks for a sign of life after a sleep that stopped the steady clock", async () => {
  const { runtime, servers } = scripted({ extensions: EXTENSIONS });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime });
  await client.send(raw());
  sleep(29_000);
  await client.send(raw());
  expect(servers[0]!.commands).not.toContain("NOOP");
  sleep(30_001);
  await client.send(raw());
  expect(servers[0]!.commands).toContain("NOOP");
  await client.close();
});

test("Session.send reads what came in a pause before it writes, and keeps the order of messages", async () => {
  const { session, server, wire } = await openSession({ extensions: EXTENSIONS });
  await session.send(raw("a@example.net"));
  sleep(101);
  const before = wire.writes.length;
  const sending = ["b@example.net", "c@example.net"].map((to) => session.send(raw(to)));
  await Promise.resolve();
  expect(wire.writes).toHaveLength(before);
  // After the first turn, and before the second.
  await new Promise((resolve) => setTimeout(resolve, 0));
  sending.push(session.send(raw("d@example.net")));
  await Promise.all(sending);
  expect(server.taken.map(({ to }) => to[0])).toEqual([..."abcd"].map((name) => `${name}@example.net`));
  await session.close();
});

test("Session.close after a pause waits for what was asked for before it", async () => {
  const { session, server } = await openSession({ extensions: EXTENSIONS });
  await session.send(raw("a@example.net"));
  sleep(101);
  const sending = session.send(raw("b@example.net"), { deadline: 5_000 });
  const closing = session.close();
  await expect(session.send(raw("c@example.net"))).rejects.toMatchObject({ name: "ClosedError" });
  await Promise.all([sending, closing]);
  expect(server.taken.map(({ to }) => to[0])).toEqual(["a@example.net", "b@example.net"]);
  expect(server.commands.at(-1)).toBe("QUIT");
});
