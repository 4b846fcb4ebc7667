/** How many sessions a client has: as many as there is work for, and never more than its pool may have. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "../session/support.ts";
import { clientOf, holding, holdTime, pass, recipients, takenBy, turns } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
});

test("SmtpClient opens as many sessions as there are messages under way, up to the size of the pool", async () => {
  const { behaviour, held } = holding();
  const { client, servers } = clientOf({ pool: { size: 3 } }, behaviour);
  const first = client.send(raw("first@example.net"));
  await turns();
  expect(servers).toHaveLength(1);
  const more = recipients(5).map((to) => client.send(raw(to)));
  await turns();
  expect(servers).toHaveLength(3);
  for (let round = 0; round < 2; round++) {
    expect(held).toHaveLength(3);
    held.splice(0).forEach((release) => release());
    await turns();
  }
  await Promise.all([first, ...more]);
  expect(takenBy(servers).flat().sort()).toEqual(["first@example.net", ...recipients(5)]);
  expect(servers.every(({ taken }) => taken.length === 2)).toBe(true);
  await client.close();
});

test("SmtpClient keeps to one session where messages follow each other", async () => {
  const { client, servers } = clientOf({ pool: { size: 5 } });
  for (const to of recipients(5)) await client.send(raw(to));
  expect(servers).toHaveLength(1);
  await client.close();
});

test("SmtpClient shares what waits among the sessions that are about to be opened", async () => {
  const held: (() => void)[] = [];
  let isHeld = true;
  const slow: ServerOptions = {
    extensions: ["PIPELINING", "CHUNKING"],
    reply: (line, server) => {
      if (!isHeld || !line.startsWith("MAIL") || Object.hasOwn(server, "say")) return undefined;
      const say = server.say.bind(server);
      server.say = (...lines) => void held.push(() => say(...lines));
      return undefined;
    },
  };
  const { client, servers } = clientOf({ pool: { size: 4 } }, slow);
  const sends = recipients(40).map((to) => client.send(raw(to)));
  await turns();
  expect(servers.map(({ taken }) => taken.length)).toEqual([8, 8, 8, 8]);
  isHeld = false;
  servers.forEach((server) => Reflect.deleteProperty(server, "say"));
  held.forEach((say) => say());
  await Promise.all(sends);
  expect(takenBy(servers).flat()).toHaveLength(40);
  await client.close();
});

test("SmtpClient never has more connections than the pool's size, those that log off included", async () => {
  let open = 0;
  let most = 0;
  const count: ServerOptions = {
    extensions: ["PIPELINING", "LIMITS MAILMAX=1"],
    reply: (line) => {
      if (line.startsWith("EHLO")) most = Math.max(most, ++open);
      if (line === "QUIT") open--;
      return undefined;
    },
  };
  const { client, servers } = clientOf({ pool: { size: 3 } }, count);
  await Promise.all(recipients(20).map((to) => client.send(raw(to))));
  expect([most, servers.length]).toEqual([3, 20]);
  await client.close();
});

test("SmtpClient goes on with the sessions it has when one more is refused", async () => {
  const { behaviour, held } = holding();
  const { client, servers } = clientOf({ pool: { size: 2 } }, behaviour, { greeting: "421 4.3.2 one at a time" });
  const sends = recipients(3).map((to) => client.send(raw(to)));
  for (let i = 0; i < 3; i++) {
    await turns();
    held[i]!();
  }
  await Promise.all(sends);
  expect(takenBy(servers)).toEqual([recipients(3), []]);
  await client.close();
});

test("SmtpClient opens no session too many beside one that the server closes, whose last replies nobody waits for", async () => {
  const open: number[] = [];
  const { client, runtime, servers } = clientOf({ pool: { size: 1 } }, {
    extensions: ["PIPELINING", "CHUNKING"],
    reply: (line, server) => {
      if (line.startsWith("EHLO")) open.push(runtime.wires.filter(({ closeCalls }) => closeCalls === 0).length);
      return line === "." && server === servers[0] ? "" : undefined;
    },
  });
  const controller = new AbortController();
  const first = client.send(raw());
  await turns();
  // From now on it says what it is told to.
  const [server] = servers;
  server!.wire.onWrite = () => {};
  const second = rejection(client.send(raw(), { signal: controller.signal }));
  await turns();
  controller.abort(new Error("enough"));
  await second;
  // The second of these is about the message that was cancelled; what else is owed for that does not come.
  server!.say("250 2.0.0 taken", "421 4.3.0 going down");
  await first;
  await client.send(raw());
  expect(open).toEqual([1, 1]);
  await client.close();
});

test("SmtpClient opens no session too many while it logs off from one that refuses to give a sign of life", async () => {
  const open: number[] = [];
  const { client, runtime, servers } = clientOf({ pool: { size: 2, checkAfter: 1_000 } }, {
    extensions: [],
    reply: (line, server) => {
      if (line.startsWith("EHLO")) open.push(runtime.wires.filter(({ closeCalls }) => closeCalls === 0).length);
      if (line === "NOOP" && server === servers[0]) return "502 5.5.1 not here";
      if (line === "QUIT" && server === servers[0]) return "";
      if (line !== "NOOP") return undefined;
      setTimeout(() => server.say("250 2.0.0 here"), 100);
      return "";
    },
  });
  await Promise.all([client.send(raw()), client.send(raw())]);
  expect(open).toHaveLength(2);
  await pass(2_000);
  // The second session gives a sign of life, and another one is wanted.
  const sent = Promise.all(recipients(20).map((to) => client.send(raw(to))));
  await pass(100);
  await pass(1_900);
  await sent;
  expect(Math.max(...open)).toBe(2);
  await client.close();
});
