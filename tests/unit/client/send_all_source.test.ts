/** What `sendAll` takes from its source, and how it lets go of it. */
import { expect, test } from "vitest";
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { raw, rejection, settle } from "../session/support.ts";
import { CHUNKED, collect, counted } from "./send_all_support.ts";
import { clientOf, recipients } from "./support.ts";

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
