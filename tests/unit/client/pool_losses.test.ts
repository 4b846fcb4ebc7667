/** Sessions that are lost, never made, or hung up at: nothing is sent twice, and nothing is tried for ever. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { fateOf } from "../../../lib/errors.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "../session/support.ts";
import { clientOf, holdTime, pass, recipients, takenBy, turns } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
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
