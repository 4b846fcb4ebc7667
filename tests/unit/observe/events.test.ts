import { expect, test } from "vitest";
import { fateOf, Session, SmtpClient } from "../../../mod.ts";
import type { ScriptedServer } from "../../support/scripted_server.ts";
import { openSession, raw, rejection, scripted } from "../session/support.ts";
import { Told } from "./support.ts";

test("observe is told of a session, its messages and all exchanges, in order", async () => {
  const told = new Told();
  const { session } = await openSession({}, { observe: told.observe });
  await session.send(raw("b@example.net", "c@example.net"));
  await session.noop();
  await session.close();
  expect(told.lines).toEqual([
    "session 1 begins: server.example:25 off",
    "session 1 message - greeting: 220",
    "session 1 message - ehlo: 250",
    "session 1 is open: undefined undefined",
    "message 1 begins: session 1 delivery -, 2",
    "session 1 message 1 mail+rcpt+rcpt+data: 250 250 250 354",
    "session 1 message 1 final: 250",
    "message 1 ends: taken",
    "session 1 message - noop: 250",
    "session 1 message - quit: 221",
    "session 1 ends: SESSION_CLOSED",
  ]);
  told.checkTimes();
});

test("observe is told of a message that is refused, by its code and fate", async () => {
  const told = new Told();
  const reply = (line: string) => line.startsWith("RCPT") ? "550 5.1.1 nobody" : undefined;
  const { session } = await openSession({ reply }, { observe: told.observe });
  await rejection(session.send(raw()));
  await session.close();
  expect(told.lines.filter((line) => line.startsWith("message"))).toEqual([
    "message 1 begins: session 1 delivery -, 1",
    "message 1 ends: MESSAGE_REFUSED rejected",
  ]);
});

test("observe is told why a session could not be opened", async () => {
  const told = new Told();
  const { runtime } = scripted({ greeting: "554 go away" });
  await rejection(Session.open({ host: "server.example", tls: "off", runtime, observe: told.observe }));
  expect(told.lines).toEqual([
    "session 1 begins: server.example:25 off",
    "session 1 message - greeting: 554",
    "session 1 ends: REPLY_REFUSED",
  ]);
});

test("observe is not told that a session is open which the server has ended by then", async () => {
  const told = new Told();
  const reply = (line: string, { wire }: ScriptedServer) => {
    if (line.startsWith("EHLO")) wire.send("250 server.example\r\n250 2.0.0 and more\r\n");
    return "";
  };
  const { session } = await openSession({ reply }, { observe: told.observe });
  await session.close();
  expect(told.lines).toEqual([
    "session 1 begins: server.example:25 off",
    "session 1 message - greeting: 220",
    "session 1 message - ehlo: 250",
    "session 1 ends: PROTOCOL_ERROR",
  ]);
});

test("observe is told what was under way when the connection is lost", async () => {
  const told = new Told();
  const { session, wire } = await openSession({
    reply: (line) => line.startsWith("MAIL") ? "" : undefined,
  }, { observe: told.observe });
  const failed = rejection(session.send(raw()));
  await new Promise((resolve) => setTimeout(resolve, 5));
  wire.finish();
  await failed;
  expect(told.lines.slice(-3)).toEqual([
    "session 1 message 1 mail+rcpt+data: CONNECTION_LOST",
    "session 1 ends: CONNECTION_LOST",
    "message 1 ends: CONNECTION_LOST unsent",
  ]);
});

test("observe is told by a client which of its messages a transaction is about", async () => {
  const told = new Told();
  const { runtime } = scripted({ reply: (line) => line.startsWith("RCPT TO:<no@") ? "450 4.2.1 later" : undefined });
  const client = new SmtpClient({ host: "server.example", tls: "off", runtime, observe: told.observe });
  await client.send(raw());
  const deliveries = client.sendAll([raw("no@example.net"), raw()]);
  for await (const _ of deliveries);
  await client.close();
  const about = told.lines.filter((line) => /^(?:message|delivery)/.test(line));
  expect(about.slice(0, 4)).toEqual([
    "delivery 1 begins: 1",
    "message 1 begins: session 1 delivery 1, 1",
    "message 1 ends: taken",
    "delivery 1 ends: taken",
  ]);
  expect(about.slice(4).toSorted()).toEqual([
    "delivery 2 begins: 1",
    "delivery 2 ends: MESSAGE_REFUSED deferred",
    "delivery 3 begins: 1",
    "delivery 3 ends: taken",
    "message 2 begins: session 1 delivery 2, 1",
    "message 2 ends: MESSAGE_REFUSED deferred",
    "message 3 begins: session 1 delivery 3, 1",
    "message 3 ends: taken",
  ]);
});

test("observe that throws changes nothing", async () => {
  let told = 0;
  const observe = () => {
    told++;
    throw new Error("of no interest");
  };
  const { session } = await openSession({}, { observe });
  expect((await session.send(raw())).accepted).toEqual(["b@example.net"]);
  await session.close();
  expect(told).toBeGreaterThan(5);
});

test.each(
  [[], ["PIPELINING"], ["PIPELINING", "CHUNKING"]].flatMap((extensions) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((nth) => [extensions, nth] as const)
  ),
)("observe may end a session at any event: %j, event %i", async (extensions, nth) => {
  for (const how of ["abort", "close", "signal"]) {
    const controller = new AbortController();
    let events = -1;
    const told = new Told();
    const { session, server } = await openSession({ extensions }, {
      observe: (event) => {
        told.observe(event);
        if (events < 0 || events++ !== nth) return;
        if (how === "signal") controller.abort(new Error("enough"));
        else void session[how as "abort" | "close"]();
      },
    });
    events = 0;
    const error = await session.send(raw("b@example.net", "c@example.net"), { signal: controller.signal })
      .then(() => undefined, (error: unknown) => error);
    const fate = error === undefined ? "taken" : fateOf(error) ?? "unsent";
    if (server.taken.length === 0) expect(fate).toBe("unsent");
    else expect(["taken", "unknown"]).toContain(fate);
    if (error !== undefined) expect((error as Error).name).toBe(how === "signal" ? "Error" : "ClosedError");
    await session.close();
    expect(told.lines.at(-1)).toMatch(/^(?:session 1|message 1) ends: /);
    expect(told.lines.filter((line) => line.startsWith("session 1 ends"))).toHaveLength(1);
  }
});

test("observe must be a function", async () => {
  const observe = {} as never;
  await expect(Session.open({ host: "server.example", tls: "off", observe })).rejects.toThrow(/^observe: /);
  expect(() => new SmtpClient({ host: "server.example", observe })).toThrow(/^observe: /);
});
