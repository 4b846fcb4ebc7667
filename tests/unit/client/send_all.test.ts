import { afterEach, expect, test, vi } from "vitest";
import type { BulkProgress } from "../../../lib/client/bulk_progress.ts";
import type { Delivery, Messages } from "../../../lib/client/delivery.ts";
import { fateOf } from "../../../lib/errors.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection, settle } from "../session/support.ts";
import { clientOf, holdTime, pass, recipients, takenBy, turns } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

const CHUNKED = ["PIPELINING", "CHUNKING"];

/** A source that counts what was taken from it, and notes that it was closed. */
function counted(count: number, make: (index: number) => RawMessage = (index) => raw(`r${index}@example.net`)) {
  const source = { taken: 0, closed: false, messages: generate() as Messages & Iterator<RawMessage> };
  function* generate() {
    try {
      for (let index = 0; index < count; index++) {
        source.taken++;
        yield make(index);
      }
    } finally {
      source.closed = true;
    }
  }
  return source;
}

async function collect(deliveries: AsyncIterable<Delivery>): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for await (const delivery of deliveries) all.push(delivery);
  return all;
}

/** A server that refuses the recipients that a pattern matches. */
function refusing(pattern: RegExp, reply = "550 5.1.1 no such user"): ServerOptions {
  return { extensions: CHUNKED, reply: (line) => line.startsWith("RCPT") && pattern.test(line) ? reply : undefined };
}

test.each([["synchronous", false], ["asynchronous", true]])(
  "SmtpClient.sendAll gives one delivery for each message of a source: %s",
  async (_what, isAsync) => {
    const { client, servers } = clientOf({ pool: { size: 3 } }, { extensions: CHUNKED });
    const source = counted(250);
    const later = async function* () {
      yield* source.messages as Iterable<RawMessage>;
    };
    const all = await collect(client.sendAll(isAsync ? later() : source.messages, { window: 20 }));
    expect(all.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 250 }, (_, i) => i));
    for (const { index, receipt, error, fate } of all) {
      expect([receipt?.accepted, error, fate]).toEqual([[`r${index}@example.net`], undefined, undefined]);
    }
    expect(takenBy(servers).flat().sort()).toEqual(recipients(250).sort());
    expect(source.closed).toBe(true);
    await client.close();
  },
);

test("SmtpClient.sendAll gives deliveries in order of completion", async () => {
  let release = () => {};
  const slow: ServerOptions = {
    extensions: ["8BITMIME"],
    reply: (line, server) => {
      if (line !== "." || !server.commands.at(-3)!.includes("r0@")) return undefined;
      release = () => server.say("250 2.0.0 at last");
      return "";
    },
  };
  const { client } = clientOf({ pool: { size: 2 } }, slow);
  const iteration = client.sendAll([raw("r0@example.net"), raw("r1@example.net"), raw("r2@example.net")], {
    window: 3,
  });
  const order: number[] = [];
  for await (const { index } of iteration) {
    order.push(index);
    if (order.length === 1) release();
  }
  expect(order[0]).not.toBe(0);
  expect(order.sort()).toEqual([0, 1, 2]);
  await client.close();
});

test("SmtpClient.sendAll takes nothing from the source before somebody iterates, and connects to nothing", async () => {
  const { client, runtime } = clientOf({});
  const source = counted(5);
  const iteration = client.sendAll(source.messages);
  await settle();
  expect([source.taken, runtime.wires.length]).toEqual([0, 0]);
  await iteration.return!();
  expect(await iteration.next()).toEqual({ done: true, value: undefined });
  expect(source.taken).toBe(0);
  await client.close();
});

test("SmtpClient.sendAll never holds more messages than its window, however slow the caller", async () => {
  const { client } = clientOf({ pool: { size: 4 } }, { extensions: CHUNKED });
  for (const window of [1, 2, 7, 100]) {
    const source = counted(300);
    let delivered = 0;
    let most = 0;
    for await (const _ of client.sendAll(source.messages, { window })) {
      delivered++;
      if (delivered % 40 === 0) await settle();
      most = Math.max(most, source.taken - delivered);
    }
    expect(delivered).toBe(300);
    expect(most).toBeLessThanOrEqual(window);
    expect(most).toBeGreaterThanOrEqual(window >> 1);
  }
  await client.close();
});

