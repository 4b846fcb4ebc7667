import { expect, test } from "vitest";
import { resolveOptions, type SessionOptions } from "../../../lib/session/options.ts";
import { ServerMemory } from "../../../lib/session/server_memory.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import { raw, rejection } from "./support.ts";

const EARLY = ["PIPELINING", "PIPECONNECT", "STARTTLS", "AUTH PLAIN"];
const auth = { user: "ada", password: "secret" };

/** Opens one session after the other, each with its server, and sends a message in each; gives what each client wrote. */
async function visits(
  options: SessionOptions,
  servers: readonly (ServerOptions | ((wire: Wire) => void))[],
): Promise<{ readonly wires: readonly Wire[]; readonly memory: ServerMemory; readonly outcomes: readonly unknown[] }> {
  const memory = new ServerMemory();
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    const server = servers[index]!;
    if (typeof server === "function") server(wire);
    else new ScriptedServer(wire, server);
  });
  const outcomes: unknown[] = [];
  while (runtime.wires.length < servers.length) {
    const all = { host: "mail.example", tls: "starttls", auth, serverMemory: memory, runtime, ...options } as const;
    try {
      const session = await Session.open(all);
      await session.send(raw());
      await session.close();
      outcomes.push("ok");
    } catch (error) {
      outcomes.push(error);
    }
  }
  return { wires: runtime.wires, memory, outcomes };
}

/** The writes of the opening, by their commands. */
function opening(wire: Wire): string[] {
  const texts = wire.writes.map((octets) => new TextDecoder().decode(octets));
  const end = texts.findIndex((text) => text.startsWith("MAIL"));
  return texts.slice(0, end < 0 ? undefined : end).map((text) => text.match(/^[A-Z]+/gm)!.join(" "));
}

const USUAL = ["EHLO", "STARTTLS", "EHLO", "AUTH"];
const AT_ONCE = ["EHLO STARTTLS", "EHLO AUTH"];

/** A server that greets when it has heard something. */
function taciturn(options: ServerOptions): (wire: Wire) => void {
  return (wire) => {
    wire.onWrite = (octets) => {
      const server = new ScriptedServer(wire, options);
      return server.wire.onWrite(octets);
    };
  };
}

test("Session.open waits for each reply where nothing is remembered", async () => {
  const { wires } = await visits({ serverMemory: undefined! }, [{ extensions: EARLY }, { extensions: EARLY }]);
  expect(wires.map(opening)).toEqual([USUAL, USUAL]);
});

test("Session.open with a ServerMemory writes before the greeting what an earlier session has shown to be taken", async () => {
  const { wires, memory, outcomes } = await visits({}, [{ extensions: EARLY }, taciturn({ extensions: EARLY })]);
  expect(outcomes).toEqual(["ok", "ok"]);
  expect(wires.map(opening)).toEqual([USUAL, AT_ONCE]);
  expect(wires.flatMap(({ violations }) => violations)).toEqual([]);
  expect(memory.size).toBe(1);
});

test("Session.open with a ServerMemory takes a greeting that comes before EHLO is written", async () => {
  const { wires, outcomes } = await visits({}, [{ extensions: EARLY }, { extensions: EARLY }, { extensions: EARLY }]);
  expect(outcomes).toEqual(["ok", "ok", "ok"]);
  expect(wires.map(opening)).toEqual([USUAL, AT_ONCE, AT_ONCE]);
});

test("Session.open with a ServerMemory joins EHLO and AUTH within TLS from the first octet, and without credentials nothing", async () => {
  const servers = [{ extensions: EARLY }, taciturn({ extensions: EARLY })];
  const implicit = await visits({ tls: "implicit" }, servers);
  expect(implicit.wires.map(opening)).toEqual([["EHLO", "AUTH"], ["EHLO AUTH"]]);
  const anonymous = await visits({ tls: "off", auth: undefined! }, servers);
  expect(anonymous.wires.map(opening)).toEqual([["EHLO"], ["EHLO"]]);
});

