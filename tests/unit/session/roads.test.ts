/**
 * How a session comes to its server: through a proxy, a Unix socket, from an address of its own.
 */
import { expect, test } from "vitest";
import { dial, proxy, ServerMemory, Session, type SessionOptions, SmtpClient, socks5 } from "../../../mod.ts";
import { resolveOptions } from "../../../lib/session/options.ts";
import type { ConnectOptions } from "../../../lib/runtime/runtime.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { raw, rejection } from "./support.ts";

const road = socks5({ host: "127.0.0.1" });
const auth = { user: "ada", password: "hunter2-secret" };

/** A SOCKS5 proxy, behind which is a server. */
function serve(wire: Wire): void {
  let writes = 0;
  wire.onWrite = () => {
    if (writes++ === 0) return wire.send(Uint8Array.of(5, 0));
    wire.send(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    new ScriptedServer(wire);
  };
}

test("a session and a client send through a proxy, a connection after the other", async () => {
  const asked: ConnectOptions[] = [];
  const runtime = new ScriptedRuntime((wire, options) => {
    asked.push(options);
    serve(wire);
  });
  const options: SessionOptions = { host: "mail.example", tls: "off", port: 2525, proxy: road, runtime };
  await using session = await Session.open(options);
  expect((await session.send(raw())).accepted).toHaveLength(1);
  await using client = new SmtpClient(options);
  await client.send(raw());
  expect(asked.map(({ host, port, tls }) => [host, port, tls])).toEqual([
    ["127.0.0.1", 1080, "off"],
    ["127.0.0.1", 1080, "off"],
  ]);
  for (const wire of runtime.wires) {
    expect(wire.text).toContain("mail.example");
    expect(wire.violations).toEqual([]);
  }
});

test("a proxy that says nothing has the limit on connecting, and is closed", async () => {
  const runtime = new ScriptedRuntime(() => {});
  const timeouts = { connect: 30 };
  const error = await rejection(Session.open({ host: "mail.example", tls: "off", proxy: road, runtime, timeouts }));
  expect(error).toMatchObject({ name: "TimeoutError", phase: "connect", limit: 30 });
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
});

test("a proxy that drips has no more than the limit on connecting", async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  const runtime = new ScriptedRuntime((wire) => {
    wire.onWrite = () => {
      wire.send(Uint8Array.of(5, 0));
      timer ??= setInterval(() => wire.send(Uint8Array.of(1)), 5);
    };
    // A name of 255 octets, of which one comes at a time.
    wire.send(Uint8Array.of(5, 0, 5, 0, 0, 3, 255));
  });
  const timeouts = { connect: 60 };
  const error = await rejection(Session.open({ host: "mail.example", tls: "off", proxy: road, runtime, timeouts }));
  clearInterval(timer);
  expect(error).toMatchObject({ name: "TimeoutError", phase: "connect" });
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
});

test("a path is connected to in the place of host and port, in clear by default", async () => {
  const asked: ConnectOptions[] = [];
  const runtime = new ScriptedRuntime((wire, options) => {
    asked.push(options);
    new ScriptedServer(wire);
  });
  const session = await Session.open({ path: "/run/mail.sock", localAddress: "::1", runtime });
  await session.send(raw());
  await session.close();
  expect(asked[0]).toMatchObject({
    host: "localhost",
    port: 0,
    path: "/run/mail.sock",
    localAddress: "::1",
    tls: "off",
  });
});

test.each(
  [
    ["a path with a port", { path: "/a", port: 25 }, { name: "TypeError" }],
    ["a path with TLS and no name", { path: "/a", tls: "starttls" }, { name: "TypeError" }],
    ["a path with credentials in clear", { path: "/a", auth }, { code: "CONFIG_INSECURE", option: "auth" }],
    ["an empty path", { path: "" }, { name: "TypeError" }],
    ["a path with NUL", { path: "/a\0b" }, { name: "TypeError" }],
    ["a path too long for a socket", { path: "/".repeat(108) }, { name: "TypeError" }],
    ["a path with more octets than a socket takes", { path: "é".repeat(54) }, { name: "TypeError" }],
    ["a path behind a proxy", { path: "/a", proxy: road }, { code: "CONFIG_VALUE", option: "path" }],
    ["a local address that is none", { host: "a", localAddress: "localhost" }, { name: "TypeError" }],
    ["a proxy as a text", { host: "a", proxy: "socks5://127.0.0.1" }, { name: "TypeError" }],
    ["a proxy that is null", { host: "a", proxy: null }, { name: "TypeError" }],
  ] as const,
)("Session.open refuses %s, and connects to nothing", async (_what, options, expected) => {
  const runtime = new ScriptedRuntime(() => {});
  const error = await rejection(Session.open({ ...options, runtime } as unknown as SessionOptions));
  expect(error).toMatchObject(expected);
  expect(`${error}`).not.toContain("hunter2");
  expect(runtime.wires).toEqual([]);
});

test("what is remembered of a server holds for the way it was met on", async () => {
  const memory = new ServerMemory();
  const runtime = new ScriptedRuntime(() => {});
  const direct = await resolveOptions({ host: "mail.example", tls: "off", runtime });
  const proxied = await resolveOptions({ host: "mail.example", tls: "off", runtime, proxy: road });
  const other = await resolveOptions({ host: "mail.example", tls: "off", runtime, proxy: proxy("socks5://[::1]") });
  const socket = await resolveOptions({ path: "/a", host: "mail.example", runtime });
  memory.note(proxied, { extensions: new Map(), mechanism: undefined } as never);
  expect([direct, proxied, other, socket].map((options) => memory.recall(options) !== undefined))
    .toEqual([false, true, false, false]);
});

test("a road that fails by an error of no kind is told as it is", async () => {
  const runtime = new ScriptedRuntime(() => {});
  const failing = dial(() => Promise.reject(new Error("no tunnel")));
  const error = await rejection(Session.open({ host: "mail.example", tls: "off", proxy: failing, runtime }));
  expect(error).toMatchObject({ code: "CONNECT_FAILED", message: "Cannot connect to mail.example:25: no tunnel" });
});
