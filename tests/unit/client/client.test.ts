import { expect, test } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { ConnectionError } from "../../../lib/errors.ts";
import type { SessionOptions } from "../../../lib/session/options.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection, scripted, settle, silentAt, streamed } from "../session/support.ts";

function clientOf(...behaviours: readonly ServerOptions[]) {
  const { runtime, servers } = scripted(...behaviours);
  return { client: new SmtpClient({ host: "mail.example", tls: "off", runtime }), runtime, servers };
}

test.each<[wrong: string, options: SessionOptions, error: object]>([
  ["no host", {}, { name: "TypeError", message: "host: must be a domain name or an IP address" }],
  ["a port that is text", { host: "mail.example", port: "587" as never }, { name: "RangeError" }],
  ["credentials in clear", { host: "mail.example", tls: "off", auth: { user: "ada", password: "secret" } }, {
    code: "CONFIG_INSECURE",
  }],
  ["a name for EHLO that is none", { host: "mail.example", clientName: "a b" }, { name: "InputError" }],
  ["a profile that nobody defines", { host: "mail.example", profile: "mine" }, { code: "CONFIG_UNDEFINED" }],
  ["no time", { host: "mail.example", timeouts: { connect: 0 } }, { name: "RangeError" }],
])("SmtpClient refuses at once %s, also in one of several hosts", (_, options, error) => {
  expect(() => new SmtpClient(options)).toThrow(expect.objectContaining(error));
  expect(() => new SmtpClient([{ host: "mail.example" }, options])).toThrow(expect.objectContaining(error));
});

test("SmtpClient connects when there is something to send, and stays logged on", async () => {
  const { client, runtime, servers } = clientOf({});
  expect(runtime.wires).toEqual([]);
  await client.send(raw("first@example.net"));
  await client.send(raw("second@example.net"));
  await client.close();
  expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([[
    "first@example.net",
    "second@example.net",
  ]]);
  expect(servers[0]!.commands.at(-1)).toBe("QUIT");
});

test("SmtpClient sends messages that are asked for at once in one session, in order", async () => {
  const { client, servers } = clientOf({});
  const to = Array.from({ length: 50 }, (_, i) => `r${i}@example.net`);
  const receipts = await Promise.all(to.map((one) => client.send(raw(one))));
  expect(receipts.map(({ accepted }) => accepted[0])).toEqual(to);
  expect(servers.map(({ taken }) => taken.map((one) => one.to[0]))).toEqual([to]);
  await client.close();
});

test.each(["finish", "reset", "421 4.4.2 idle"])(
  "SmtpClient replaces a session that ended while idle: %s",
  async (how) => {
    for (const isKnown of [true, false]) {
      const { client, runtime, servers } = clientOf({});
      await client.send(raw("first@example.net"));
      const hangUp = () => how === "finish" || how === "reset" ? runtime.wires[0]![how]() : servers[0]!.say(how);
      hangUp();
      // Either it is known before the message is asked for, or found out by it.
      if (isKnown) await settle();
      await client.send(raw("second@example.net"));
      await client.close();
      expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([["first@example.net"], [
        "second@example.net",
      ]]);
      expect(runtime.wires.every(({ closeCalls }) => closeCalls > 0)).toBe(true);
    }
  },
);

test("SmtpClient replaces a session that says 421 only when it is spoken to", async () => {
  const tired: ServerOptions = {
    reply: (line, { taken, wire }) => {
      if (!line.startsWith("MAIL") || taken.length === 0) return undefined;
      wire.send("421 4.4.2 idle for too long\r\n");
      wire.finish();
      return "";
    },
  };
  const { client, servers } = clientOf(tired, {});
  await client.send(raw("first@example.net"));
  await Promise.all([client.send(raw("second@example.net")), client.send(raw("third@example.net"))]);
  expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([
    ["first@example.net"],
    ["second@example.net", "third@example.net"],
  ]);
  await client.close();
});

