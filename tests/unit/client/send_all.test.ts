/** What `sendAll` gives: one delivery for each message, with its receipt or its error and fate. */
import { afterEach, expect, test, vi } from "vitest";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { raw } from "../session/support.ts";
import { CHUNKED, collect, counted, refusing } from "./send_all_support.ts";
import { clientOf, holdTime, pass, recipients, takenBy, turns } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

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