test("SmtpClient.sendAll stops taking messages from the source when the caller takes no deliveries", async () => {
  const { client, servers } = clientOf({}, { extensions: CHUNKED });
  const source = counted(1_000);
  const iteration = client.sendAll(source.messages, { window: 10 });
  await iteration.next();
  await settle();
  await settle();
  expect(source.taken).toBe(10);
  expect(servers[0]!.taken).toHaveLength(10);
  await iteration.return!();
  expect(source.closed).toBe(true);
  await client.close();
});

test("SmtpClient.sendAll gives a message that fails as a delivery with its error and fate, and goes on", async () => {
  const { client, servers } = clientOf({}, refusing(/r[37]@/));
  const broken = { from: "a@example.com", to: "not an address", text: "x" };
  const messages = [...recipients(9).map((to) => raw(to)), broken, 7 as never, raw("last@example.net")];
  const all = (await collect(client.sendAll(messages))).toSorted((a, b) => a.index - b.index);
  expect(all.map(({ fate, receipt }) => receipt === undefined ? fate : "sent")).toEqual([
    ...["sent", "sent", "sent", "rejected", "sent", "sent", "sent", "rejected", "sent"],
    ...[undefined, undefined, "sent"],
  ]);
  expect(all[3]!.error).toMatchObject({ name: "RejectedError" });
  expect(all.slice(9, 11).map(({ error }) => (error as Error).name)).toEqual(["InputError", "InputError"]);
  expect(takenBy(servers)[0]).toHaveLength(8);
  await client.close();
});

test("SmtpClient.sendAll of nothing ends, and so does one of nothing but invalid messages", async () => {
  const { client, runtime } = clientOf({});
  expect(await collect(client.sendAll([]))).toEqual([]);
  const none = await collect(client.sendAll(counted(1_000, () => 5 as never).messages, { window: 3 }));
  expect(none).toHaveLength(1_000);
  expect(runtime.wires).toEqual([]);
  await client.close();
});

test.each([["synchronous", false], ["asynchronous", true]])(
  "SmtpClient.sendAll ends with the source's error, after the deliveries of what was under way: %s",
  async (_what, isAsync) => {
    const { client } = clientOf({}, { extensions: CHUNKED });
    const make = function* () {
      for (const to of recipients(5)) yield raw(to);
      throw new Error("disk on fire");
    };
    const later = async function* () {
      yield* make();
    };
    const seen: number[] = [];
    const iteration = client.sendAll(isAsync ? later() : make());
    const run = async () => {
      for await (const { index, receipt } of iteration) if (receipt !== undefined) seen.push(index);
    };
    expect(await rejection(run())).toEqual(new Error("disk on fire"));
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4]);
    expect(await iteration.next()).toEqual({ done: true, value: undefined });
    await client.close();
  },
);

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

