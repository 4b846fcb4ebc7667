import { expect, test } from "vitest";
import { send } from "../../../lib/client/send.ts";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { prefer } from "../../../lib/extensions/envelope_option.ts";
import type { EnvelopeOption } from "../../../lib/mime/envelope_option.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { ScriptedServer } from "../../support/scripted_server.ts";
import { rejection, scripted } from "../session/support.ts";
import { clientOf, recipients, takenBy } from "./support.ts";

const NEVER = dsn({ notify: "never" });

function message(to: readonly string[], ...options: readonly EnvelopeOption[]): Message {
  return { from: "a@example.com", to, text: "Hi", envelope: { options } };
}

function envelopeCommands(servers: readonly ScriptedServer[]): string[][] {
  return servers.map(({ commands }) => commands.filter((line) => /^(?:MAIL|RCPT)/.test(line)));
}

test("send asks for what the envelope asks for, and its receipt tells what was not granted", async () => {
  const { runtime, servers } = scripted({ extensions: ["DSN"] }, {});
  const options = { runtime, tls: "off" as const };
  const all = message(["b@example.net"], prefer(dsn({ envelopeId: "one" })));
  expect((await send({ host: "mail.example" }, all, options)).notGranted).toEqual([]);
  expect((await send({ host: "mail.example" }, all, options)).notGranted).toEqual(["DSN"]);
  expect(envelopeCommands(servers).map(([mail]) => mail)).toEqual([
    "MAIL FROM:<a@example.com> ENVID=one",
    "MAIL FROM:<a@example.com>",
  ]);
});

test("SmtpClient asks the same of each transaction of a message that goes out in several", async () => {
  const { client, servers } = clientOf({}, { extensions: ["LIMITS RCPTMAX=2", "DSN"] });
  const to = recipients(3);
  const option = dsn({ envelopeId: "one", notify: ["delay"], recipients: { [to[2]!]: { notify: "never" } } });
  const receipt = await client.send(message(to, option));
  expect([receipt.accepted, receipt.notGranted, receipt.replies?.length]).toEqual([to, [], 2]);
  expect(envelopeCommands(servers)).toEqual([[
    "MAIL FROM:<a@example.com> ENVID=one",
    "RCPT TO:<r0@example.net> NOTIFY=DELAY ORCPT=rfc822;r0@example.net",
    "RCPT TO:<r1@example.net> NOTIFY=DELAY ORCPT=rfc822;r1@example.net",
    "MAIL FROM:<a@example.com> ENVID=one",
    "RCPT TO:<r2@example.net> NOTIFY=NEVER",
  ]]);
  await client.close();
});

test("SmtpClient tells once what no transaction of a message was granted, also of those that were too many", async () => {
  let room = 2;
  const { client } = clientOf({}, {
    extensions: ["PIPELINING"],
    reply: (line) => {
      if (line.startsWith("MAIL")) room = 2;
      return line.startsWith("RCPT") && --room < 0 ? "452 4.5.3 too many recipients" : undefined;
    },
  });
  const receipt = await client.send(message(recipients(5), prefer(NEVER)));
  expect([receipt.accepted, receipt.rejected, receipt.notGranted]).toEqual([recipients(5), [], ["DSN"]]);
  expect(receipt.replies?.length).toBeGreaterThan(1);
  const plain = await client.send(message(recipients(5)));
  expect([plain.replies!.length > 1, "notGranted" in plain]).toEqual([true, false]);
  await client.close();
});

test("SmtpClient asks another host for what it offers, when a message goes there", async () => {
  const lost = {
    extensions: ["DSN"],
    reply: (line: string, server: ScriptedServer) => {
      if (!line.startsWith("MAIL")) return undefined;
      server.wire.finish();
      return "";
    },
  };
  for (const preferred of [true, false]) {
    const { client, servers } = clientOf(
      { hosts: ["one.example", "two.example"].map((host) => ({ host })) },
      lost,
      { extensions: ["PIPELINING"] },
    );
    const sending = client.send(message(["b@example.net"], preferred ? prefer(NEVER) : NEVER));
    if (preferred) expect((await sending).notGranted).toEqual(["DSN"]);
    else expect(await rejection(sending)).toMatchObject({ name: "UnsupportedError", feature: "DSN", fate: "unsent" });
    expect(envelopeCommands(servers)).toEqual([
      ["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.net> NOTIFY=NEVER"].slice(0, 1),
      preferred ? ["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.net>"] : [],
    ]);
    await client.close();
  }
});

test("SmtpClient does not go to another host for an extension that the first has not", async () => {
  const { client, servers } = clientOf(
    { hosts: ["one.example", "two.example"].map((host) => ({ host })) },
    { extensions: ["PIPELINING"] },
    { extensions: ["DSN"] },
  );
  expect(await rejection(client.send(message(["b@example.net"], NEVER)))).toMatchObject({ feature: "DSN" });
  await client.send(message(["b@example.net"]));
  expect(servers).toHaveLength(1);
  await client.close();
});

test("SmtpClient.sendAll goes on behind a message that cannot have what it asks for", async () => {
  const { client, servers } = clientOf({}, { extensions: ["PIPELINING", "CHUNKING"] });
  const all = [
    message(["1@example.net"]),
    message(["2@example.net"], NEVER),
    message(["3@example.net"], prefer(NEVER)),
  ];
  const deliveries = new Map<number, unknown>();
  for await (const { index, receipt, error, fate } of client.sendAll(all)) {
    deliveries.set(index, receipt === undefined ? [(error as Error).name, fate] : receipt.notGranted);
  }
  expect([0, 1, 2].map((index) => deliveries.get(index))).toEqual([undefined, ["UnsupportedError", "unsent"], ["DSN"]]);
  expect(takenBy(servers)).toEqual([["1@example.net", "3@example.net"]]);
  await client.close();
});
