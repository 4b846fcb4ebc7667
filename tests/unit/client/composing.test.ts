import { afterEach, expect, test, vi } from "vitest";
import type { Delivery } from "../../../lib/client/delivery.ts";
import { send } from "../../../lib/client/send.ts";
import { fateOf } from "../../../lib/errors.ts";
import { compose, type Composed } from "../../../lib/mime/compose.ts";
import type { Compose } from "../../../lib/mime/composer.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { openSession, rejection, scripted } from "../session/support.ts";
import { clientOf, holdTime, pass, recipients, takenBy, turns } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

function letter(to: string): Message {
  return { from: "ada@example.com", to, text: "Hello" };
}

/** Composes when it is told to, in any order, and counts what was released without having been sent. */
function held() {
  const waiting: { readonly go: () => void; readonly fail: (error: unknown) => void }[] = [];
  let released = 0;
  const composing: Compose = (message) =>
    new Promise<Composed>((resolve, reject) => {
      const composed = compose(message);
      const { content } = composed;
      const release = () => Promise.resolve(void released++);
      const { size, body, smtpUtf8, octets } = content;
      const copy = { size, body, smtpUtf8, octets, stream: () => content.stream(), release };
      waiting.push({ go: () => resolve({ ...composed, content: copy }), fail: reject });
    });
  return { waiting, composing, released: () => released };
}

const later: Compose = async (message) => {
  await Promise.resolve();
  return compose(message);
};

test("send composes by the caller's function, which the target or the options name", async () => {
  const { runtime, servers } = scripted({});
  await send({ host: "mail.example", tls: "off", compose: later }, letter("a@example.net"), { runtime });
  await send({ host: "mail.example", tls: "off" }, letter("b@example.net"), { runtime, compose: later });
  expect(takenBy(servers)).toEqual([["a@example.net"], ["b@example.net"]]);
});

test("SmtpClient.close does not wait for ever for a message that is never composed", async () => {
  holdTime();
  const { client } = clientOf({ compose: () => new Promise(() => {}) });
  const failed = rejection(client.send(letter("a@example.net")));
  const waited = rejection(client.send(letter("b@example.net"), { deadline: 700_000 }));
  let isClosed = false;
  const closed = client.close().then(() => isClosed = true);
  await pass(600_000);
  expect(await failed).toMatchObject({ name: "TimeoutError", phase: "content", fate: "unsent", limit: 600_000 });
  await pass(99_999);
  expect(isClosed).toBe(false);
  await pass(1);
  expect(await waited).toMatchObject({ limit: 700_000 });
  await closed;
});

test("send connects to nothing when composing fails, or the caller loses patience", async () => {
  const { runtime } = scripted({});
  const target = { host: "mail.example", tls: "off", runtime } as const;
  const failing = send(target, letter("a@example.net"), { compose: () => Promise.reject(new Error("no key")) });
  expect(await rejection(failing)).toMatchObject({ message: "no key" });
  const { waiting, composing, released } = held();
  const controller = new AbortController();
  const cancelled = send(target, letter("a@example.net"), { compose: composing, signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await rejection(cancelled)).toBe(reason);
  expect(fateOf(reason)).toBe("unsent");
  waiting[0]!.go();
  await turns();
  expect([released(), runtime.wires.length]).toEqual([1, 0]);
});

test("Session.send sends messages as they are composed, and keeps a deadline", async () => {
  const { waiting, composing } = held();
  const { session, server } = await openSession({}, { compose: composing });
  const [first, second] = [session.send(letter("a@example.net")), session.send(letter("b@example.net"))];
  waiting[1]!.go();
  expect((await second).accepted).toEqual(["b@example.net"]);
  waiting[0]!.go();
  expect((await first).accepted).toEqual(["a@example.net"]);
  const late = session.send(letter("c@example.net"), { deadline: 10 });
  expect(await rejection(late)).toMatchObject({ name: "TimeoutError", limit: 10, fate: "unsent" });
  expect(server.taken.map(({ to }) => to[0])).toEqual(["b@example.net", "a@example.net"]);
  await session.close();
});

test("Session.send checks its options before it composes", async () => {
  const { waiting, composing } = held();
  const { session } = await openSession({}, { compose: composing });
  expect(await rejection(session.send(letter("a@example.net"), { deadline: -1 }))).toBeInstanceOf(RangeError);
  expect(waiting).toEqual([]);
  await session.close();
});

test("SmtpClient.close waits for what is being composed", async () => {
  const { waiting, composing } = held();
  const { client, servers } = clientOf({ compose: composing });
  const sending = client.send(letter("a@example.net"));
  const closing = client.close();
  await turns();
  waiting[0]!.go();
  expect((await sending).accepted).toEqual(["a@example.net"]);
  await closing;
  expect(servers[0]!.commands.at(-1)).toBe("QUIT");
});

test("SmtpClient.send tells what composing threw, at once or later", async () => {
  const { client, runtime } = clientOf({
    compose: (message) => {
      if ((message as Message).subject === "now") throw new Error("now");
      return Promise.reject(new Error("later"));
    },
  });
  expect(await rejection(client.send({ ...letter("a@example.net"), subject: "now" }))).toMatchObject({
    message: "now",
  });
  expect(await rejection(client.send(letter("a@example.net")))).toMatchObject({ message: "later" });
  await client.close();
  expect(runtime.wires).toEqual([]);
});

async function collect(deliveries: AsyncIterable<Delivery>): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for await (const delivery of deliveries) all.push(delivery);
  return all;
}

