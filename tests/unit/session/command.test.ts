import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { expn, help, vrfy } from "../../../lib/extensions/inquiry.ts";
import { xclient, type XclientAttributes } from "../../../lib/extensions/xclient.ts";
import { xforward, type XforwardAttributes } from "../../../lib/extensions/xforward.ts";
import { fateOf } from "../../../lib/errors.ts";
import { openSession, raw, rejection, settle, silentAt } from "./support.ts";

const { characters } = JSON.parse(
  readFileSync(new URL("../../vectors/injection-strings.json", import.meta.url), "utf8"),
) as { readonly characters: readonly { readonly json: string }[] };

test("Session.command goes in order with the messages around it", async () => {
  for (const extensions of [[], ["PIPELINING"], ["PIPELINING", "CHUNKING"]]) {
    const { session, server } = await openSession({ extensions });
    await Promise.all([
      session.send(raw("1@example.net")),
      session.command("NOOP one"),
      session.send(raw("2@example.net")),
      session.command("NOOP two"),
      session.send(raw("3@example.net")),
    ]);
    const order = server.commands.flatMap((line) => /^(?:NOOP (\w+)|RCPT TO:<(\d))/.exec(line)?.slice(1) ?? []);
    expect(order.filter((one) => one !== undefined)).toEqual(["1", "one", "2", "two", "3"]);
    expect(server.taken.map(({ to }) => to[0])).toEqual(["1@example.net", "2@example.net", "3@example.net"]);
  }
});

test("Session.command gives any answer, and the session goes on", async () => {
  const { session } = await openSession({
    reply: (line) => /^X-(\d+)/.exec(line) === null ? undefined : `${line.slice(2, 5)} 5.5.1 said`,
  });
  for (const code of [200, 252, 250, 450, 502, 555]) {
    const reply = await session.command(`X-${code}`);
    expect(reply).toEqual({ code, enhanced: code >= 500 ? "5.5.1" : undefined, text: expect.stringContaining("said") });
  }
  await session.send(raw());
});

test.each([
  "EHLO a",
  "helo a",
  "LHLO a",
  "STARTTLS",
  "X-ANONYMOUSTLS",
  "AUTH PLAIN",
  "MAIL FROM:<a@example.com>",
  "mail from:<a@example.com>",
  "SEND FROM:<a@example.com>",
  "RCPT TO:<b@example.net>",
  "DATA",
  "BDAT 3",
  "BURL imap://x LAST",
  "RSET",
  "Quit",
  "TURN",
  "ATRN example.org",
  "XCLIENT ADDR=192.0.2.1",
  "XFORWARD ADDR=192.0.2.1",
])("Session.command refuses what would change what the session relies on: %s", async (line) => {
  const { session, wire } = await openSession();
  const before = wire.writes.length;
  expect(await rejection(session.command(line))).toMatchObject({ name: "InputError", field: "command" });
  expect(wire.writes).toHaveLength(before);
  await session.send(raw());
});

test.each(["", " HELP", "HELP\r\nQUIT", "HELP\n", "HELP\0", "HÉLP", "HELP é", "<", "1X", "MAIL\tX", "A".repeat(511)])(
  "Session.command refuses what is no command line: %j",
  async (line) => {
    const { session, wire } = await openSession();
    const before = wire.writes.length;
    expect(await rejection(session.command(line))).toMatchObject({ name: "InputError", field: "command" });
    expect(wire.writes).toHaveLength(before);
  },
);

test("commands refuse every character that could end a line, wherever a caller's text goes", async () => {
  const { session, wire } = await openSession({
    extensions: ["SMTPUTF8", "XCLIENT NAME HELO LOGIN", "XFORWARD IDENT"],
  });
  const before = wire.writes.length;
  for (const { json } of characters) {
    const text = `a${json}b`;
    const makers = [
      () => session.command(text),
      () => session.command(`NOOP ${text}`),
      () => session.command(vrfy(text)),
      () => session.command(expn(text)),
      () => session.command(help(text)),
      () => session.command(xclient({ name: text })),
      () => session.command(xclient({ login: text })),
      () => session.command(xclient({ helo: text })),
      () => session.command(xforward({ ident: text })),
    ];
    for (const make of makers) await Promise.resolve().then(make).catch((error) => error);
  }
  const written = wire.writes.slice(before).map((octets) => new TextDecoder().decode(octets)).join("");
  // Whatever was taken, such as an é for VRFY, is one line for each write.
  // deno-lint-ignore no-control-regex
  for (const line of written.split("\r\n")) expect(line).not.toMatch(/[\x00-\x1f\x7f]/);
  expect(written.split("\r\n").every((line) => /^$|^(?:VRFY|EXPN|HELP|NOOP|XCLIENT|EHLO) /.test(line))).toBe(true);
});

