import { expect, test } from "vitest";
import { Session } from "../../../lib/session/session.ts";
import type { SessionOptions } from "../../../lib/session/options.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import { parseTlsProfile } from "../../../lib/profile/tls_profile.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { SmtpClient } from "../../../lib/client/client.ts";
import { send } from "../../../lib/client/send.ts";
import { anonymous } from "../../../lib/sasl/anonymous.ts";
import { ntlm } from "../../../lib/sasl/ntlm.ts";
import { password } from "../../../lib/sasl/password.ts";
import { rejection, scripted } from "./support.ts";

const auth = { user: "ada", password: "hunter2-secret" };
const scramAlone = password("ada", "hunter2-secret", { mechanism: "SCRAM-SHA-256" });
const profile = parseTlsProfile("verify_server=no", { name: "lax" });

const refused: readonly [string, unknown, Record<string, unknown>][] = [
  ["an option that does not exist", { hots: "x" }, { name: "InputError", field: "hots" }],
  ["__proto__ as an option", JSON.parse('{"__proto__": {"tls": "off"}}'), { name: "InputError" }],
  ["no host", { host: undefined }, { name: "TypeError" }],
  ["an empty host", { host: "" }, { name: "TypeError" }],
  ["a host with a line end", { host: "a\r\nb" }, { name: "InputError" }],
  ["port 0", { port: 0 }, { name: "RangeError" }],
  ["port 65536", { port: 65536 }, { name: "RangeError" }],
  ["a port that is no whole number", { port: 25.5 }, { name: "RangeError" }],
  ["a port in quotes", { port: "25" }, { name: "RangeError" }],
  ["another way of TLS", { tls: "startls" }, { name: "TypeError" }],
  ["a way of TLS that every object has", { tls: "toString" }, { name: "TypeError" }],
  ["STARTTLS on port 465", { port: 465, tls: "starttls" }, { code: "CONFIG_VALUE", option: "tls" }],
  ["implicit TLS on port 587", { port: 587, tls: "implicit" }, { code: "CONFIG_VALUE", option: "tls" }],
  ["credentials in clear text", { tls: "off", auth }, { code: "CONFIG_INSECURE", option: "auth" }],
  ["SCRAM in clear text", { tls: "off", auth: scramAlone }, { code: "CONFIG_INSECURE", option: "auth" }],
  ["NTLM in clear text", { tls: "off", auth: ntlm(auth) }, { code: "CONFIG_INSECURE", option: "auth" }],
  ["nobody's name in clear text", { tls: "off", auth: anonymous() }, { code: "CONFIG_INSECURE", option: "auth" }],
  ["SCRAM where its code is not", { auth: { ...auth, mechanism: "SCRAM-SHA-256" } }, { field: "auth.mechanism" }],
  ["credentials with a wrong key", { auth: { user: "ada", pass: "hunter2-secret" } }, { name: "InputError" }],
  ["a user with NUL", { auth: { user: "ada\0root", password: "hunter2-secret" } }, { name: "InputError" }],
  ["a TLS profile without TLS", { tls: "off", profile }, { code: "CONFIG_VALUE", option: "profile" }],
  ["a profile's name without profiles", { profile: "lax" }, { code: "CONFIG_UNDEFINED", option: "profile" }],
  ["a client name with a command in it", { clientName: "a\r\nMAIL FROM:<evil@y>" }, { name: "InputError" }],
  ["pipelining that is neither", { pipelining: "false" }, { name: "TypeError" }],
  ["allowInsecureAuth that is neither", { tls: "off", auth, allowInsecureAuth: 1 }, { name: "TypeError" }],
  ["a limit that does not exist", { timeouts: { comand: 1 } }, { field: "timeouts.comand" }],
  ["a limit of 0", { timeouts: { final: 0 } }, { name: "RangeError" }],
];

test.each(refused)("Session.open refuses %s, and connects to nothing", async (_what, options, expected) => {
  const runtime = new ScriptedRuntime(() => {});
  const asked = Object.assign(Object.create(null), { host: "server.example" });
  for (const key of Object.getOwnPropertyNames(options)) {
    const value = (options as Record<string, unknown>)[key];
    Object.defineProperty(asked, key, { value, enumerable: true });
  }
  asked.runtime = runtime;
  const error = await rejection(Session.open(asked as SessionOptions));
  expect(error).toMatchObject(expected);
  expect(`${error}${(error as Error).stack}${JSON.stringify(error)}`).not.toContain("hunter2");
  expect(runtime.wires).toEqual([]);
});

test.each(
  [
    [{}, 465, "implicit"],
    [{ port: 465 }, 465, "implicit"],
    [{ port: 587 }, 587, "starttls"],
    [{ port: 2525 }, 2525, "starttls"],
    [{ tls: "starttls" }, 587, "starttls"],
    [{ tls: "off" }, 25, "off"],
    [{ tls: "implicit", port: 2465 }, 2465, "implicit"],
    ["smtps://mail.example", 465, "implicit"],
    ["smtp://mail.example", 587, "starttls"],
    ["TLS:mail.example+465", 465, "implicit"],
    ["TCP:mail.example+25", 25, "off"],
  ] as const,
)("Session.open connects for %j to port %i, TLS %s", async (target, port, tls) => {
  const asked: unknown[] = [];
  const runtime = new ScriptedRuntime((_wire, options) => {
    asked.push([options.host, options.port, options.tls]);
    throw new Error("that is enough");
  });
  const open = typeof target === "string"
    ? Session.open(target, { runtime })
    : Session.open({ host: "mail.example", ...target, runtime });
  expect(await rejection(open)).toEqual(new Error("that is enough"));
  expect(asked).toEqual([["mail.example", port, tls]]);
});

