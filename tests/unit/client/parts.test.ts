import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mergedReceipt } from "../../../lib/client/client_receipt.ts";
import { ConnectionError, fateOf, RejectedError } from "../../../lib/errors.ts";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "../session/support.ts";
import { clientOf, holdTime, pass, recipients } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
});

/** A server that takes so many recipients in a transaction, and says so only when there are more. */
function takes(most: number, refusal = "452 4.5.3 too many recipients", more: ServerOptions = {}): ServerOptions {
  let count = 0;
  return {
    ...more,
    reply: (line, server) => {
      if (line.startsWith("MAIL")) count = 0;
      const own = more.reply?.(line, server);
      if (own !== undefined || !line.startsWith("RCPT")) return own;
      return ++count > most ? refusal : undefined;
    },
  };
}

test("SmtpClient sends to no more recipients at a time than the server declares (RCPTMAX), with one receipt", async () => {
  const { client, servers } = clientOf({}, { extensions: ["PIPELINING", "LIMITS RCPTMAX=4"] });
  const receipt = await client.send(raw(...recipients(10)));
  expect(servers[0]!.taken.map(({ to }) => to.length)).toEqual([4, 4, 2]);
  expect(receipt.accepted).toEqual(recipients(10));
  expect(receipt.reply.text).toBe("queued as 1");
  expect(receipt.replies?.map(({ text }) => text)).toEqual(["queued as 1", "queued as 2", "queued as 3"]);
  expect([receipt.rejected, receipt.failed]).toEqual([[], []]);
  const whole = await client.send(raw(...recipients(4)));
  expect([whole.replies, whole.failed]).toEqual([undefined, undefined]);
  await client.close();
});

test("SmtpClient puts recipients of no more domains into a session than the server declares (RCPTDOMAINMAX)", async () => {
  const { client, servers } = clientOf({}, { extensions: ["PIPELINING", "LIMITS RCPTDOMAINMAX=2"] });
  const to = ["a@one.example", "a@two.example", "a@three.example", "b@one.example", "b@three.example"];
  const receipt = await client.send(raw(...to));
  expect(receipt.accepted).toEqual(to);
  expect(servers.map(({ taken }) => taken.map((one) => one.to))).toEqual([
    [["a@one.example", "b@one.example", "a@two.example"]],
    [["a@three.example", "b@three.example"]],
  ]);
  await client.send(raw("c@three.example", "c@four.example"));
  await client.send(raw("d@four.example"));
  await client.send(raw("d@one.example"));
  expect(servers.map(({ taken }) => taken.length)).toEqual([1, 3, 1]);
  await client.close();
});

test.each([
  "452 4.5.3 too many recipients",
  "452 too many recipients",
  "552 5.5.3 too many",
  "552 too many recipients",
])(
  "SmtpClient sends again to those for whom a transaction had no room: %s",
  async (refusal) => {
    for (const extensions of [["PIPELINING"], ["PIPELINING", "CHUNKING"], ["8BITMIME"]]) {
      const { client, servers } = clientOf({}, takes(3, refusal, { extensions }));
      const receipt = await client.send(raw(...recipients(8)));
      expect(servers[0]!.taken.map(({ to }) => to)).toEqual([
        recipients(8).slice(0, 3),
        recipients(8).slice(3, 6),
        recipients(8).slice(6),
      ]);
      expect(receipt).toMatchObject({ accepted: recipients(8), rejected: [], failed: [] });
      expect(receipt.replies).toHaveLength(3);
      // What it has learnt is known for the next message.
      const before = servers[0]!.commands.length;
      await client.send(raw(...recipients(4)));
      expect(servers[0]!.commands.slice(before).filter((line) => line.startsWith("RCPT"))).toHaveLength(4);
      await client.close();
    }
  },
);

test.each(["452 4.3.1 no space", "452 4.2.2 mailbox full", "450 4.5.3 later", "552 5.2.2 mailbox full"])(
  "SmtpClient takes a refusal about something else for a refusal: %s",
  async (refusal) => {
    const { client, servers } = clientOf({}, takes(2, refusal));
    const receipt = await client.send(raw(...recipients(3)));
    expect(receipt.accepted).toEqual(recipients(2));
    expect(receipt.rejected.map(({ recipient }) => recipient)).toEqual(["r2@example.net"]);
    expect(receipt.replies).toBeUndefined();
    expect(servers[0]!.taken).toHaveLength(1);
    await client.close();
  },
);