test("Session.command refuses everything once the session is closed, and waits no longer than it is told", async () => {
  const { session } = await openSession({ reply: (line) => line === "HELP" ? "" : undefined });
  const controller = new AbortController();
  const asked = session.command(help(), { signal: controller.signal });
  await settle();
  controller.abort(new Error("no patience"));
  expect(await rejection(asked)).toMatchObject({ message: "no patience" });
  const { session: other } = await openSession();
  await other.close();
  expect(await rejection(other.command(help()))).toMatchObject({ name: "ClosedError" });
});

test("vrfy, expn and help give every line, however long the answer is", async () => {
  const members = Array.from({ length: 100 }, (_, index) => `<member${index}@example.net>`);
  const { session } = await openSession({
    reply: (line) => {
      if (line === "EXPN list") return members.map((one, i) => `250${i === 99 ? " " : "-"}2.1.5 ${one}`).join("\r\n");
      if (line === "HELP") return "214-2.0.0 Commands:\r\n214-2.0.0  HELO EHLO\r\n214 2.0.0 End";
      return line.startsWith("VRFY") ? "550 5.1.1 no such user" : undefined;
    },
  });
  const list = await session.command(expn("list"));
  expect([list.code, list.lines]).toEqual([250, members]);
  expect(list.text.length).toBeLessThan(1100);
  expect((await session.command(help())).lines).toEqual(["Commands:", " HELO EHLO", "End"]);
  expect(await session.command(vrfy("nobody"))).toEqual({
    code: 550,
    enhanced: "5.1.1",
    text: "no such user",
    lines: ["no such user"],
  });
});

test("an answer does not show a secret that the server repeats", async () => {
  const { session } = await openSession({
    extensions: ["AUTH PLAIN"],
    reply: (line) => line === "HELP" ? "214-you said open sesame\r\n214 open sesame" : undefined,
  }, { auth: { user: "ada", password: "open sesame" }, allowInsecureAuth: true });
  const { text, lines } = await session.command(help());
  expect([text, lines]).toEqual(["you said ***\n***", ["you said ***", "***"]]);
});

test("vrfy and expn need SMTPUTF8 for what is not ASCII", async () => {
  const { session, wire } = await openSession();
  const before = wire.writes.length;
  for (const command of [vrfy("pelé"), expn("jürgen@example.net")]) {
    expect(await rejection(session.command(command))).toMatchObject({
      name: "UnsupportedError",
      feature: "SMTPUTF8",
      sessionUsable: true,
    });
  }
  expect(wire.writes).toHaveLength(before);
  await session.send(raw());
});

test("xclient has all that is asked for behind it wait, and be planned for what the server then offers", async () => {
  let hellos = 0;
  const { session, server } = await openSession({
    extensions: () => ++hellos === 1 ? ["PIPELINING", "CHUNKING", "XCLIENT ADDR"] : ["DSN", "PIPELINING"],
    reply: (line) => line.startsWith("XCLIENT") ? "220 again" : undefined,
  });
  const { raw: content, envelope } = raw("2@example.net");
  const [, reply] = await Promise.all([
    session.send(raw("1@example.net")),
    session.command(xclient({ addr: "192.0.2.7" })),
    session.send({ raw: content, envelope: { ...envelope, options: [dsn()] } }),
    session.command("NOOP behind"),
  ]);
  expect(reply).toMatchObject({ code: 220, text: "again" });
  expect(server.commands.filter((line) => !line.startsWith("MAIL"))).toEqual([
    "EHLO [127.0.0.1]",
    "RCPT TO:<1@example.net>",
    "BDAT 22 LAST",
    ".",
    // The first message may still have been open.
    "RSET",
    "XCLIENT ADDR=192.0.2.7",
    "EHLO [127.0.0.1]",
    "RCPT TO:<2@example.net> ORCPT=rfc822;2@example.net",
    "DATA",
    ".",
    "NOOP behind",
  ]);
  expect([...session.extensions.keys()]).toEqual(["DSN", "PIPELINING"]);
});

test("xclient gives the name that the session was opened with, and splits what is too long for one line", async () => {
  const { session, server } = await openSession({
    extensions: ["XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"],
    reply: (line) => line.startsWith("XCLIENT") ? "220 again" : undefined,
  }, { clientName: "relay.example" });
  await session.command(xclient({
    name: "n".repeat(255),
    addr: "2001:db8::7",
    port: 2525,
    proto: "ESMTP",
    helo: "h".repeat(255),
    login: "ada lovelace=é",
    destAddr: "198.51.100.1",
    destPort: 25,
  }));
  expect(server.commands).toEqual([
    "EHLO relay.example",
    `XCLIENT HELO=${"h".repeat(255)} PROTO=ESMTP LOGIN=ada+20lovelace+3D+C3+A9 DESTADDR=198.51.100.1 DESTPORT=25`,
    `XCLIENT NAME=${"n".repeat(255)} PORT=2525 ADDR=IPV6:2001:db8::7`,
    "EHLO relay.example",
  ]);
});

