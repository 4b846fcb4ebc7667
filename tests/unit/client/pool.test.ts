import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { fateOf } from "../../../lib/errors.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
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

test("SmtpClient spreads messages over time, and makes up for no pause by a burst", async () => {
  const times: number[] = [];
  const noted: ServerOptions = {
    reply: (line) => {
      if (line.startsWith("MAIL")) times.push(performance.now());
      return undefined;
    },
  };
  const { client } = clientOf({ pool: { size: 5, messagesPerSecond: 10 } }, noted);
  const begun = performance.now();
  const all = recipients(6).map((to) => client.send(raw(to)));
  await pass(1_000);
  await Promise.all(all);
  expect(times.map((time) => time - begun)).toEqual([0, 100, 200, 300, 400, 500]);
  await pass(5_000);
  times.length = 0;
  const later = performance.now();
  const more = recipients(3).map((to) => client.send(raw(to)));
  await pass(1_000);
  await Promise.all(more);
  expect(times.map((time) => time - later)).toEqual([0, 100, 200]);
  await client.close();
});

test("SmtpClient counts recipients where they are limited, and opens no sessions for those who wait for that", async () => {
  const times: number[] = [];
  const noted: ServerOptions = {
    reply: (line) => {
      if (line.startsWith("MAIL")) times.push(performance.now());
      return undefined;
    },
  };
  const { client, servers } = clientOf({ pool: { size: 5, recipientsPerSecond: 20 } }, noted);
  const begun = performance.now();
  const all = [client.send(raw(...recipients(10))), client.send(raw()), client.send(raw())];
  await pass(2_000);
  await Promise.all(all);
  expect(times.map((time) => time - begun)).toEqual([0, 500, 550]);
  expect(servers).toHaveLength(1);
  await client.close();
});

test("SmtpClient lets go of a message that waits for its turn when the caller's patience ends", async () => {
  const { client, servers } = clientOf({ pool: { messagesPerSecond: 1 } });
  const controller = new AbortController();
  const first = client.send(raw("first@example.net"));
  const outcomes = [
    rejection(client.send(raw("second@example.net"), { signal: controller.signal })),
    rejection(client.send(raw("third@example.net"), { deadline: 500 })),
    rejection(client.send(raw("fourth@example.net"), { signal: AbortSignal.abort(new Error("before")) })),
  ];
  const fifth = client.send(raw("fifth@example.net"));
  controller.abort(new Error("no more"));
  await pass(3_000);
  await Promise.all([first, fifth]);
  expect(await Promise.all(outcomes)).toMatchObject([
    { message: "no more" },
    { name: "TimeoutError", fate: "unsent", limit: 500 },
    { message: "before" },
  ]);
  expect(fateOf(controller.signal.reason)).toBe("unsent");
  expect(takenBy(servers)).toEqual([["first@example.net", "fifth@example.net"]]);
  await client.close();
});

test("SmtpClient waits longer after each refusal to open a session, within bounds, and then gives up", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const times: number[] = [];
  const busy: ServerOptions = { greeting: "421 4.3.2 too many connections" };
  const runtime = new ScriptedRuntime((wire) => {
    times.push(performance.now());
    void new ScriptedServer(wire, busy);
  });
  const pool = { tries: 4, backOff: { first: 100, most: 250 } };
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime, pool });
  const begun = performance.now();
  const failed = Promise.all([rejection(client.send(raw())), rejection(client.send(raw()))]);
  await pass(1_000);
  expect(await failed).toMatchObject(Array(2).fill({ name: "ReplyError", phase: "greeting", reply: { code: 421 } }));
  expect(times.map((time) => time - begun)).toEqual([0, 100, 300, 550]);
  await client.close();
});

test("SmtpClient waits at least half of a wait, and no less by chance", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { client, servers } = clientOf({}, { greeting: "421 4.3.2 busy" }, {});
  const sent = client.send(raw());
  await pass(499);
  expect(servers).toHaveLength(1);
  await pass(1);
  expect((await sent).accepted).toEqual(["b@example.net"]);
  await client.close();
});