test("Session.open with a ServerMemory does in clear only what was asked for in clear", async () => {
  const { wires } = await visits({ tls: "off", allowInsecureAuth: true }, [{ extensions: EARLY }, {
    extensions: EARLY,
  }]);
  expect(wires.map(opening)).toEqual([["EHLO", "AUTH"], ["EHLO AUTH"]]);
});

test("Session.open with a ServerMemory tells session.greeting and session.extensions as ever", async () => {
  const runtime = new ScriptedRuntime((wire) => void new ScriptedServer(wire, { extensions: EARLY }));
  const options = { host: "mail.example", auth, serverMemory: new ServerMemory(), runtime };
  const told = [];
  for (let i = 0; i < 2; i++) {
    const { greeting, extensions, mechanism } = await Session.open(options);
    told.push({ greeting, extensions: [...extensions], mechanism });
  }
  expect(told[1]).toEqual(told[0]);
  expect(told[0]).toMatchObject({ greeting: "server.example ready", mechanism: "PLAIN" });
});

const without = (word: string) => EARLY.filter((one) => one !== word);
const refuseEarly = (wire: Wire) => {
  wire.send("554 5.5.0 synchronization error\r\n");
  wire.finish();
};
const CHANGED: Readonly<Record<string, ServerOptions | ((wire: Wire) => void)>> = {
  "offers PIPECONNECT no more": { extensions: without("PIPECONNECT") },
  "offers PIPECONNECT in clear alone": { extensions: (secured) => secured ? without("PIPECONNECT") : EARLY },
  "offers STARTTLS no more": { extensions: (secured) => secured ? EARLY : without("STARTTLS") },
  "offers the mechanism no more": { extensions: [...without("AUTH PLAIN"), "AUTH LOGIN"] },
  "knows the mechanism no more": {
    extensions: EARLY,
    reply: (line) => line.startsWith("AUTH") ? "504 5.5.4 unknown" : undefined,
  },
  "wants another mechanism first": {
    extensions: EARLY,
    reply: (line) => line.startsWith("AUTH") ? "432 4.7.12 a password transition is needed" : undefined,
  },
  "refuses EHLO": { extensions: EARLY, reply: (line) => line.startsWith("EHLO") ? "503 5.5.1 not yet" : undefined },
  "closes with a 421": { greeting: "421 4.3.2 busy" },
  "refuses who speaks first": refuseEarly,
  "hangs up without a word": (wire) => wire.finish(),
  "breaks the connection": (wire) => {
    wire.onWrite = () => wire.reset();
  },
  "speaks out of turn": (wire) => wire.send("220 hello\r\n250 what\r\n250 is\r\n250 this\r\n"),
};

test.each(Object.entries(CHANGED))(
  "Session.open with a ServerMemory opens anew, as usual, when the server %s",
  async (_, changed) => {
    const { wires, memory, outcomes } = await visits({}, [{ extensions: EARLY }, changed, { extensions: EARLY }]);
    expect(outcomes).toEqual(["ok", "ok"]);
    expect(opening(wires[2]!)).toEqual(USUAL);
    expect(wires[1]!.closeCalls).toBeGreaterThan(0);
    // What the last server offered counts.
    expect(memory.size).toBe(1);
  },
);

test("Session.open with a ServerMemory asks for another token when an early one is refused", async () => {
  const extensions = ["PIPELINING", "PIPECONNECT", "STARTTLS", "AUTH XOAUTH2"];
  const old = `AUTH XOAUTH2 ${btoa("user=ada\x01auth=Bearer t1\x01\x01")}`;
  const requests: unknown[] = [];
  const token = (
    { refused }: { readonly refused?: string },
  ) => (requests.push(refused), refused === "t1" ? "t2" : "t1");
  const refusing: ServerOptions = { extensions, reply: (line) => line === old ? "535 5.7.8 too old" : undefined };
  const options = { auth: { user: "ada", token }, tls: "implicit" } as const;
  const { wires, outcomes } = await visits(options, [{ extensions }, refusing]);
  expect(outcomes).toEqual(["ok", "ok"]);
  expect(requests).toEqual([undefined, undefined, "t1"]);
  expect(wires.map(opening)).toEqual([["EHLO", "AUTH"], ["EHLO AUTH", "AUTH"]]);
});

