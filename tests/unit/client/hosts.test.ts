import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import type { ClientOptions } from "../../../lib/client/client_options.ts";
import { ConnectionError } from "../../../lib/errors.ts";
import { oauth2, parseTlsProfile } from "../../../mod.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "../session/support.ts";
import { holdTime, pass, recipients } from "./support.ts";

beforeEach(holdTime);
afterEach(() => {
  vi.useRealTimers();
});

/** Hosts by name, some of which cannot be reached, and who was connected to. */
function world(behaviours: Readonly<Record<string, ServerOptions>> = {}) {
  const down = new Set<string>();
  const tried: string[] = [];
  const servers: [string, ScriptedServer][] = [];
  const runtime = new ScriptedRuntime((wire, { host }) => {
    tried.push(host);
    if (down.has(host)) throw new ConnectionError("CONNECT_FAILED", "connect", `${host} is down`);
    servers.push([host, new ScriptedServer(wire, behaviours[host] ?? {})]);
  });
  const client = (options: ClientOptions = {}) => {
    const hosts = ["TCP:one.example", "TCP:two.example", { host: "three.example", tls: "off" as const }];
    return new SmtpClient(hosts, { ...options, runtime });
  };
  const taken = () => servers.flatMap(([host, { taken }]) => taken.map(({ to }) => [host, to[0]]));
  return { down, tried, client, taken, servers, runtime };
}

test("SmtpClient sends everything to the first of several hosts while that can be reached", async () => {
  const { client, tried } = world();
  const one = client({ pool: { size: 2 } });
  await Promise.all(recipients(4).map((to) => one.send(raw(to))));
  expect(tried).toEqual(["one.example", "one.example"]);
  await one.close();
});

test("SmtpClient goes to the next host when one cannot be reached, and comes back when it can", async () => {
  const { client, down, tried, taken } = world();
  down.add("one.example");
  const one = client({ pool: { passOver: 10_000 } });
  await Promise.all([one.send(raw("first@example.net")), one.send(raw("second@example.net"))]);
  await one.send(raw("third@example.net"));
  expect(tried).toEqual(["one.example", "two.example"]);
  await pass(10_000);
  // It is tried beside the one that works, and nobody waits for it.
  await one.send(raw("fourth@example.net"));
  expect(tried).toEqual(["one.example", "two.example", "one.example"]);
  down.clear();
  await pass(10_000);
  await one.send(raw("fifth@example.net"));
  await pass(1);
  await one.send(raw("sixth@example.net"));
  expect(taken()).toEqual([
    ...["first", "second", "third", "fourth", "fifth"].map((who) => ["two.example", `${who}@example.net`]),
    ["one.example", "sixth@example.net"],
  ]);
  await one.close();
});

test("SmtpClient fails a message when no host can be reached, and tries all of them for the next one", async () => {
  const { client, down, tried, taken } = world();
  for (const host of ["one.example", "two.example", "three.example"]) down.add(host);
  const one = client();
  const failures = await Promise.all([rejection(one.send(raw())), rejection(one.send(raw()))]);
  expect(failures).toMatchObject(Array(2).fill({ code: "CONNECT_FAILED", message: "three.example is down" }));
  expect(tried).toEqual(["one.example", "two.example", "three.example"]);
  down.delete("two.example");
  await one.send(raw("late@example.net"));
  expect(taken()).toEqual([["two.example", "late@example.net"]]);
  await one.close();
});

test.each([
  ["a refusal for now", { greeting: "421 4.3.2 busy" }],
  ["a refusal for good", { greeting: "554 5.3.2 no service" }],
  ["a server that is none", { greeting: "SSH-2.0-OpenSSH" }],
  ["a login that is refused", {
    extensions: ["AUTH PLAIN"],
    reply: (line) => /AUTH/.test(line) ? "535 no" : undefined,
  }],
] as [string, ServerOptions][])("SmtpClient passes a host over for %s", async (_what, behaviour) => {
  const { client, taken, tried } = world({
    "one.example": behaviour,
    "two.example": { extensions: ["AUTH PLAIN"] },
  });
  const one = client({ auth: { user: "ada", password: "secret" }, allowInsecureAuth: true });
  await one.send(raw());
  expect(tried).toEqual(["one.example", "two.example"]);
  expect(taken()).toEqual([["two.example", "b@example.net"]]);
  await one.close();
});

