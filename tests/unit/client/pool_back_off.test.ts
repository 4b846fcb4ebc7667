/** How a client waits for a server that refuses for now, and when it gives up. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "../session/support.ts";
import { clientOf, holdTime, pass, takenBy } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
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
