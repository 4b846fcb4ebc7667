import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { OctetStream } from "../../../lib/mime/source.ts";
import { openSession, raw, rejection } from "../session/support.ts";
import { clientOf } from "./support.ts";

const refusing = { reply: (line: string) => line.startsWith("MAIL") ? "550 no" : undefined };
const FROM_TO = { from: "a@example.com", to: "b@example.net" };

function withAttachment(content: OctetStream) {
  return { ...FROM_TO, attachments: [{ filename: "x", content }] };
}

/** Octets whose end nobody ever hears of. */
function neverClosed(): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false as const, value: new Uint8Array(9) }),
      return: () => new Promise<never>(() => {}),
    }),
  };
}

test("SmtpClient tells of a stream that failed before it was read", async () => {
  const { client, servers } = clientOf({}, { greeting: "" });
  const missing = createReadStream("/nonexistent/file");
  const failed = new Promise((resolve) => missing.once("close", resolve));
  const sending = rejection(client.send(withAttachment(missing)));
  await failed;
  servers[0]!.say("220 server.example ready");
  expect(await sending).toMatchObject({
    name: "ContentError",
    fate: "unsent",
    cause: { message: expect.stringContaining("ENOENT") },
  });
  await client.close();
});

test.each(["client", "session"])("a stream of the platform's is closed when its message is refused: %s", async (by) => {
  const streams = [new Readable({ read() {} }), new Readable({ read() {} })];
  const messages = [withAttachment(streams[0]!), { ...raw(), raw: streams[1]! }];
  const { client } = clientOf({}, refusing);
  const { session } = await openSession(refusing);
  for (const message of messages) {
    expect(await rejection((by === "client" ? client : session).send(message))).toMatchObject({ fate: "rejected" });
  }
  expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  await Promise.all([client.close(), session.close()]);
});

test("a stream of the platform's that has ended is not sent as if it had been empty", async () => {
  const { client, runtime } = clientOf({}, {});
  const stream = Readable.from([new Uint8Array(9)]);
  for await (const _ of stream);
  expect(await rejection(client.send(withAttachment(stream)))).toMatchObject({
    name: "InputError",
    message: expect.stringContaining("was read already"),
  });
  expect(runtime.wires).toEqual([]);
  await client.close();
});

test("a stream that cannot be closed keeps nobody waiting", async () => {
  const { client } = clientOf({}, refusing);
  const { session } = await openSession(refusing);
  const message = () => ({ ...raw(), raw: neverClosed() });
  const [delivery] = await Promise.all([
    client.sendAll([message()]).next(),
    rejection(client.send(message())),
    rejection(session.send(message())),
  ]);
  expect(delivery.value).toMatchObject({ fate: "rejected" });
  await Promise.all([client.close(), session.close()]);
});