test("SmtpClient goes on in another session with a server that has had enough of refusing", async () => {
  const tired: ServerOptions = {
    extensions: ["PIPELINING", "CHUNKING"],
    reply: (line, { wire }) => {
      if (line.includes("nobody")) return "550 5.1.1 nobody here";
      if (line !== "RSET") return undefined;
      wire.send("421 4.7.0 too many errors\r\n");
      wire.finish();
      return "";
    },
  };
  const { client, servers } = clientOf(tired, { extensions: ["PIPELINING", "CHUNKING"] });
  const refused = rejection(client.send(raw("nobody@example.net")));
  const others = ["b@example.net", "c@example.net"].map((to) => client.send(raw(to)));
  expect(await refused).toMatchObject({ name: "RejectedError", fate: "rejected" });
  await Promise.all(others);
  expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([[], ["b@example.net", "c@example.net"]]);
  await client.close();
});

test.each(["closes", "421"])(
  "SmtpClient goes on with a server that takes few messages in a session: %s",
  async (how) => {
    const few: ServerOptions = {
      extensions: ["PIPELINING"],
      reply: (line, { taken, wire }) => {
        if (!line.startsWith("MAIL") || taken.length < 2) return undefined;
        if (how === "421") wire.send("421 4.7.0 too many messages\r\n");
        wire.finish();
        return "";
      },
    };
    const { client, servers } = clientOf(few);
    const to = Array.from({ length: 7 }, (_, i) => `r${i}@example.net`);
    const receipts = await Promise.all(to.map((one) => client.send(raw(one))));
    expect(receipts.map(({ accepted }) => accepted[0])).toEqual(to);
    expect(servers.map(({ taken }) => taken.length)).toEqual([2, 2, 2, 1]);
    expect(servers.flatMap(({ taken }) => taken.map((one) => one.to[0])).sort()).toEqual(to);
    await client.close();
  },
);

test("SmtpClient tries a message a second time only when a session was kept, and only once", async () => {
  const { client, servers } = clientOf({ reply: silentAtMail() });
  expect(await rejection(client.send(raw()))).toMatchObject({ name: "ConnectionError", phase: "mail", fate: "unsent" });
  expect(servers).toHaveLength(1);
  const later = clientOf({}, { reply: silentAtMail() });
  await later.client.send(raw());
  later.runtime.wires[0]!.finish();
  expect(await rejection(later.client.send(raw()))).toMatchObject({ name: "ConnectionError", fate: "unsent" });
  expect(later.servers).toHaveLength(2);
});

/** Hangs up at MAIL. */
function silentAtMail(): ServerOptions["reply"] {
  return (line, { wire }) => {
    if (!line.startsWith("MAIL")) return undefined;
    wire.finish();
    return "";
  };
}

test("SmtpClient never sends a second time what may have been taken, or was begun", async () => {
  for (const [at, fate] of [[".", "unknown"], ["DATA", "unsent"]] as const) {
    let kept = false;
    const { client, servers } = clientOf({
      extensions: ["8BITMIME"],
      reply: (line, { wire }) => {
        if (line !== at || !kept) return undefined;
        if (at === "DATA") return "354 go";
        wire.finish();
        return "";
      },
    });
    await client.send(raw());
    kept = true;
    const broken = streamed(async function* () {
      yield await Promise.resolve("x");
      throw new Error("disk on fire");
    });
    expect(await rejection(client.send(at === "DATA" ? broken : raw()))).toMatchObject({ fate });
    expect(servers).toHaveLength(1);
    await client.close();
  }
});

test("SmtpClient sends what waited behind a message that ended the session in another one", async () => {
  const { client, servers } = clientOf({ extensions: ["8BITMIME"] });
  await client.verify();
  const broken = streamed(async function* () {
    yield "Subject: x\r\n";
    await settle();
    throw new Error("disk on fire");
  });
  const [first, second, third] = [
    client.send(broken),
    client.send(raw("second@example.net")),
    client.send(raw("third@example.net")),
  ];
  expect(await rejection(first)).toMatchObject({ name: "ContentError" });
  await Promise.all([second, third]);
  expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([[], [
    "second@example.net",
    "third@example.net",
  ]]);
  await client.close();
});

test("SmtpClient tries anew when connecting has failed before", async () => {
  let up = false;
  const runtime = new ScriptedRuntime((wire) => {
    if (!up) throw new ConnectionError("CONNECT_FAILED", "connect", "connection refused");
    void new ScriptedServer(wire);
  });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime });
  const both = await Promise.all([rejection(client.send(raw())), rejection(client.send(raw()))]);
  expect(both).toMatchObject(Array(2).fill({ code: "CONNECT_FAILED", retryable: true }));
  up = true;
  await client.send(raw());
  await client.close();
});

