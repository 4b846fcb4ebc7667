import { expect, test } from "vitest";
import { UnsupportedError } from "../../../lib/errors.ts";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { envelopeOption, prefer } from "../../../lib/extensions/envelope_option.ts";
import { requireTls } from "../../../lib/extensions/require_tls.ts";
import type { EnvelopeOption } from "../../../lib/mime/envelope_option.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { tlsProfile } from "../../../lib/profile/tls_profile_object.ts";
import { Session } from "../../../lib/session/session.ts";
import { openSession, raw, rejection, scripted } from "./support.ts";

function asking(options: readonly EnvelopeOption[], ...to: readonly string[]): RawMessage {
  const { raw: content, envelope } = raw(...to);
  return { raw: content, envelope: { ...envelope, options } };
}

test("Session.send writes nothing of a message that needs an extension which is not offered", async () => {
  const { session, server, wire } = await openSession({ extensions: ["PIPELINING", "CHUNKING"] });
  const before = wire.writes.length;
  const error = await rejection(session.send(asking([dsn()])));
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(error).toMatchObject({ code: "EXTENSION_UNSUPPORTED", feature: "DSN", phase: "mail", fate: "unsent" });
  expect(wire.writes).toHaveLength(before);
  await session.send(asking([prefer(dsn())]));
  expect(server.commands.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
    "MAIL FROM:<a@example.com>",
    "RCPT TO:<b@example.net>",
  ]);
});

test.each([
  ["in steps", []],
  ["in groups", ["PIPELINING"]],
  ["whole", ["PIPELINING", "CHUNKING"]],
])("Session.send gives each recipient its own parameters, %s", async (_how, extensions) => {
  const { session, server } = await openSession({ extensions: [...extensions, "DSN"] });
  const option = dsn({ notify: ["failure"], recipients: { "c@example.net": { notify: "never" } } });
  const { notGranted, accepted } = await session.send(asking([option], "b@example.net", "c@example.net"));
  expect([notGranted, accepted]).toEqual([[], ["b@example.net", "c@example.net"]]);
  expect(server.commands.filter((line) => line.startsWith("RCPT"))).toEqual([
    "RCPT TO:<b@example.net> NOTIFY=FAILURE ORCPT=rfc822;b@example.net",
    "RCPT TO:<c@example.net> NOTIFY=NEVER",
  ]);
  const all = asking([option], "b@example.net", "c@example.net");
  await session.send(all, { recipients: "all" });
  expect(server.taken.map(({ to }) => to)).toEqual([
    ["b@example.net", "c@example.net"],
    ["b@example.net", "c@example.net"],
  ]);
});

test("a receipt says nothing of wishes where there were none", async () => {
  const { session } = await openSession();
  expect("notGranted" in await session.send(raw())).toBe(false);
});

test("Session.send refuses an option whose parameters are none before anything is written", async () => {
  for (const extensions of [["X-OWN"], ["X-OWN", "PIPELINING", "CHUNKING"]]) {
    const { session, wire } = await openSession({ extensions });
    const before = wire.writes.length;
    const parametersFor = () => ({ recipient: () => "A=1\r\nDATA" });
    const error = await rejection(session.send(asking([envelopeOption({ extension: "X-OWN", parametersFor })])));
    expect(error).toMatchObject({ name: "InputError", field: "envelope.options" });
    expect(wire.writes).toHaveLength(before);
    await session.send(raw());
  }
});

test.each([
  ["implicit TLS", { tls: "implicit" as const }, true],
  ["STARTTLS", { tls: "starttls" as const }, true],
  ["clear text", { tls: "off" as const }, false],
  ["TLS with any name", { tls: "implicit" as const, profile: tlsProfile({ verifyServerName: false }) }, false],
])("requireTls can be had over TLS with a server that was verified by its name: %s", async (_what, options, can) => {
  const { runtime, servers } = scripted({ extensions: ["STARTTLS", "REQUIRETLS"] });
  await using session = await Session.open({ host: "server.example", ...options, runtime });
  const sending = session.send(asking([prefer(requireTls())]));
  expect((await sending).notGranted).toEqual(can ? [] : ["REQUIRETLS"]);
  const mail = servers[0]!.commands.filter((line) => line.startsWith("MAIL"));
  expect(mail).toEqual([can ? "MAIL FROM:<a@example.com> REQUIRETLS" : "MAIL FROM:<a@example.com>"]);
});

test("TLS-Required: No is a field, and goes out as it is (RFC 8689 section 5)", async () => {
  const { session, server } = await openSession();
  await session.send({ from: "a@example.com", to: "b@example.net", text: "Hi", headers: { "TLS-Required": "No" } });
  expect(server.taken[0]!.content).toContain("\r\nTLS-Required: No\r\n");
});
