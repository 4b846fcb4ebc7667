import { expect, test } from "vitest";
import { Session } from "../../../lib/session/session.ts";
import { openSession, raw, rejection, scripted, settle, silentAt, streamed } from "./support.ts";

test("Session.send sends several messages in order, without waiting for each other", async () => {
  const { session, server } = await openSession();
  const to = Array.from({ length: 20 }, (_, i) => `r${i}@example.net`);
  const receipts = await Promise.all(to.map((one) => session.send(raw(one))));
  expect(server.taken.map((taken) => taken.to[0])).toEqual(to);
  expect(receipts.map(({ accepted }) => accepted[0])).toEqual(to);
  expect(receipts.map(({ reply }) => reply.text)).toEqual(to.map((_, i) => `queued as ${i + 1}`));
});

test("Session.send writes each message's group behind the end of the one before, in one write", async () => {
  const { session, wire } = await openSession();
  const before = wire.writes.length;
  await Promise.all([session.send(raw()), session.send(raw()), session.close()]);
  const writes = wire.writes.slice(before).map((octets) => new TextDecoder().decode(octets));
  expect(writes.map((text) => text.match(/^(MAIL|\.|DATA|QUIT)/gm)?.join(" "))).toEqual([
    "MAIL DATA",
    ". MAIL DATA",
    ". QUIT",
  ]);
});

test("Session.send refuses a message that is none before anything is written", async () => {
  const { session, wire } = await openSession();
  const before = wire.writes.length;
  for (const message of [undefined, {}, { raw: "x" }, { ...raw(), recipients: "all" }, raw("no address")]) {
    expect(await rejection(session.send(message as never))).toMatchObject({ name: "InputError" });
  }
  expect(await rejection(session.send(raw(), { recipients: "any" as never }))).toBeInstanceOf(TypeError);
  expect(wire.writes).toHaveLength(before);
});

test("Session.close waits for the messages under way, says QUIT once, and closes the connection", async () => {
  const { session, server, wire } = await openSession();
  const sends = [0, 1, 2].map(() => session.send(raw()));
  const closing = [session.close(), session.close(), session[Symbol.asyncDispose]()];
  const taken = await Promise.all(closing.map((one) => one.then(() => server.taken.length)));
  expect([taken, (await Promise.all(sends)).length]).toEqual([[3, 3, 3], 3]);
  expect([server.taken.length, server.commands.filter((line) => line === "QUIT").length]).toEqual([3, 1]);
  expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
});

test("Session refuses whatever is asked of it after close", async () => {
  const { session } = await openSession();
  const closing = session.close();
  for (const asked of [session.send(raw()), session.noop(), session.reset()]) {
    expect(await rejection(asked)).toMatchObject({ name: "ClosedError", fate: "unsent" });
  }
  await closing;
  expect(session.closed?.name).toBe("ClosedError");
});

test("await using closes a session, also when the block fails", async () => {
  const { runtime, servers } = scripted({});
  await expect((async () => {
    await using session = await Session.open({ host: "mail.example", tls: "off", runtime });
    await session.noop();
    throw new Error("on the way");
  })()).rejects.toThrow("on the way");
  expect(servers[0]!.commands.at(-1)).toBe("QUIT");
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
});

test("Session.logOff tells when the server does not play along, and closes all the same", async () => {
  const { session, wire } = await openSession({ reply: (line) => line === "QUIT" ? "500 never" : undefined });
  expect(await rejection(session.logOff())).toMatchObject({ name: "ReplyError", phase: "quit" });
  expect(wire.closeCalls).toBeGreaterThan(0);
  await session.close();
});