test("SmtpClient ends the wait for a host on a signal and on a deadline", async () => {
  const { client } = clientOf({ pool: { tries: 9 } }, { greeting: "421 4.3.2 busy" });
  const controller = new AbortController();
  const cancelled = rejection(client.send(raw(), { signal: controller.signal }));
  const late = rejection(client.send(raw(), { deadline: 1_500 }));
  await pass(100);
  controller.abort(new Error("no more"));
  expect(await cancelled).toEqual(new Error("no more"));
  await pass(1_400);
  expect(await late).toMatchObject({ name: "TimeoutError", phase: "connect", fate: "unsent" });
  const closed = client.close();
  await pass(60_000);
  await closed;
});

test("SmtpClient slows down after MAIL is refused for now, and tries no message again for it", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const times: number[] = [];
  const loaded: ServerOptions = {
    reply: (line) => {
      if (!line.startsWith("MAIL")) return undefined;
      times.push(performance.now());
      return times.length < 3 ? "452 4.3.1 insufficient storage" : undefined;
    },
  };
  const { client } = clientOf({ pool: { backOff: { first: 100 } } }, loaded);
  const begun = performance.now();
  expect(await rejection(client.send(raw()))).toMatchObject({ name: "RejectedError", fate: "deferred" });
  const second = rejection(client.send(raw()));
  await pass(150);
  expect(await second).toMatchObject({ fate: "deferred" });
  const third = client.send(raw());
  await pass(500);
  await third;
  await client.send(raw());
  expect(times.map((time) => time - begun)).toEqual([0, 100, 300, 650]);
  await client.close();
});

test("SmtpClient tries a message again when a new session says 421 to it, after a wait and within bounds", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const full: ServerOptions = {
    reply: (line, { wire }) => {
      if (!line.startsWith("MAIL")) return undefined;
      wire.send("421 4.7.0 too much\r\n");
      wire.finish();
      return "";
    },
  };
  const { client, servers } = clientOf({ pool: { tries: 3, backOff: { first: 100 } } }, full);
  const failed = Promise.all([rejection(client.send(raw())), rejection(client.send(raw()))]);
  await pass(10_000);
  expect(await failed).toMatchObject([{ reply: { code: 421 }, phase: "mail" }, {}]);
  expect(takenBy(servers).flat()).toEqual([]);
  expect(servers.length).toBeLessThanOrEqual(5);
  await client.close();
});