test("SmtpClient's receipt for several transactions names each recipient that was refused", async () => {
  const picky: ServerOptions = {
    reply: (line) => line.startsWith("RCPT") && /r[15]@/.test(line) ? "550 5.1.1 no such user" : undefined,
  };
  const { client } = clientOf({}, takes(3, "452 4.5.3 too many", picky));
  const receipt = await client.send(raw(...recipients(8)));
  expect(receipt.accepted).toEqual(recipients(8).filter((one) => !/r[15]@/.test(one)));
  expect(receipt.rejected).toEqual(
    ["r1@example.net", "r5@example.net"].map((recipient) => ({
      recipient,
      reply: { code: 550, enhanced: "5.1.1", text: "no such user" },
    })),
  );
  expect(receipt.failed).toEqual([]);
  await client.close();
});

test("SmtpClient says of each recipient what became of it where a later transaction fails", async () => {
  let finals = 0;
  const failing: ServerOptions = {
    extensions: ["8BITMIME", "LIMITS RCPTMAX=2"],
    reply: (line, { wire }) => {
      if (line !== ".") return undefined;
      finals++;
      if (finals === 2) return "451 4.3.0 not now";
      if (finals === 3) return "554 5.7.1 not that";
      if (finals !== 4) return undefined;
      wire.finish();
      return "";
    },
  };
  const { client, servers } = clientOf({}, failing, { greeting: "554 5.3.2 closed for today" });
  const receipt = await client.send(raw(...recipients(10)));
  expect(receipt.accepted).toEqual(["r0@example.net", "r1@example.net"]);
  expect(receipt.rejected).toEqual([]);
  expect(receipt.failed?.map(({ recipients, fate, error }) => [recipients, fate, fateOf(error)])).toEqual([
    [["r2@example.net", "r3@example.net"], "deferred", "deferred"],
    [["r4@example.net", "r5@example.net"], "rejected", "rejected"],
    [["r6@example.net", "r7@example.net"], "unknown", "unknown"],
    [["r8@example.net", "r9@example.net"], "unsent", "unsent"],
  ]);
  expect(servers[0]!.taken.filter(({ reply }) => reply.startsWith("250"))).toHaveLength(1);
  await client.close();
});

test("SmtpClient fails a message in parts when none of them was taken, with all that were refused", async () => {
  const { client } = clientOf({}, {
    extensions: ["PIPELINING", "LIMITS RCPTMAX=2"],
    reply: (line) => line.startsWith("RCPT") ? `550 5.1.1 no ${line.slice(9, 11)}` : undefined,
  });
  expect(await rejection(client.send(raw(...recipients(5))))).toMatchObject({
    name: "RejectedError",
    phase: "rcpt",
    fate: "rejected",
    rejected: recipients(5).map((recipient, index) => ({ recipient, reply: { code: 550, text: `no r${index}` } })),
  });
  await client.close();
});

test("SmtpClient names who was refused in any part, where it is not known whether another was taken", async () => {
  const { client } = clientOf({}, {
    extensions: ["8BITMIME", "LIMITS RCPTMAX=2"],
    reply: (line, { wire }) => {
      if (/r[013]@/.test(line)) return "550 5.1.1 no";
      if (line === ".") wire.finish();
      return line === "." ? "" : undefined;
    },
  });
  const to = recipients(4);
  expect(await rejection(client.send(raw(...to)))).toMatchObject({
    name: "ConnectionError",
    fate: "unknown",
    rejected: [to[0], to[1], to[3]].map((recipient) => ({ recipient, reply: { code: 550 } })),
  });
  await client.close();
});

test("SmtpClient reports the worst of what became of parts of which none was surely taken", async () => {
  let finals = 0;
  const { client } = clientOf({}, {
    extensions: ["8BITMIME", "LIMITS RCPTMAX=1"],
    reply: (line, { wire }) => {
      if (line !== ".") return undefined;
      if (finals++ === 0) return "554 5.7.1 not that";
      wire.finish();
      return "";
    },
  }, { greeting: "554 5.3.2 closed for today" });
  expect(await rejection(client.send(raw(...recipients(3))))).toMatchObject({ fate: "unknown" });
  await client.close();
});

test.each([
  ["RCPTMAX", "LIMITS RCPTMAX=2", recipients(3)],
  ["RCPTDOMAINMAX", "LIMITS RCPTDOMAINMAX=1", ["a@one.example", "b@two.example"]],
])("SmtpClient refuses to split a message that is for all or none: %s", async (feature, limits, to) => {
  const { client, servers } = clientOf({}, { extensions: ["PIPELINING", limits] });
  const error = await rejection(client.send(raw(...to), { recipients: "all" }));
  expect(error).toMatchObject({ name: "UnsupportedError", code: "TOO_MANY_RECIPIENTS", feature, fate: "unsent" });
  expect(servers[0]!.commands).toEqual(["EHLO [127.0.0.1]"]);
  expect((await client.send(raw(to[0]!), { recipients: "all" })).accepted).toEqual([to[0]]);
  await client.close();
});