test("SmtpClient does not hide a file of a TLS profile that is missing behind another host", async () => {
  const { runtime, tried } = world();
  const profile = parseTlsProfile("verify_server=1, ca_certificate=missing.pem");
  const loader = () => Promise.reject(new Error("no such file"));
  const one = new SmtpClient(["smtps://one.example", "smtps://two.example"], { runtime, profile, loader });
  expect(await rejection(one.send(raw()))).toMatchObject({ name: "ConfigError", code: "CONFIG_FILE" });
  expect(tried).toEqual([]);
  await one.close();
});

test("SmtpClient takes a message to the next host when a new session is lost before its content", async () => {
  const hangsUp: ServerOptions = {
    reply: (line, { wire }) => {
      if (!line.startsWith("MAIL")) return undefined;
      wire.finish();
      return "";
    },
  };
  const { client, taken, tried } = world({ "one.example": hangsUp });
  const one = client();
  await one.send(raw());
  expect(tried).toEqual(["one.example", "two.example"]);
  expect(taken()).toEqual([["two.example", "b@example.net"]]);
  await one.close();
});

test("SmtpClient takes no message to another host that may have been taken, or was refused", async () => {
  for (const [final, fate] of [["", "unknown"], ["554 5.7.1 no", "rejected"], ["451 4.3.0 later", "deferred"]]) {
    const { client, tried } = world({
      "one.example": {
        reply: (line, { wire }) => {
          if (line !== ".") return undefined;
          if (final === "") wire.finish();
          return final;
        },
      },
    });
    const one = client();
    expect(await rejection(one.send(raw()))).toMatchObject({ fate });
    expect(tried).toEqual(["one.example"]);
    await one.close();
  }
});

test("SmtpClient keeps each host within limits of its own", async () => {
  const { servers, tried } = world();
  const runtime = new ScriptedRuntime((wire, { host }) => {
    tried.push(host);
    if (host === "one.example") throw new ConnectionError("CONNECT_FAILED", "connect", "down");
    servers.push([host, new ScriptedServer(wire)]);
  });
  const client = new SmtpClient({
    hosts: ["TCP:one.example", { host: "two.example", pool: { size: 3, messagesPerSession: undefined } }],
    tls: "off",
    pool: { size: 1, messagesPerSession: 2 },
    runtime,
  });
  await Promise.all(recipients(6).map((to) => client.send(raw(to))));
  expect(servers.map(([host, { taken }]) => [host, taken.length])).toEqual(Array(3).fill(["two.example", 2]));
  await client.close();
});

test("SmtpClient.verify goes to a host that can be reached", async () => {
  const { client, down, servers } = world();
  down.add("one.example");
  const one = client();
  await one.verify();
  expect(servers.map(([host]) => host)).toEqual(["two.example"]);
  await one.close();
});

test.each([
  [
    "a host in two places",
    () => new SmtpClient({ host: "a.example", hosts: ["TCP:b.example"] }),
    /host is given twice/,
  ],
  [
    "hosts in two places",
    () => new SmtpClient(["TCP:b.example"], { hosts: ["TCP:c.example"] }),
    /hosts is given twice/,
  ],
  ["hosts beside a string", () => new SmtpClient("TCP:a.example", { hosts: ["TCP:b.example"] }), /host is given twice/],
  ["no hosts", () => new SmtpClient([]), /hosts: must be an array of 1 to 100/],
  ["hosts that are none", () => new SmtpClient([7 as never]), /hosts: must hold strings and options/],
  ["a string nobody understands", () => new SmtpClient(["TLS:"]), /connection string/],
  ["an unknown pool option", () => new SmtpClient("TCP:a", { pool: { max: 1 } as never }), /pool\.max: unknown key/],
  ["a pool that is none", () => new SmtpClient("TCP:a", { pool: 5 as never }), /pool: must be an object/],
  ["a pool of null", () => new SmtpClient("TCP:a", { pool: null as never }), /pool: must be an object/],
  ["no sessions", () => new SmtpClient("TCP:a", { pool: { size: 0 } }), /pool\.size: must be a whole number from 1 to/],
  ["a part of a session", () => new SmtpClient("TCP:a", { pool: { size: 1.5 } }), /pool\.size/],
  ["a time that is none", () => new SmtpClient("TCP:a", { pool: { idleTime: Infinity } }), /pool\.idleTime/],
  ["no rate", () => new SmtpClient("TCP:a", { pool: { messagesPerSecond: 0 } }), /must be a number above 0/],
  ["a rate that is none", () => new SmtpClient("TCP:a", { pool: { recipientsPerSecond: NaN } }), /above 0/],
  [
    "waits that shrink",
    () => new SmtpClient("TCP:a", { pool: { backOff: { first: 9, most: 8 } } }),
    /must not be below/,
  ],
  ["an unknown wait", () => new SmtpClient("TCP:a", { pool: { backOff: { x: 1 } as never } }), /pool\.backOff\.x/],
  ["a host's own", () => new SmtpClient([{ host: "a", pool: { tries: 101 } }]), /pool\.tries: .* from 1 to 100/],
])("SmtpClient refuses %s before anything is connected", (_what, make, text) => {
  expect(make).toThrow(text);
});

