/** `sendAll` that is left early, cancelled or closed: what was handed over is waited for, and its fate is told. */
import { afterEach, expect, test, vi } from "vitest";
import type { Delivery, Messages } from "../../../lib/client/delivery.ts";
import { fateOf } from "../../../lib/errors.ts";
import { raw, rejection, settle } from "../session/support.ts";
import { CHUNKED, collect, counted } from "./send_all_support.ts";
import { clientOf, holdTime, pass, takenBy } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("SmtpClient.sendAll that is left early closes the source and waits for what was handed over, and for no more", async () => {
  let release: (() => void)[] = [];
  const { client, servers } = clientOf({ window: 4 }, {
    extensions: CHUNKED,
    reply: (line, server) => {
      if (line !== "." || server.taken.length === 0) return undefined;
      release.push(() => server.say("250 2.0.0 ok"));
      return "";
    },
  });
  await client.verify();
  const source = counted(100);
  const iteration = client.sendAll(source.messages, { window: 20 });
  await iteration.next();
  await settle();
  let isLeft = false;
  const left = iteration.return!().then(() => isLeft = true);
  await settle();
  expect([isLeft, source.closed]).toEqual([false, true]);
  const underWay = release.length;
  expect(underWay).toBeGreaterThan(0);
  while (release.length > 0) {
    const held = release;
    release = [];
    held.forEach((one) => one());
    await settle();
  }
  await left;
  expect(servers[0]!.taken.length).toBe(1 + underWay);
  expect(source.taken).toBeLessThanOrEqual(21);
  await client.close();
});

test("SmtpClient.sendAll that is left early does not wait for ever for a source to close, nor longer than its signal", async () => {
  holdTime();
  const { client } = clientOf({}, { extensions: CHUNKED });
  const controller = new AbortController();
  for (const signal of [undefined, controller.signal]) {
    const messages: Messages = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: raw() }),
        return: () => new Promise(() => {}),
      }),
    };
    let error: unknown;
    const loop = async () => {
      for await (const _ of client.sendAll(messages, { window: 1, ...signal && { signal } })) break;
    };
    const left = loop().catch((thrown: unknown) => error = thrown);
    await pass(29_999);
    expect(error).toBeUndefined();
    if (signal === undefined) await pass(1);
    else controller.abort(new Error("enough"));
    await left;
    expect(error).toMatchObject(signal === undefined ? { name: "TimeoutError", limit: 30_000 } : { message: "enough" });
  }
  await client.close();
});

test("SmtpClient.sendAll that a loop breaks off sends nothing more", async () => {
  const { client, servers } = clientOf({}, { extensions: CHUNKED });
  const source = counted(1_000);
  for await (const { index } of client.sendAll(source.messages, { window: 10 })) if (index >= 30) break;
  const count = servers[0]!.taken.length;
  await settle();
  expect(servers[0]!.taken).toHaveLength(count);
  expect([source.closed, count < 60]).toEqual([true, true]);
  await client.close();
});

test("SmtpClient.sendAll that is cancelled tells the fate of each message, and ends with the reason", async () => {
  const controller = new AbortController();
  let contents = 0;
  const { client } = clientOf({ window: 4 }, {
    extensions: CHUNKED,
    reply: (line, server) => {
      // From the third content on, what comes is taken and never answered.
      if (line === "." && ++contents === 3) server.say = () => {};
      return undefined;
    },
  });
  const source = counted(1_000);
  const seen: Delivery[] = [];
  const run = async () => {
    for await (const delivery of client.sendAll(source.messages, { window: 12, signal: controller.signal })) {
      seen.push(delivery);
      if (seen.length === 2) setTimeout(() => controller.abort(new Error("enough")), 5);
    }
  };
  expect(await rejection(run())).toEqual(new Error("enough"));
  const fates = seen.map(({ fate }) => fate);
  expect(fates.filter((fate) => fate === undefined)).toHaveLength(2);
  expect(new Set(fates)).toEqual(new Set([undefined, "unknown", "unsent"]));
  expect(seen.length).toBe(source.taken);
  expect(seen.slice(2).every(({ error }) => error === controller.signal.reason)).toBe(true);
  expect(fateOf(controller.signal.reason)).toBe("unknown");
  expect(source.closed).toBe(true);
  await client.close();
});

test("SmtpClient.sendAll with a signal that has fired takes nothing", async () => {
  const { client, runtime } = clientOf({});
  const source = counted(5);
  const signal = AbortSignal.abort(new Error("before"));
  expect(await rejection(collect(client.sendAll(source.messages, { signal })))).toEqual(new Error("before"));
  expect([source.taken, runtime.wires.length]).toEqual([0, 0]);
  await client.close();
});

test("SmtpClient.sendAll does not wait for a source that hangs when it is cancelled or left", async () => {
  const { client } = clientOf({}, { extensions: CHUNKED });
  const hanging = async function* () {
    yield raw();
    await new Promise(() => {});
  };
  const controller = new AbortController();
  const iteration = client.sendAll(hanging(), { signal: controller.signal });
  expect((await iteration.next()).value?.index).toBe(0);
  const next = rejection(iteration.next());
  await settle();
  controller.abort(new Error("enough"));
  expect(await next).toEqual(new Error("enough"));
  for await (const _ of client.sendAll(hanging())) break;
  await client.close();
});

test("SmtpClient.sendAll ends when the client is closed, with what was under way", async () => {
  const { client, servers } = clientOf({}, { extensions: CHUNKED });
  const source = counted(1_000);
  const seen: number[] = [];
  const run = async () => {
    for await (const { index, receipt } of client.sendAll(source.messages, { window: 8 })) {
      if (receipt !== undefined) seen.push(index);
      if (seen.length === 20) void client.close();
    }
  };
  expect(await rejection(run())).toMatchObject({ name: "ClosedError", message: "The client is closed" });
  expect(seen).toHaveLength(source.taken);
  expect(takenBy(servers).flat()).toHaveLength(source.taken);
  expect(source.closed).toBe(true);
  await client.close();
});
