/** How long a client keeps a session: while there is work, until it is idle, old, used up, or gives no sign of life. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { raw } from "../session/support.ts";
import { clientOf, holding, holdTime, pass, recipients, takenBy, turns } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
});

test("SmtpClient closes a session that is idle, and opens another one when it is needed", async () => {
  const { client, servers } = clientOf({ pool: { idleTime: 1_000 } });
  await client.send(raw());
  await pass(999);
  expect(servers[0]!.commands.at(-1)).toBe(".");
  await pass(1);
  expect(servers[0]!.commands.at(-1)).toBe("QUIT");
  await client.send(raw());
  expect(takenBy(servers)).toEqual([["b@example.net"], ["b@example.net"]]);
  await client.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("SmtpClient counts a session's idle time from its last message", async () => {
  const { client, servers } = clientOf({ pool: { idleTime: 1_000 } });
  for (let i = 0; i < 4; i++) {
    await client.send(raw());
    await pass(800);
  }
  expect(servers).toHaveLength(1);
  await pass(200);
  expect(servers[0]!.commands.at(-1)).toBe("QUIT");
  await client.close();
});

test("SmtpClient lets a session go that the load needs no more, and keeps the one in use", async () => {
  const { client, servers } = clientOf({ pool: { size: 2, idleTime: 1_000 } });
  await Promise.all([client.send(raw()), client.send(raw())]);
  expect(servers).toHaveLength(2);
  for (let i = 0; i < 5; i++) {
    await pass(300);
    await client.send(raw());
  }
  expect(servers.map(({ commands }) => commands.includes("QUIT")).sort()).toEqual([false, true]);
  await client.close();
});

test.each([
  ["messagesPerSession", { messagesPerSession: 2 }, ["PIPELINING"]],
  ["MAILMAX", {}, ["PIPELINING", "LIMITS MAILMAX=2"]],
  ["the lower of both", { messagesPerSession: 2 }, ["PIPELINING", "CHUNKING", "LIMITS MAILMAX=9"]],
])("SmtpClient replaces a session after so many messages: %s", async (_what, pool, extensions) => {
  const { client, servers } = clientOf({ pool }, { extensions });
  const receipts = await Promise.all(recipients(5).map((to) => client.send(raw(to))));
  expect(receipts.map(({ accepted }) => accepted[0])).toEqual(recipients(5));
  expect(servers.map(({ taken }) => taken.length)).toEqual([2, 2, 1]);
  expect(servers.slice(0, 2).map(({ commands }) => commands.at(-1))).toEqual(["QUIT", "QUIT"]);
  await client.close();
});

test("SmtpClient replaces a session when its lifetime is over, and lets what is under way end in it", async () => {
  const { behaviour, held } = holding();
  const { client, servers } = clientOf({ pool: { lifetime: 5_000 } }, behaviour);
  const first = client.send(raw("first@example.net"));
  await pass(6_000);
  const second = client.send(raw("second@example.net"));
  await turns();
  expect(servers).toHaveLength(1);
  held[0]!();
  await first;
  await turns();
  held[1]!();
  await second;
  expect(takenBy(servers)).toEqual([["first@example.net"], ["second@example.net"]]);
  expect(servers[0]!.commands.at(-1)).toBe("QUIT");
  await client.close();
});

test("SmtpClient asks a session that was idle for long for a sign of life, and no other", async () => {
  const { client, servers, runtime } = clientOf({ pool: { checkAfter: 2_000 } });
  await client.send(raw());
  await pass(1_999);
  await client.send(raw());
  expect(servers[0]!.commands).not.toContain("NOOP");
  await pass(2_001);
  await client.send(raw());
  expect(servers[0]!.commands.filter((line) => line === "NOOP")).toHaveLength(1);
  await pass(2_001);
  runtime.wires[0]!.onWrite = () => {};
  const late = client.send(raw("late@example.net"));
  await pass(10_000);
  await late;
  expect(takenBy(servers).map((taken) => taken.length)).toEqual([3, 1]);
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
  await client.close();
});