test("SmtpClient sends nothing to anybody where all or none had no room for all", async () => {
  const { client, servers } = clientOf({}, takes(2));
  const error = await rejection(client.send(raw(...recipients(3)), { recipients: "all" }));
  expect(error).toMatchObject({ name: "RejectedError", fate: "deferred" });
  expect(servers[0]!.taken).toEqual([]);
  await client.close();
});

test("SmtpClient does not split a message whose content can be read once, and closes its stream", async () => {
  let closed = 0;
  const stream = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode("Subject: x\r\n\r\nHi\r\n"));
        controller.close();
      },
      cancel: () => {
        closed++;
      },
    });
  const message = () => ({ raw: stream(), envelope: { from: "a@example.com", to: recipients(3) } });
  const declared = clientOf({}, { extensions: ["8BITMIME", "LIMITS RCPTMAX=2"] });
  expect(await rejection(declared.client.send(message()))).toMatchObject({ code: "TOO_MANY_RECIPIENTS" });
  expect(closed).toBe(1);
  await declared.client.close();
  const found = clientOf({}, takes(2, "452 4.5.3 too many", { extensions: ["8BITMIME"] }));
  const receipt = await found.client.send(message());
  expect(receipt.accepted).toEqual(recipients(2));
  expect(receipt.rejected).toMatchObject([{ recipient: "r2@example.net", reply: { code: 452 } }]);
  await found.client.close();
});

test("SmtpClient reads a source that can be opened again once for each transaction", async () => {
  const { client, servers } = clientOf({}, { extensions: ["8BITMIME", "LIMITS RCPTMAX=2"] });
  const blob = new Blob(["Subject: x\r\n\r\nHi\r\n"]);
  const source = { open: () => [new TextEncoder().encode("Subject: x\r\n\r\nHi\r\n")] };
  async function* opened() {
    for (const piece of source.open()) yield await Promise.resolve(piece);
  }
  const message = { raw: { open: opened }, envelope: { from: "a@example.com", to: recipients(5) } };
  expect((await client.send(message)).accepted).toEqual(recipients(5));
  expect(servers[0]!.taken.map(({ content }) => content)).toEqual(Array(3).fill(await blob.text()));
  await client.close();
});

test("SmtpClient that is cancelled between the parts of a message tells what was taken and what was not", async () => {
  const controller = new AbortController();
  const { client } = clientOf({ pool: { messagesPerSecond: 1 } }, { extensions: ["PIPELINING", "LIMITS RCPTMAX=1"] });
  const sent = client.send(raw(...recipients(3)), { signal: controller.signal });
  await pass(500);
  controller.abort(new Error("enough"));
  const receipt = await sent;
  expect(receipt.accepted).toEqual(["r0@example.net"]);
  expect(receipt.failed).toEqual(
    ["r1@example.net", "r2@example.net"].map((one) => ({
      recipients: [one],
      fate: "unsent",
      error: new Error("enough"),
    })),
  );
  const other = new AbortController();
  const none = rejection(client.send(raw(...recipients(3)), { signal: other.signal }));
  other.abort(new Error("never mind"));
  expect(await none).toEqual(new Error("never mind"));
  expect(fateOf(other.signal.reason)).toBe("unsent");
  await client.close();
});

test("SmtpClient sends a message whose parts leave in another form to each group of recipients", async () => {
  const { client, servers } = clientOf({}, { extensions: ["PIPELINING", "8BITMIME", "LIMITS RCPTMAX=2"] });
  const text = "Grüße an alle, die dies lesen";
  const receipt = await client.send({ from: "a@example.com", to: [...recipients(3)], text });
  expect(receipt.accepted).toEqual(recipients(3));
  expect(servers[0]!.taken.map(({ content }) => content.includes(`8bit\r\n\r\n${text}\r\n`))).toEqual([true, true]);
  await client.close();
});

test("mergedReceipt names nobody in an error that other messages are told too", () => {
  const shared = new ConnectionError("CONNECT_FAILED", "connect", "nobody there", {});
  const reply = { code: 450, enhanced: undefined, text: "busy" };
  const rejected = [{ recipient: "a@example.net", reply }];
  const busy = new RejectedError("rcpt", "busy", { reply, command: "RCPT", rejected, code: "MESSAGE_REFUSED" });
  const outcomes = [{ error: busy, to: ["a@example.net"] }, { error: shared, to: ["b@example.org"] }];
  const order = new Map([["a@example.net", 0], ["b@example.org", 1]]);
  expect(() => mergedReceipt(outcomes, order)).toThrow(shared);
  expect(shared.rejected).toBeUndefined();
});