test("SmtpClient does not open sessions for ever with a server that closes them at once", async () => {
  const hasty: ServerOptions = {
    extensions: ["PIPELINING"],
    reply: (line, { wire }) => {
      if (!line.startsWith("EHLO")) return undefined;
      wire.send("250 server.example\r\n");
      wire.finish();
      return "";
    },
  };
  for (const size of [1, 3]) {
    const { client, servers } = clientOf({ pool: { size } }, hasty);
    const failed = Promise.all(recipients(4).map((to) => rejection(client.send(raw(to)))));
    await pass(1_000);
    expect(await failed).toMatchObject(Array(4).fill({ name: "ConnectionError", fate: "unsent" }));
    expect(servers.length).toBeLessThanOrEqual(4 * size);
    await client.close();
  }
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

test("SmtpClient.close waits for what waits for its turn, and loses nothing", async () => {
  const { client, servers } = clientOf({ pool: { messagesPerSecond: 2 } });
  const sends = recipients(4).map((to) => client.send(raw(to)));
  let isClosed = false;
  const closing = client.close().then(() => isClosed = true);
  await pass(1_000);
  expect(isClosed).toBe(false);
  await pass(1_000);
  await closing;
  await Promise.all(sends);
  expect(servers.map(({ commands }) => commands.at(-1))).toEqual(["QUIT"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("SmtpClient.close ends the opening of sessions that nobody needs any more", async () => {
  const { behaviour, held } = holding();
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime(async (wire, _options, index) => {
    if (index > 0) await new Promise(() => {});
    servers.push(new ScriptedServer(wire, behaviour));
  });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime, pool: { size: 2 } });
  const first = client.send(raw());
  await turns();
  const second = client.send(raw());
  await turns();
  expect(runtime.wires).toHaveLength(2);
  held.forEach((release) => release());
  await turns();
  held.forEach((release) => release());
  await Promise.all([first, second]);
  await client.close();
  expect(servers).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("SmtpClient sends nothing twice that a lost session may have taken, and all else once", async () => {
  const extensions = ["PIPELINING", "CHUNKING"];
  let cut = 5;
  const dying: ServerOptions = {
    extensions,
    reply: (line, { wire, taken }) => {
      if (line !== "." || taken.length + 1 < cut) return undefined;
      wire.finish();
      cut = Infinity;
      return "";
    },
  };
  const { client, servers } = clientOf({ window: 8 }, dying);
  const outcomes = await Promise.allSettled(recipients(30).map((to) => client.send(raw(to))));
  const unknown = outcomes.flatMap((one, index) =>
    one.status === "rejected" && fateOf(one.reason) === "unknown" ? [`r${index}@example.net`] : []
  );
  const accepted = outcomes.flatMap((one) => one.status === "fulfilled" ? one.value.accepted : []);
  expect(unknown.length).toBeGreaterThan(0);
  expect([...accepted, ...unknown].sort()).toEqual(recipients(30).sort());
  const taken = takenBy(servers).flat();
  expect(new Set(taken).size).toBe(taken.length);
  expect(accepted.every((one) => taken.includes(one))).toBe(true);
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

test("SmtpClient fails what waits for a host that answers no more, though its attempts overlap", async () => {
  let attempts = 0;
  const runtime = new ScriptedRuntime((wire) => {
    if (attempts++ > 0) return new Promise(() => {});
    new ScriptedServer(wire, { reply: (line) => line.startsWith("MAIL") ? "" : undefined });
  });
  const timeouts = { connect: 240_000, command: 300_000 };
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime, timeouts, pool: { size: 2 } });
  const failed: unknown[] = [];
  const send = () => void rejection(client.send(raw())).then((error) => failed.push(error));
  send();
  await pass(1);
  for (let i = 0; i < 5; i++) send();
  await pass(1);
  expect(attempts).toBe(2);
  // The session that was open ends in the midst of the attempt at another one, so that there are two of these.
  await pass(100_000);
  runtime.wires[0]!.finish();
  await pass(1_000);
  expect(attempts).toBe(3);
  await pass(240_000);
  expect(failed.map(fateOf)).toEqual(Array(6).fill("unsent"));
  expect(failed.at(-1)).toMatchObject({ name: "TimeoutError", phase: "connect" });
  expect(attempts).toBe(3);
  await client.close();
});

test("SmtpClient gives up a message at which servers hang up, though others get through meanwhile", async () => {
  let count = 0;
  let hangUp = () => {};
  const { client } = clientOf({ pool: { size: 2, tries: 3, messagesPerSession: 1 } }, {
    extensions: ["PIPELINING"],
    reply: (line, { wire }) => {
      if (!line.startsWith("MAIL FROM:<bad@")) return undefined;
      count++;
      hangUp = () => wire.finish();
      return "";
    },
  });
  await Promise.all([client.send(raw()), client.send(raw())]);
  const { raw: content } = raw();
  const bad = rejection(client.send({ raw: content, envelope: { from: "bad@example.com", to: "b@example.net" } }));
  for (let i = 0; i < 10; i++) {
    await turns();
    await client.send(raw());
    hangUp();
    await turns();
  }
  expect(count).toBe(3);
  expect(await bad).toMatchObject({ name: "ConnectionError", fate: "unsent" });
  await client.close();
});
