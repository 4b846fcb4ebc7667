import { expect, test } from "vitest";
import { ConnectionError, InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { Compose } from "../../../lib/mime/composer.ts";
import type { UPopMail } from "../../../lib/uniface/mod.ts";
import { connected, HOST, parsed, prepared } from "./support.ts";

const HEADERS = { FROM: "ada@example.com", TO: "bob@example.net" };

const SENDINGS: readonly [string, (mail: UPopMail) => Promise<number>][] = [
  ["send", (mail) => mail.send()],
  ["sendMail", (mail) => mail.sendMail("", HEADERS, "Hi Bob")],
];

test.each(SENDINGS)("UPopMail.%s sends what the compose option makes of the message", async (_, send) => {
  const seen: (Message | RawMessage)[] = [];
  const { mail, server } = await prepared({}, {
    compose: async (message) => {
      seen.push(message);
      await Promise.resolve();
      return compose({ ...message as Message, subject: "signed" });
    },
  });
  expect([await send(mail), (await parsed(server)).subject]).toEqual([0, "signed"]);
  expect(seen).toMatchObject([{ text: "Hi Bob", to: [{ address: "bob@example.net" }] }]);
});

const lost = new ConnectionError("CONNECT_FAILED", "connect", "no key server");

test.each(
  SENDINGS.flatMap(([name, send]) =>
    ([
      [-2, "an InputError", new InputError("subject", "cannot be signed")],
      [-1, "a network error of its own", lost],
      [-1, "any other error", new Error("no key")],
      [-1, "what is no error", "no key"],
    ] as const).map(([status, what, thrown]) => [name, status, what, send, thrown] as const)
  ),
)("UPopMail.%s returns %i when the compose option throws %s", async (_, status, _what, send, thrown) => {
  const { mail, server } = await prepared({}, { compose: () => Promise.reject(thrown) });
  expect([await send(mail), server.taken]).toEqual([status, []]);
  if (thrown instanceof Error) expect(mail.lastError).toBe(thrown);
  else expect(mail.lastError).toMatchObject({ cause: thrown });
  const synchronous: Compose = () => {
    throw thrown;
  };
  const other = await prepared({}, { compose: synchronous });
  expect([await send(other.mail), other.server.taken]).toEqual([status, []]);
});

test.each(SENDINGS)("UPopMail.%s returns -1 when the compose option gives no message", async (_, send) => {
  for (const nothing of [undefined, null, {}, "text"]) {
    const { mail, server } = await prepared({}, { compose: () => nothing as never });
    expect([await send(mail), mail.lastError, server.taken]).toEqual([-1, expect.any(TypeError), []]);
  }
});

test("UPopMail.sendMail connects to nothing when the compose option throws", async () => {
  const { mail, server } = connected({}, { compose: () => Promise.reject(lost) });
  expect([await mail.sendMail(HOST, HEADERS, "Hi"), server.connected]).toEqual([-1, []]);
});

test("UPopMail holds MaxSize against what the compose option makes", async () => {
  const { mail } = await prepared({}, {
    compose: (message) => compose({ ...message as Message, text: "x".repeat(5_000) }),
  });
  expect([await mail.send(1_000), await mail.send(10_000)]).toEqual([-6, 0]);
});

test("UPopMail closes a stream that it was given when the message is not sent", async () => {
  const { mail } = connected({ replies: { MAIL: "550 5.7.1 No" } });
  for (const mailSize of [0, 1_000]) {
    let cancelled = 0;
    const content = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
    const status = await mail.sendMail(HOST, HEADERS, "Hi", [{ filename: "x", content }], mailSize);
    expect([status, cancelled]).toEqual([mailSize === 0 ? -2 : -6, 1]);
  }
});

test("UPopMail takes no compose option that is no function", () => {
  expect(() => connected({}, { compose: "dkim" as never })).toThrow("compose: must be a function");
});