test("Session tells what is known of the server, after TLS", async () => {
  const { session } = await openSession({
    greeting: "220 mail.example ESMTP",
    extensions: (secured) => secured ? ["SIZE 1000", "AUTH PLAIN"] : ["STARTTLS", "PIPELINING"],
  }, { tls: "starttls", auth: { user: "ada", password: "secret" } });
  expect(session.greeting).toBe("mail.example ESMTP");
  expect([...session.extensions]).toEqual([["SIZE", "1000"], ["AUTH", "PLAIN"]]);
  expect([session.mechanism, session.tls, session.closed]).toEqual(["PLAIN", { verified: true }, undefined]);
});

test("Session.noop and reset go on after a refusal of the one, not of the other", async () => {
  const { session } = await openSession({
    reply: (line) => line === "NOOP" || line === "RSET" ? "502 5.5.1 no" : undefined,
  });
  expect(await rejection(session.noop())).toMatchObject({ name: "ReplyError", phase: "noop", sessionUsable: true });
  await session.send(raw());
  expect(await rejection(session.reset())).toMatchObject({ name: "ReplyError", phase: "rset", sessionUsable: false });
  expect(session.closed).toBeDefined();
});

test("Session goes on after every refusal that leaves it usable", async () => {
  let refuse = "";
  const { session, server } = await openSession({
    reply: (line) => line.startsWith(refuse) && refuse !== "" ? "550 5.7.1 no" : undefined,
  });
  for (refuse of ["MAIL", "RCPT", "DATA", "."]) {
    expect(await rejection(session.send(raw()))).toMatchObject({ name: "RejectedError", sessionUsable: true });
  }
  refuse = "";
  expect((await session.send(raw())).accepted).toEqual(["b@example.net"]);
  expect([server.taken.length, session.closed]).toEqual([2, undefined]);
});

test("Session.closed tells when the server has hung up while nothing was asked", async () => {
  for (const hangUp of ["finish", "reset", "421 4.4.2 idle"] as const) {
    const { session, wire, server } = await openSession();
    if (hangUp === "finish" || hangUp === "reset") wire[hangUp]();
    else server.say(hangUp);
    await settle();
    expect(session.closed?.name).toBe(hangUp.startsWith("421") ? "ClosedError" : "ConnectionError");
    expect(await rejection(session.send(raw()))).toMatchObject({
      name: "ClosedError",
      fate: "unsent",
      retryable: true,
    });
    expect(wire.closeCalls).toBeGreaterThan(0);
  }
});

test("Session.send tells of the progress of content in pieces, and of content in memory once", async () => {
  const { session } = await openSession({ extensions: ["8BITMIME"] });
  const told: unknown[] = [];
  const onProgress = (progress: unknown) => void told.push(progress);
  await session.send(raw(), { onProgress });
  expect(told.splice(0)).toEqual([{ octets: 22, total: 22 }]);
  await session.send(
    streamed(async function* () {
      yield await Promise.resolve("Subject: x\r\n\r\n");
      yield "Hi";
    }),
    { onProgress },
  );
  expect(told.at(-1)).toEqual({ octets: 18, total: undefined });
});

test("a message that was accepted is not reported failed because its onProgress throws", async () => {
  const { session, server } = await openSession();
  const onProgress = () => {
    throw new Error("progress bar broken");
  };
  expect((await session.send(raw(), { onProgress })).accepted).toEqual(["b@example.net"]);
  expect(server.taken).toHaveLength(1);
});

test("a session whose server is silent ends every message that waits in it", async () => {
  const { session } = await openSession({ reply: silentAt("MAIL") }, { timeouts: { command: 20 } });
  const errors = await Promise.all(Array.from({ length: 50 }, () => rejection(session.send(raw()))));
  expect(errors.map((error) => (error as { fate: string }).fate)).toEqual(Array(50).fill("unsent"));
});

test.each(["554 no service here", "450 later", "421 busy"])(
  "Session.open names the greeting that refuses: %s",
  async (greeting) => {
    const { runtime } = scripted({ greeting });
    const error = await rejection(Session.open({ host: "mail.example", tls: "off", runtime }));
    expect(error).toMatchObject({ phase: "greeting", command: "GREETING", server: "mail.example:25" });
  },
);