test("Session.open with a ServerMemory writes no credentials before TLS, whatever the server is like", async () => {
  let clear = "";
  for (const changed of Object.values(CHANGED)) {
    const watched = (wire: Wire) => {
      wire.onTls = () => void (clear += wire.text);
      if (typeof changed === "function") changed(wire);
      else new ScriptedServer(wire, changed);
    };
    const { wires } = await visits({}, [{ extensions: EARLY }, watched, { extensions: EARLY }]);
    if (wires[1]!.connection.tls === undefined) clear += wires[1]!.text;
  }
  expect(clear).toContain("EHLO [127.0.0.1]\r\nSTARTTLS");
  expect(clear).not.toMatch(/AUTH|c2VjcmV0|secret/);
});

test("Session.open with a ServerMemory takes refused credentials for what they are", async () => {
  const refusing: ServerOptions = {
    extensions: EARLY,
    reply: (line) => line.startsWith("AUTH") ? "535 5.7.8 no" : undefined,
  };
  const { wires, outcomes, memory } = await visits({}, [{ extensions: EARLY }, refusing]);
  expect(outcomes[1]).toMatchObject({ code: "AUTH_FAILED" });
  expect(wires).toHaveLength(2);
  expect(memory.size).toBe(0);
});

test("Session.open with a ServerMemory does not wait twice for a server that is silent", async () => {
  const silent = (wire: Wire) => void (wire.onWrite = () => {});
  const { wires, outcomes } = await visits({ timeouts: { greeting: 20 } }, [{ extensions: EARLY }, silent]);
  expect(outcomes[1]).toMatchObject({ name: "TimeoutError", phase: "greeting" });
  expect(wires[1]!.closeCalls).toBeGreaterThan(0);
});

test("Session.open with a ServerMemory does not open anew for a caller who has gone", async () => {
  const serverMemory = new ServerMemory();
  const controller = new AbortController();
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    if (index === 0) new ScriptedServer(wire, { extensions: EARLY });
    else wire.onWrite = () => controller.abort(new Error("gone"));
  });
  const options = { host: "mail.example", auth, serverMemory, runtime };
  await Session.open(options);
  const error = await rejection(Session.open({ ...options, signal: controller.signal }));
  expect([String(error), runtime.wires.length]).toEqual(["Error: gone", 2]);
});

test("Session.open refuses a serverMemory that is none", async () => {
  expect(await rejection(Session.open({ host: "mail.example", serverMemory: {} as never }))).toBeInstanceOf(TypeError);
});

test("ServerMemory knows a server by host, port, TLS, EHLO name and settings", async () => {
  const memory = new ServerMemory();
  const base: SessionOptions = { host: "mail.example", tls: "implicit" };
  memory.note(await resolveOptions(base), { mechanisms: ["PLAIN"] });
  const others: SessionOptions[] = [
    { host: "other.example" },
    { port: 2465 },
    { tls: "starttls", port: 465 + 122 },
    { clientName: "me.example" },
  ];
  for (const other of others) expect(memory.recall(await resolveOptions({ ...base, ...other }))).toBeUndefined();
  const unverified = { ...await resolveOptions(base), tlsSettings: { verifyServer: false } };
  expect(memory.recall(unverified)).toBeUndefined();
  expect(memory.recall(await resolveOptions(base))).toEqual({ mechanisms: ["PLAIN"] });
});

test("ServerMemory keeps a thousand servers, those met last, until it is cleared", async () => {
  const memory = new ServerMemory();
  const options = await resolveOptions({ host: "mail.example" });
  const server = (port: number) => ({ ...options, port });
  for (let port = 1; port <= 1000; port++) memory.note(server(port), { mechanisms: [] });
  memory.note(server(1), { mechanisms: [] });
  memory.note(server(1001), { mechanisms: [] });
  expect([memory.size, memory.recall(server(1)) !== undefined, memory.recall(server(2))]).toEqual([
    1000,
    true,
    undefined,
  ]);
  memory.clear();
  expect(memory.size).toBe(0);
});
