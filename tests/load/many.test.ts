/**
 * Hundreds of sessions at the same time, in one client and each by itself: all are open together, every message is accepted and
 * counted, and nothing is left of them.
 */
import { expect, test } from "vitest";
import { type Message, Session, SmtpClient } from "../../mod.ts";
import { TOGETHER } from "./sizes.ts";
import { heldAtRest, moreThan } from "./support/resources.ts";
import { startSink } from "./support/sink.ts";

/** Messages for each session. */
const EACH = 4;

/** Late enough for every session to be needed. */
const DELAY = 20;

/** One message at a time in each session: without CHUNKING and PIPELINING. */
const SINGLE = ["8BITMIME"];

function messageOf(number: number): Message {
  return { from: "a@example.com", to: `r${number}@example.net`, subject: `Number ${number}`, text: "Hello\n" };
}

test.each([
  { name: "one message at a time", extensions: SINGLE },
  { name: "BDAT", extensions: ["PIPELINING", "CHUNKING"] },
])(`SmtpClient keeps ${TOGETHER} sessions busy at the same time ($name)`, async ({ name, extensions }) => {
  await using sink = await startSink({ extensions, delay: DELAY });
  const rest = await heldAtRest();
  const count = TOGETHER * EACH;
  const begin = performance.now();
  const timeouts = { connect: 60_000, greeting: 120_000 };
  const pool = { size: TOGETHER };
  const client = new SmtpClient({ host: "127.0.0.1", port: sink.port, tls: "off", pool, timeouts });
  const receipts = await Promise.all(Array.from({ length: count }, (_, number) => client.send(messageOf(number))));
  await client.close();
  const seconds = (performance.now() - begin) / 1_000;
  const { messages, connections, max_active, active } = await sink.count();
  console.log(
    `${name}: ${count} messages, ${connections} connections, ${max_active} together, ${seconds.toFixed(1)} s`,
  );
  expect(receipts.map(({ accepted }) => accepted)).toEqual(
    Array.from({ length: count }, (_, number) => [`r${number}@example.net`]),
  );
  expect({ messages, connections, max_active, active }).toEqual({
    messages: count,
    connections: TOGETHER,
    max_active: TOGETHER,
    active: 0,
  });
  expect(moreThan(rest, await heldAtRest(rest))).toEqual({});
}, 120_000);

test(`Session: ${TOGETHER} of them are open at the same time, and each sends`, async () => {
  await using sink = await startSink();
  const rest = await heldAtRest();
  const options = { host: "127.0.0.1", port: sink.port, tls: "off", timeouts: { connect: 60_000 } } as const;
  const begin = performance.now();
  const sessions = await Promise.all(Array.from({ length: TOGETHER }, () => Session.open(options)));
  expect(await sink.count()).toMatchObject({ active: TOGETHER, connections: TOGETHER });
  const receipts = await Promise.all(
    sessions.flatMap((session, index) =>
      Array.from({ length: EACH }, (_, number) => session.send(messageOf(index * EACH + number)))
    ),
  );
  await Promise.all(sessions.map((session) => session.close()));
  const seconds = (performance.now() - begin) / 1_000;
  console.log(`${TOGETHER} sessions: ${receipts.length} messages, ${seconds.toFixed(1)} s`);
  expect(receipts.map(({ accepted }) => accepted)).toEqual(
    receipts.map((_, number) => [`r${number}@example.net`]),
  );
  expect(await sink.count()).toMatchObject({ messages: TOGETHER * EACH, active: 0 });
  expect(moreThan(rest, await heldAtRest(rest))).toEqual({});
}, 120_000);
