/** What advice is, where it comes from, and that it stays with an error on its way to the caller. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { SmtpClient } from "../../lib/client/client.ts";
import { send } from "../../lib/client/send.ts";
import {
  advise,
  ConfigError,
  ConnectionError,
  InputError,
  RejectedError,
  SmtpError,
  TokenError,
} from "../../lib/errors.ts";
import { socks5 } from "../../lib/proxy/socks5.ts";
import { compose } from "../../lib/mime/compose.ts";
import { connectFailure, tlsFailure, TlsVerdict } from "../../lib/runtime/failure.ts";
import { password } from "../../lib/sasl/password.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import type { Session } from "../../lib/session/session.ts";
import { UPopMail } from "../../lib/uniface/mod.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { serveWith } from "../support/scripted_server.ts";
import { failing, MESSAGE } from "./mistake.ts";
import { refusedWith } from "./reply_mistakes.ts";

async function adviceOf(error: Promise<unknown>): Promise<string | undefined> {
  return (await error as SmtpError).advice;
}

test("SmtpError shows its advice where it is printed, behind the message, and nothing where it has none", () => {
  const plain = new SmtpError("TIMEOUT", "greeting", "No reply came");
  expect(plain).not.toHaveProperty("advice");
  expect(String(plain)).toBe("SmtpError: No reply came");
  const advised = new SmtpError("TIMEOUT", "greeting", "No reply came", { advice: "Wait." });
  expect(advised.message).toBe("No reply came");
  expect(String(advised)).toBe("SmtpError: No reply came. Wait.");
  expect(String(new SmtpError("TIMEOUT", "greeting", "Is it on?", { advice: "Look." }))).toBe(
    "SmtpError: Is it on? Look.",
  );
  expect(inspect(advised)).toMatch(/advice: ['"]Wait\.['"]/);
});

test("errors have no property for what is not known, and JSON has their message", () => {
  const refused = new RejectedError("rcpt", "Cannot deliver to <bob@example.net>: 550 no", {
    reply: { code: 550, enhanced: undefined, text: "no" },
    command: "RCPT",
  }, { cause: new Error("underneath") });
  expect(JSON.parse(JSON.stringify({ refused })).refused).toEqual({
    name: "RejectedError",
    message: "Cannot deliver to <bob@example.net>: 550 no",
    code: "MESSAGE_REFUSED",
    phase: "rcpt",
    fate: "rejected",
    sessionUsable: false,
    retryable: false,
    reply: { code: 550, text: "no" },
    command: "RCPT",
    rejected: [],
  });
  const input = new InputError("to[1]", "the domain is empty", 4);
  expect(JSON.parse(JSON.stringify(input))).toEqual({
    name: "InputError",
    message: "to[1]: the domain is empty",
    field: "to[1]",
    position: 4,
  });
  const known = [
    new InputError("to", "is missing"),
    new ConnectionError("CONNECT_FAILED", "connect", "no", { cause: undefined }),
    new TokenError("no"),
  ];
  for (const error of known) {
    expect(Object.entries(error).filter(([, value]) => value === undefined)).toEqual([]);
    expect(error).not.toHaveProperty("cause");
  }
});

test("a ConfigError that is about no place has no line, not even where the platform gives errors one", () => {
  const { line, column } = new ConfigError("CONFIG_INSECURE", "no");
  expect({ line, column }).toEqual({ line: undefined, column: undefined });
});

test("the stack of a caller's mistake in a message begins with the caller", () => {
  function writesTo(to: string): unknown {
    try {
      return compose({ ...MESSAGE, to });
    } catch (error) {
      return error;
    }
  }
  const [first] = (writesTo("bob@@example.net") as InputError).stack!.split("\n").filter((line) => /^ *at /.test(line));
  expect(first).toContain("writesTo");
});

test("an error of a session names the server that it is about", async () => {
  const server = async (options: SessionOptions, serve = serveWith({ greeting: "554 no" })) =>
    (await failing({ runtime: new ScriptedRuntime(serve), ...options }) as SmtpError).server;
  expect(await server({ host: "mail.example.com", port: 587 })).toBe("mail.example.com:587");
  expect(await server({ host: "::1", port: 25, tls: "off" })).toBe("[::1]:25");
  expect(await server({ path: "/run/mail", tls: "off" })).toBe("/run/mail");
  expect(
    await server({ host: "mail.example.com" }, () => {
      throw connectFailure(new Error("x"), { host: "mail.example.com", port: 465 });
    }),
  ).toBe("mail.example.com:465");
  // Nothing was turned to yet.
  const error = await failing({ host: "mail.example.com", port: 587, tls: "implicit" });
  expect(error).not.toHaveProperty("server");
});

test("what the platform said of a lost connection is in the message, and once in what is printed", async () => {
  const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  const runtime = new ScriptedRuntime((wire) => wire.reset());
  const lost = await failing({ host: "mail.example.com", port: 587, runtime }) as SmtpError;
  expect(lost.message).toBe("reset by the server before the server answered (greeting)");
  const failed = tlsFailure(new TlsVerdict("name_mismatch", "other names", { cause }), {
    host: "mail.example.com",
    port: 465,
    upgrade: false,
  });
  expect(failed.cause).toBe(cause);
  expect(failed.message).toContain("other names");
});

test("advise keeps the advice of who knew more, and leaves other errors alone", () => {
  const error = new SmtpError("TIMEOUT", "greeting", "No reply came");
  advise(error, {});
  expect(error).not.toHaveProperty("advice");
  advise(error, { advice: "First.", server: "a.example:25" });
  advise(error, { advice: "Second.", server: "b.example:25" });
  expect(error).toMatchObject({ advice: "First.", server: "a.example:25" });
  const foreign = new TypeError("x");
  advise(foreign, { advice: "First." });
  expect(foreign).not.toHaveProperty("advice");
});

describe("connectFailure", () => {
  const told = (code: string): Error => Object.assign(new Error(code), { code });
  const advice = (code: string, host: string, port: number): string | undefined =>
    connectFailure(told(code), { host, port }).advice;

  test("tells a container's own address from another machine's", () => {
    expect(advice("ECONNREFUSED", "localhost", 25)).toContain("container");
    expect(advice("ECONNREFUSED", "::1", 25)).toContain("container");
    expect(advice("ECONNREFUSED", "localhost.example.com", 25)).toContain("587");
  });

  test("speaks of port 25 only where it is that", () => {
    expect(advice("ETIMEDOUT", "mail.example.com", 25)).toContain("port 25");
    expect(advice("ETIMEDOUT", "mail.example.com", 587)).toBe("A firewall probably drops the packets.");
  });

  test("speaks of IPv6 where there is no way to an address, of several too", () => {
    const cause = new AggregateError([
      Object.assign(told("ENETUNREACH"), { address: "2001:db8::1" }),
      Object.assign(told("ETIMEDOUT"), { address: "192.0.2.1" }),
    ]);
    const error = connectFailure(cause, { host: "mail.example.com", port: 587 });
    expect(error.message).toContain("2001:db8::1: network unreachable; 192.0.2.1: no answer");
    expect(error.advice).toContain("IPv6");
  });

  test("has nothing to say of a Unix socket, or of a failure that it does not know", () => {
    expect(connectFailure(told("ECONNREFUSED"), { host: "localhost", port: 0, path: "/run/mail" }).advice)
      .toBeUndefined();
    expect(advice("EMFILE", "mail.example.com", 25)).toBeUndefined();
  });
});

test("a proxy that cannot be reached is not told of as if it were the server", async () => {
  const runtime = new ScriptedRuntime(() => {
    throw connectFailure(Object.assign(new Error("x"), { code: "ECONNREFUSED" }), {
      host: "proxy.example.net",
      port: 1080,
    });
  });
  const proxy = socks5({ host: "proxy.example.net" });
  const error = await failing({ host: "mail.example.com", runtime, proxy });
  expect(error).toMatchObject({ code: "PROXY_FAILED", message: expect.stringContaining("connection refused") });
  expect(error).not.toHaveProperty("advice");
});

describe("tlsFailure", () => {
  const failure = (cause: Error): ConnectionError =>
    tlsFailure(cause, { host: "mail.example.com", port: 465, upgrade: false });

  test("reads the dates that rustls tells", () => {
    const expired = "invalid peer certificate: certificate expired: verification time 1764149958 (UNIX), but " +
      "certificate is not valid after 1764000000 (149958 seconds ago)";
    expect(failure(new Error(expired)).message).toContain("has expired (valid to 2025-11-24T16:00:00Z; this machine's");
    const early = "invalid peer certificate: certificate not valid yet: verification time 1764149958 (UNIX), but " +
      "certificate is not valid before 1764600000 (450042 seconds in future)";
    expect(failure(new Error(early)).message).toContain(
      "is not valid yet (valid from 2025-12-01T14:40:00Z; this machine's",
    );
  });

  test("does without dates that nobody tells or that are none", () => {
    const expired = (validTo?: unknown): Error => Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED", validTo });
    for (const date of [undefined, NaN, Infinity, "tomorrow", 9e15]) {
      expect(failure(expired(date)).message).toMatch(/certificate has expired$/);
    }
    expect(failure(expired(8.64e15 - 1)).message).toContain("valid to +275760-09-12T23:59:59Z;");
  });

  test("has advice on trust where it is trust that lacks, and not on a certificate that is for another purpose", () => {
    const advice = (code: string, text: string) => failure(Object.assign(new Error(text), { code })).advice;
    expect(advice("", "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))")).toMatch(/^If it is your own/);
    expect(advice("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate")).toMatch(
      /^Its authority/,
    );
    expect(advice("INVALID_PURPOSE", "invalid purpose")).toBeUndefined();
    expect(advice("CERT_REVOKED", "certificate revoked")).toBeUndefined();
  });

  test("has advice on the version, but none on a handshake that fails for a reason that is not known", () => {
    expect(failure(new Error("received fatal alert: ProtocolVersion")).advice).toContain("min_tls_version");
    expect(failure(new Error("received fatal alert: HandshakeFailure")).advice).toBeUndefined();
  });
});

test("diagnose names the mechanisms of the credentials, SCRAM where they bring it, and calls nothing of the caller's", async () => {
  const runtime = new ScriptedRuntime(serveWith({ extensions: ["AUTH GSSAPI"] }));
  const opened = (auth: Parameters<typeof Session.open>[1]) =>
    adviceOf(failing({ host: "mail.example.com", runtime, ...auth }));
  expect(await opened({ auth: password("ada", "secret") })).toContain("SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN");
  expect(await opened({ auth: { user: "ada", password: "secret", mechanism: "PLAIN" } })).toContain("fit PLAIN alone");
  let calls = 0;
  const mechanism = () => {
    calls++;
    return { name: "OWN", start: () => undefined, next: () => new Uint8Array() };
  };
  expect(await opened({ auth: { mechanism } as never })).toBeUndefined();
  expect(calls).toBe(1);
});

test("diagnose takes silence on a port that is known for one way of TLS for something else than the other way", async () => {
  const silent = (port: number, tls: "implicit" | "starttls") =>
    adviceOf(failing({ host: "mail.example.com", port, tls, runtime: new ScriptedRuntime((wire) => wire.finish()) }));
  for (const [port, tls] of [[25, "starttls"], [587, "starttls"], [465, "implicit"]] as const) {
    expect(await silent(port, tls)).toContain("block list");
  }
  expect(await silent(2465, "starttls")).toContain("waits for TLS");
  expect(await silent(2525, "implicit")).toContain("no SMTP server's");
});

test("adviceOnReply knows providers by their host, and a subdomain alone", async () => {
  const auth = { user: "ada", password: "secret" };
  const reply = "535 5.7.8 Error: authentication failed";
  const advice = (host: string) => adviceOf(refusedWith("AUTH", reply, { host, auth }));
  expect(await advice("smtp.aol.com")).toContain("app password, made");
  expect(await advice("aol.com.example.net")).toContain("User (mostly");
  expect(await advice("notaol.com")).toContain("User (mostly");
  expect(await adviceOf(refusedWith("AUTH", `${reply} aol.com `, { auth }))).toContain("User (mostly");
});

test("send and SmtpClient reject with the advice, for a message in parts too", async () => {
  const refusing = { reply: (line: string) => line.startsWith("RCPT") ? "550 5.1.1 User unknown" : undefined };
  const whole = new ScriptedRuntime(serveWith(refusing));
  const error = await send({ host: "mail.example.com", runtime: whole }, MESSAGE).catch((error) => error);
  expect(error.advice).toContain("no such mailbox");
  const parts = new ScriptedRuntime(serveWith({ ...refusing, extensions: ["PIPELINING", "LIMITS RCPTMAX=1"] }));
  await using client = new SmtpClient({ host: "mail.example.com", runtime: parts });
  const both = { ...MESSAGE, to: ["bob@example.net", "eve@example.net"] };
  const split = await client.send(both).catch((error) => error);
  expect(split.rejected).toHaveLength(2);
  expect(split.advice).toBe(error.advice);
});

test("UPopMail's lastError has the advice", async () => {
  const runtime = new ScriptedRuntime(serveWith({ greeting: "554 no service" }));
  const mail = new UPopMail({ runtime });
  expect(await mail.logonSmtp("TLS:mail.example.com+465", "", "")).toBe(-9);
  expect((mail.lastError as SmtpError).advice).toContain("block list");
});