test.each([
  ["Bücher.example.", "xn--bcher-kva.example"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["192.0.2.1", "192.0.2.1"],
])("Session.open converts the host %s once, to %s", async (host, converted) => {
  const hosts: string[] = [];
  const runtime = new ScriptedRuntime((_wire, options) => {
    hosts.push(options.host);
    throw new Error("that is enough");
  });
  await rejection(Session.open({ host, runtime }));
  expect(hosts).toEqual([converted]);
});

test("Session.open gives the TLS settings of a profile to the runtime, by name, by value, or by default", async () => {
  const profiles = AssignmentFile.parse(
    "[NET_SETTINGS]\nlax verify_server=no\n[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS verify_server=no",
  );
  for (const options of [{ profile }, { profile: "lax", profiles }, { profiles }] as SessionOptions[]) {
    const { runtime } = scripted({});
    let settings: unknown;
    const connect = runtime.connect.bind(runtime);
    runtime.connect = (asked) => {
      settings = asked.tlsSettings;
      return connect(asked);
    };
    await using _session = await Session.open({ host: "mail.example", runtime, ...options });
    expect(settings).toMatchObject({ verifyServer: false });
  }
});

test("Session.open refuses a target and options that contradict each other", async () => {
  const runtime = new ScriptedRuntime(() => {});
  for (const options of [{ port: 25 }, { host: "other.example" }, { tls: "off" }, { auth }] as SessionOptions[]) {
    const open = Session.open("smtps://ada:hunter2-secret@mail.example:465", { ...options, runtime });
    expect(await rejection(open)).toMatchObject({ code: "CONFIG_DUPLICATE" });
  }
  expect(runtime.wires).toEqual([]);
});

test("Session.open takes what stands for a password in a URL for a token, where the mechanism is one of tokens", async () => {
  for (const [mechanism, token] of [["oauthbearer", "n,a=ada,"], ["XOAUTH2", "user=ada\x01"]] as const) {
    const { runtime, servers } = scripted({ extensions: ["AUTH PLAIN OAUTHBEARER XOAUTH2"] });
    await using session = await Session.open(`smtps://ada:hunter2@mail.example?mechanism=${mechanism}`, { runtime });
    expect(session.mechanism).toBe(mechanism.toUpperCase());
    const [, said, response] = servers[0]!.commands[1]!.split(" ");
    expect(said).toBe(mechanism.toUpperCase());
    expect(atob(response!)).toContain(token);
  }
});

test("Session.open says where SCRAM comes from when a URL names it", async () => {
  const runtime = new ScriptedRuntime(() => {});
  const error = await rejection(Session.open("smtps://ada:hunter2@mail.example?mechanism=SCRAM-SHA-256", { runtime }));
  expect(error).toMatchObject({ name: "InputError", field: "auth.mechanism" });
  expect(`${error}`).toContain("password(user, password");
  expect(runtime.wires).toEqual([]);
});

test("Session.open sends credentials in clear text when that is written out", async () => {
  const { runtime, servers } = scripted({ extensions: ["AUTH PLAIN"] });
  await using session = await Session.open({
    host: "mail.example",
    tls: "off",
    auth,
    allowInsecureAuth: true,
    runtime,
  });
  expect(session.mechanism).toBe("PLAIN");
  expect(servers[0]!.commands[1]).toMatch(/^AUTH PLAIN /);
});

test("Session.open, SmtpClient and send keep what the target says where the options say undefined", async () => {
  const signal = AbortSignal.abort("the target's own");
  const target = { host: "mail.example.com", runtime: new ScriptedRuntime(() => {}), signal };
  const nothing = { signal: undefined };
  expect(await rejection(Session.open(target, nothing))).toBe(signal.reason);
  expect(await rejection(new SmtpClient(target, nothing).verify())).toBe(signal.reason);
  expect(await rejection(send(target, { from: "ada@example.com", to: "bob@example.net" }))).toBe(signal.reason);
});

test("Session.open and SmtpClient wait for the files of a profile no longer than for anything else", async () => {
  const runtime = new ScriptedRuntime(() => {});
  const profile = parseTlsProfile("ca_certificate=ca.pem");
  const target = { host: "mail.example", runtime, profile, loader: () => new Promise<never>(() => {}) };
  const controller = new AbortController();
  const opening = rejection(Session.open({ ...target, signal: controller.signal }));
  const client = new SmtpClient(target);
  const sending = rejection(client.send({ from: "a@example.com", to: "b@example.net" }, { deadline: 20 }));
  controller.abort("enough");
  expect(await opening).toBe("enough");
  expect(await sending).toMatchObject({ name: "TimeoutError", fate: "unsent" });
  await client.close();
  const late = Session.open({ ...target, timeouts: { connect: 20 } });
  expect(await rejection(late)).toMatchObject({ name: "TimeoutError", phase: "connect", limit: 20, fate: "unsent" });
  expect(runtime.wires).toEqual([]);
});
