/** What `onProgress` of `sendAll` is told, and what becomes of its errors. */
import { afterEach, expect, test, vi } from "vitest";
import type { BulkProgress } from "../../../lib/client/bulk_progress.ts";
import type { Delivery } from "../../../lib/client/delivery.ts";
import { raw, rejection } from "../session/support.ts";
import { CHUNKED, collect, counted, refusing } from "./send_all_support.ts";
import { clientOf, holdTime, pass, recipients } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
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