test("xclient ends the session where nobody knows who the server now takes it for", async () => {
  for (
    const [code, usable] of [[501, true], [503, true], [550, true], [554, false], [450, false], [250, false]] as const
  ) {
    const { session } = await openSession({
      extensions: ["XCLIENT ADDR"],
      reply: (line) => line.startsWith("XCLIENT") ? `${code} said` : undefined,
    });
    const error = await rejection(session.command(xclient({ addr: "192.0.2.7" })));
    expect([error, session.closed === undefined]).toEqual([
      expect.objectContaining({ name: code === 250 ? "ProtocolError" : "ReplyError", phase: "command" }),
      usable,
    ]);
  }
});

test("xclient is refused in a session that is logged on", async () => {
  const { session, server } = await openSession({ extensions: ["AUTH PLAIN", "XCLIENT ADDR"] }, {
    auth: { user: "ada", password: "secret" },
    allowInsecureAuth: true,
  });
  const error = await rejection(session.command(xclient({ addr: "192.0.2.7" })));
  expect(error).toMatchObject({ name: "InputError", field: "xclient" });
  expect(server.commands.some((line) => line.startsWith("XCLIENT"))).toBe(false);
  await session.send(raw());
});

test("xforward splits what is too long for one line, and stops at a refusal", async () => {
  const { session, server } = await openSession({
    extensions: ["XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE"],
    reply: (line) => line.includes("HELO=h") ? "501 5.5.4 bad HELO" : undefined,
  });
  const attributes = {
    name: "n".repeat(255),
    helo: "h".repeat(255),
    proto: null,
    ident: "a+b",
    source: "LOCAL",
  } as const;
  const error = await rejection(session.command(xforward(attributes)));
  expect(error).toMatchObject({ name: "ReplyError", sessionUsable: true, command: "XFORWARD" });
  expect(server.commands.slice(1)).toEqual([
    `XFORWARD NAME=${"n".repeat(255)} PROTO=[UNAVAILABLE]`,
    `XFORWARD HELO=${"h".repeat(255)} IDENT=a+2Bb SOURCE=LOCAL`,
  ]);
  await session.send(raw());
});

const refused: readonly (readonly [field: string, run: () => unknown])[] = [
  ["xclient", () => xclient({})],
  ["xclient", () => xclient(null as unknown as XclientAttributes)],
  ["xclient.address", () => xclient({ address: "192.0.2.7" } as XclientAttributes)],
  ["xclient.addr", () => xclient({ addr: "mail.example.com" })],
  ["xclient.addr", () => xclient({ addr: "[192.0.2.7]" })],
  ["xclient.addr", () => xclient({ addr: "192.0.2.7 LOGIN=root" })],
  ["xclient.destAddr", () => xclient({ destAddr: "[::1]" })],
  ["xclient.port", () => xclient({ port: 0 })],
  ["xclient.destPort", () => xclient({ destPort: 65536 })],
  ["xclient.proto", () => xclient({ proto: "LMTP" as "SMTP" })],
  ["xclient.name", () => xclient({ name: "" })],
  ["xclient.name", () => xclient({ name: "n".repeat(256) })],
  ["xclient.name", () => xclient({ name: "a b" })],
  ["xclient.helo", () => xclient({ helo: "é" })],
  ["xclient.login", () => xclient({ login: "" })],
  ["xforward", () => xforward({ name: undefined })],
  ["xforward.login", () => xforward({ login: "ada" } as XforwardAttributes)],
  ["xforward.ident", () => xforward({ ident: "<a@b>" })],
  ["xforward.proto", () => xforward({ proto: "p".repeat(65) })],
  ["xforward.source", () => xforward({ source: "local" as "LOCAL" })],
  ["vrfy", () => vrfy("")],
  ["vrfy", () => vrfy(" a")],
  ["expn", () => expn(undefined as unknown as string)],
  ["help", () => help(" ")],
  ["command", () => vrfy("a".repeat(506))],
  ["command", () => vrfy(`é${"a".repeat(506)}`)],
];

test.each(refused)("what cannot be is refused at once, and %s named", (field, run) => {
  expect(run).toThrow(expect.objectContaining({ name: "InputError", field }));
});

test("a message or command that waits for XCLIENT ends on its signal or deadline, unsent, and the others go on waiting", async () => {
  const { session, server } = await openSession({ extensions: ["XCLIENT ADDR"], reply: silentAt("XCLIENT") });
  const exclusive = rejection(session.command(xclient({ addr: "192.0.2.1" })));
  const controller = new AbortController();
  const { signal } = controller;
  const cancelled = [rejection(session.send(raw(), { signal })), rejection(session.command("NOOP", { signal }))];
  const late = rejection(session.send(raw(), { deadline: 5 }));
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await Promise.all(cancelled)).toEqual([reason, reason]);
  expect(fateOf(reason)).toBe("unsent");
  expect(await late).toMatchObject({ name: "TimeoutError", limit: 5, fate: "unsent" });
  expect(server.commands.some((line) => /^(?:MAIL|NOOP)/.test(line))).toBe(false);
  session.abort();
  await exclusive;
});