test("SmtpClient goes to the next host when a token cannot be got for one, and keeps to the session that it has", async () => {
  const { runtime, tried, taken } = world({ "one.example": { extensions: ["AUTH XOAUTH2"] } });
  let asked = 0;
  const getToken = () => {
    if (asked++ === 1) return "token";
    throw new Error("no network");
  };
  const auth = oauth2("ada", getToken);
  const hosts = [{ host: "one.example", auth, allowInsecureAuth: true }, { host: "two.example" }];
  const client = new SmtpClient({ hosts, tls: "off", runtime, pool: { size: 2, passOver: 1_000 } });
  await client.send(raw("first@example.net"));
  await pass(1_000);
  // The first host is tried beside the one that works, and logs on this time; one more session with it does not.
  await client.send(raw("second@example.net"));
  await pass(1);
  const rest = recipients(5).map((to) => client.send(raw(to)));
  await pass(1);
  expect((await Promise.allSettled(rest)).map(({ status }) => status)).toEqual(Array(5).fill("fulfilled"));
  expect(tried).toEqual(["one.example", "two.example", "one.example", "one.example"]);
  expect(taken().map(([host]) => host)).toEqual([...Array(2).fill("two.example"), ...Array(5).fill("one.example")]);
  await client.close();
});

test("SmtpClient ends with what the token function throws when there is no other host", async () => {
  const { runtime } = world({ "one.example": { extensions: ["AUTH XOAUTH2"] } });
  const reason = new Error("no network");
  const auth = oauth2("ada", () => Promise.reject(reason));
  const client = new SmtpClient({ host: "one.example", tls: "off", auth, allowInsecureAuth: true, runtime });
  expect(await Promise.all([rejection(client.send(raw())), rejection(client.send(raw()))])).toEqual([reason, reason]);
  await client.close();
});

test("SmtpClient tells a message for which no host is left nothing of what was said to another one", async () => {
  const { runtime, down, servers } = world({
    "two.example": {
      reply: (line, { wire }) => {
        if (runtime.wires.indexOf(wire) > 2 && line.startsWith("EHLO")) return "";
        if (line.startsWith("RCPT TO:<refused@")) return "450 4.2.1 busy";
        return /^(?:RCPT|DATA)/.test(line) ? "" : undefined;
      },
    },
  });
  down.add("one.example");
  const pool = { size: 2, messagesPerSession: 1, passOver: 1 };
  const client = new SmtpClient(["TCP:one.example", "TCP:two.example"], { runtime, pool });
  const other = rejection(client.send(raw("other@example.net")));
  const refused = rejection(client.send(raw("refused@example.net", "second@example.net")));
  await pass(5);
  const ofOther = servers.findIndex(([, { commands }]) => commands.some((line) => line.includes("other@")));
  const [first, second] = ofOther === 0 ? servers : servers.toReversed();
  // It is to go to another session, while the first host is tried once more.
  first![1].wire.finish();
  await pass(5);
  second![1].wire.finish();
  await pass(5);
  const error = await other;
  expect(error).toMatchObject({ name: "ConnectionError", fate: "unsent" });
  expect(error).not.toHaveProperty("rejected");
  await pass(300_000);
  await refused;
  await client.close();
});