test("SmtpClient.close waits for the messages under way, once, and refuses any after it", async () => {
  const { client, servers, runtime } = clientOf({});
  const sends = [client.send(raw()), client.send(raw())];
  const closing = client.close();
  expect(client.close()).toBe(closing);
  for (const asked of [client.send(raw()), client.verify()]) {
    expect(await rejection(asked)).toMatchObject({ name: "ClosedError", fate: "unsent" });
  }
  await closing;
  expect(await Promise.all(sends)).toHaveLength(2);
  expect([servers[0]!.taken.length, runtime.wires[0]!.closeCalls > 0]).toEqual([2, true]);
});

test("SmtpClient.close of a client that never sent connects to nothing", async () => {
  const { client, runtime } = clientOf({});
  {
    await using used = client;
    expect(used).toBe(client);
  }
  expect(runtime.wires).toEqual([]);
});

test("SmtpClient.verify sends nothing, and looks again when the session it kept has ended", async () => {
  const { client, runtime, servers } = clientOf({});
  await client.verify();
  runtime.wires[0]!.finish();
  await client.verify();
  await client.close();
  expect(servers.map(({ commands }) => commands)).toEqual([
    ["EHLO [127.0.0.1]", "NOOP"],
    ["EHLO [127.0.0.1]", "NOOP", "QUIT"],
  ]);
});

test("SmtpClient.verify fails with what logging on fails with", async () => {
  const { runtime } = scripted({
    extensions: ["AUTH PLAIN"],
    reply: (line) => line.startsWith("AUTH") ? "535 no" : undefined,
  });
  const client = new SmtpClient({ host: "mail.example", auth: { user: "ada", password: "secret" }, runtime });
  expect(await rejection(client.verify())).toMatchObject({ name: "AuthenticationError", retryable: false });
  await client.close();
});

test("SmtpClient.send that is cancelled while it connects leaves the session to the others", async () => {
  let arrive = () => {};
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime(async (wire) => {
    await new Promise<void>((resolve) => arrive = resolve);
    servers.push(new ScriptedServer(wire));
  });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime });
  const controller = new AbortController();
  const cancelled = rejection(client.send(raw("never@example.net"), { signal: controller.signal }));
  const other = client.send(raw());
  await settle();
  controller.abort(new Error("changed my mind"));
  expect(await cancelled).toEqual(new Error("changed my mind"));
  arrive();
  await other;
  await client.close();
  expect(servers.map(({ taken }) => taken.map(({ to }) => to[0]))).toEqual([["b@example.net"]]);
});

test("SmtpClient refuses a message that is none before it connects, and a target that is none at once", async () => {
  const { client, runtime } = clientOf({});
  expect(await rejection(client.send({ from: "a" } as never))).toMatchObject({ name: "InputError" });
  expect(runtime.wires).toEqual([]);
  expect(() => new SmtpClient("TLS:")).toThrow(expect.objectContaining({ name: "ConfigError" }));
  expect(() => new SmtpClient({ hots: "mail.example" } as SessionOptions)).toThrow(
    /^hots: unknown key \(did you mean hosts\?\); a client may have host,/,
  );
});

test("SmtpClient gives a message up when the limit on a step has run out", async () => {
  const { runtime } = scripted({ reply: silentAt("DATA") });
  const client = new SmtpClient({ host: "mail.example", tls: "off", timeouts: { data: 20 }, runtime });
  expect(await rejection(client.send(raw()))).toMatchObject({ name: "TimeoutError", fate: "unsent" });
  await client.close();
});

test("SmtpClient.send counts logging on into its deadline, and leaves the session to the others", async () => {
  let answer!: () => void;
  const answered = new Promise<void>((resolve) => answer = resolve);
  const runtime = new ScriptedRuntime(async (wire) => {
    await answered;
    new ScriptedServer(wire);
  });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime });
  const patient = client.send(raw());
  const late = await rejection(client.send(raw(), { deadline: 20 }));
  expect(late).toMatchObject({ name: "TimeoutError", phase: "connect", fate: "unsent" });
  answer();
  expect((await patient).accepted).toHaveLength(1);
  expect(runtime.wires).toHaveLength(1);
  await client.close();
});