test("SmtpClient.sendAll composes within the window, and gives a delivery for each message", async () => {
  let under = 0;
  let most = 0;
  const composing: Compose = async (message) => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 1));
    under--;
    if ((message as Message).to === "r7@example.net") throw new Error("no key");
    return compose(message);
  };
  const { client, servers } = clientOf({ compose: composing, pool: { size: 2 } }, { extensions: ["PIPELINING"] });
  const all = await collect(client.sendAll(recipients(60).map(letter), { window: 10 }));
  expect(all).toHaveLength(60);
  expect(all.filter(({ error }) => error !== undefined)).toMatchObject([
    { index: 7, error: { message: "no key" }, fate: undefined },
  ]);
  expect(takenBy(servers).flat()).toHaveLength(59);
  expect(most).toBeLessThanOrEqual(10);
  await client.close();
});

test("SmtpClient.sendAll listens to its signal once, however many messages are being composed", async () => {
  const { waiting, composing } = held();
  const { client } = clientOf({ compose: composing });
  const { signal } = new AbortController();
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  const collected = collect(client.sendAll(recipients(40).map(letter), { signal }));
  await turns();
  expect(waiting.length).toBe(40);
  expect(add.mock.calls.length).toBeLessThanOrEqual(2);
  for (const { go } of waiting) go();
  expect(await collected).toHaveLength(40);
  await client.close();
  expect(remove.mock.calls.length).toBe(add.mock.calls.length);
});

test("SmtpClient.sendAll that is cancelled tells of what is being composed, and closes it later", async () => {
  const { waiting, composing, released } = held();
  const { client, runtime } = clientOf({ compose: composing });
  const controller = new AbortController();
  const deliveries = client.sendAll(recipients(3).map(letter), { signal: controller.signal });
  const first = deliveries.next();
  await turns();
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await first).toMatchObject({ value: { index: 0, error: reason, fate: "unsent" } });
  expect(await deliveries.next()).toMatchObject({ value: { index: 1, fate: "unsent" } });
  expect(await deliveries.next()).toMatchObject({ value: { index: 2, fate: "unsent" } });
  expect(await rejection(deliveries.next())).toBe(reason);
  for (const { go } of waiting) go();
  await turns();
  expect([released(), runtime.wires.length]).toEqual([3, 0]);
  await client.close();
});

test("SmtpClient.sendAll that is left drops what is being composed", async () => {
  const { waiting, composing, released } = held();
  const { client, runtime } = clientOf({ compose: composing });
  const deliveries = client.sendAll(recipients(3).map(letter));
  const first = deliveries.next();
  await turns();
  await deliveries.return!();
  expect(await first).toMatchObject({ done: true });
  waiting[0]!.fail(new Error("late"));
  for (const { go } of waiting) go();
  await client.close();
  expect([released(), runtime.wires.length]).toEqual([2, 0]);
});

test("SmtpClient.sendAll counts composing into the deadline", async () => {
  holdTime();
  const { waiting, composing } = held();
  const { client } = clientOf({ compose: composing });
  const deliveries = client.sendAll([letter("a@example.net")], { deadline: 50 });
  const first = deliveries.next();
  await pass(50);
  expect(await first).toMatchObject({ value: { error: { name: "TimeoutError", limit: 50 }, fate: "unsent" } });
  waiting[0]!.go();
  await client.close();
});

test.each([
  ["one of its hosts", () => clientOf({ hosts: [{ host: "a.example", compose: later } as never] })],
  ["no function", () => clientOf({ compose: 7 as never })],
])("SmtpClient refuses compose as %s", (_what, make) => {
  expect(make).toThrow(/^compose: /);
});