test.each<[string, (content: ReadableStream<Uint8Array>) => Message | RawMessage]>([
  ["a raw one", (raw) => ({ raw, envelope: { from: "a@example.com", to: "b@example.net" } })],
  ["one with files that a loader would open", (content) => ({
    from: "a@example.com",
    to: "b@example.net",
    attachments: [{ path: "terms.pdf" }, { content }],
  })],
  ["one that could not be sent", (content) => ({ from: "", to: "b@example.net", attachments: [{ content }] })],
])("SmtpClient.sendAll lets go of a message that came too late: %s", async (_what, make) => {
  const { client } = clientOf({}, { extensions: CHUNKED });
  let give = () => {};
  let closed = 0;
  const late = async function* () {
    yield raw();
    await new Promise<void>((resolve) => give = resolve);
    yield make(new ReadableStream<Uint8Array>({ cancel: () => void closed++ }));
  };
  for await (const _ of client.sendAll(late())) break;
  give();
  await settle();
  expect(closed).toBe(1);
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

test("SmtpClient.sendAll tells how far it has come, now and then and at the end", async () => {
  holdTime();
  const { client } = clientOf({ pool: { messagesPerSecond: 20 } }, refusing(/r[13]@/));
  const told: BulkProgress[] = [];
  const messages = recipients(20).map((to) => raw(to));
  const all = collect(client.sendAll(messages, { onProgress: (progress) => told.push(progress) }));
  await pass(2_000);
  await all;
  expect(told.map(({ elapsed }) => elapsed)).toEqual([200, 400, 600, 800, 950]);
  expect(told[0]).toMatchObject({ sent: 3, failed: 2, total: 20, done: false, rate: 25 });
  const octets = "Subject: Hello\r\n\r\nHi\r\n".length;
  expect(told.at(-1)).toMatchObject({ sent: 18, failed: 2, octets: 18 * octets, total: 20, done: true });
  expect(told.filter(({ done }) => done)).toHaveLength(1);
  await client.close();
});

test("SmtpClient.sendAll counts the octets of a stream, and knows no total that nobody has said", async () => {
  const { client } = clientOf({}, { extensions: ["8BITMIME"] });
  const told: BulkProgress[] = [];
  const stream = () => new Blob(["Subject: x\r\n\r\nHi\r\n"]).stream();
  const messages = counted(3, () => ({ raw: stream(), envelope: { from: "a@example.com", to: "b@example.net" } }));
  await collect(client.sendAll(messages.messages, { onProgress: (progress) => told.push(progress) }));
  expect(told.at(-1)).toMatchObject({ sent: 3, octets: 3 * 18, total: undefined, done: true });
  await client.close();
});

test("SmtpClient.sendAll takes an error of onProgress for an error of the whole, and no message for failed", async () => {
  holdTime();
  const { client } = clientOf({ pool: { messagesPerSecond: 10 } }, { extensions: CHUNKED });
  const seen: Delivery[] = [];
  const run = async () => {
    const onProgress = () => {
      throw new Error("no bar");
    };
    for await (const delivery of client.sendAll(counted(100).messages, { window: 4, onProgress })) seen.push(delivery);
  };
  const failed = rejection(run());
  await pass(5_000);
  expect(await failed).toEqual(new Error("no bar"));
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.every(({ receipt }) => receipt !== undefined)).toBe(true);
  await client.close();
});

test("SmtpClient.sendAll gives each message a deadline of its own", async () => {
  holdTime();
  const { client } = clientOf({ pool: { messagesPerSecond: 10 } }, { extensions: CHUNKED });
  const all = collect(client.sendAll(counted(6).messages, { window: 6, deadline: 250 }));
  await pass(2_000);
  expect((await all).map(({ fate }) => fate)).toEqual([undefined, undefined, undefined, "unsent", "unsent", "unsent"]);
  await turns();
  await client.close();
});

test("SmtpClient.sendAll answers several who wait for deliveries at once", async () => {
  const { client } = clientOf({}, { extensions: CHUNKED });
  const iteration = client.sendAll(counted(3).messages, { window: 1 });
  const steps = await Promise.all(Array.from({ length: 5 }, () => iteration.next()));
  expect(steps.map(({ value }) => value?.index)).toEqual([0, 1, 2, undefined, undefined]);
  await client.close();
});

test.each([
  ["a window of nothing", [], { window: 0 }, /window: must be a whole number from 1 to 100000/],
  ["a total that is none", [], { total: -1 }, /total: must be a whole number/],
  ["an unknown option", [], { windo: 1 } as never, /windo: unknown key \(did you mean window\?\)/],
  ["an onProgress that is none", [], { onProgress: 1 as never }, /onProgress: must be a function/],
  ["a deadline that is none", [], { deadline: 0 }, /deadline/],
  ["one message", raw() as never, {}, /messages: must be an iterable/],
  ["a string", "abc" as never, {}, /messages: must be an iterable/],
])("SmtpClient.sendAll refuses %s at once", async (_what, messages, options, text) => {
  const { client } = clientOf({});
  expect(() => client.sendAll(messages, options)).toThrow(text);
  await client.close();
});

test("SmtpClient.sendAll says what is wrong with a source's own iterator", async () => {
  const { client } = clientOf({});
  const odd = { [Symbol.iterator]: () => ({ next: () => 5 }) } as never;
  expect(await rejection(collect(client.sendAll(odd)))).toBeInstanceOf(TypeError);
  const failing = {
    [Symbol.iterator]: () => {
      throw new Error("no iterator");
    },
  };
  expect(await rejection(collect(client.sendAll(failing)))).toEqual(new Error("no iterator"));
  await client.close();
});

test("SmtpClient.sendAll ends with what the promise of onProgress is rejected with, and leaves none unhandled", async () => {
  holdTime();
  const { client } = clientOf({}, { extensions: CHUNKED });
  let calls = 0;
  const onProgress = () => {
    calls++;
    return Promise.reject(new Error("the terminal is gone"));
  };
  const deliveries = client.sendAll([raw(), raw(), raw()], { window: 1, onProgress });
  await deliveries.next();
  await pass(300);
  const rest = rejection(collect(deliveries));
  await pass(10);
  expect(await rest).toEqual(new Error("the terminal is gone"));
  expect(calls).toBe(1);
  // With nothing left that could end, it is of no interest.
  const last = collect(client.sendAll([raw()], { onProgress }));
  await pass(10);
  expect(await last).toHaveLength(1);
  expect(calls).toBe(2);
  await client.close();
});
