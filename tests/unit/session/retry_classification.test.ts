import { expect, test } from "vitest";
import { ConnectionError, fateOf, SmtpError } from "../../../lib/errors.ts";
import { Session } from "../../../lib/session/session.ts";
import type { SessionOptions } from "../../../lib/session/options.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import classification from "../../vectors/retry-classification.json" with { type: "json" };
import { LARGE, raw, rejection, settle, silentAt, streamed } from "./support.ts";

type Attempt = () => Promise<unknown>;

/** Opens a session with a server and sends one message; what it fails with. */
function attempt(behaviour: ServerOptions, options: SessionOptions = {}, message = raw): Attempt {
  const runtime = new ScriptedRuntime((wire) => void new ScriptedServer(wire, behaviour));
  return async () => {
    const session = await Session.open({ host: "server.example", tls: "off", ...options, runtime });
    try {
      return await session.send(message());
    } finally {
      session.abort();
    }
  };
}

function answering(command: string, reply: string, extensions: readonly string[] = ["PIPELINING"]): ServerOptions {
  return { extensions, reply: (line) => line.startsWith(command) ? reply : undefined };
}

function ending(command: string, last = ""): ServerOptions {
  return {
    reply: (line, { wire }) => {
      if (!line.startsWith(command)) return undefined;
      wire.send(last);
      wire.finish();
      return "";
    },
  };
}

function connecting(error: Error): Attempt {
  const runtime = new ScriptedRuntime(() => Promise.reject(error));
  return () => Session.open({ host: "server.example", tls: "off", runtime });
}

/** In mid-content the server says this. */
function interrupting(reply: string): Attempt {
  const message = () =>
    streamed(async function* () {
      for (;;) {
        yield LARGE;
        await settle();
      }
    });
  const runtime = new ScriptedRuntime((wire) => {
    const server = new ScriptedServer(wire, { extensions: ["8BITMIME"] });
    const take = wire.onWrite;
    wire.onWrite = (octets) => {
      if (octets.length < LARGE.length) return take(octets);
      server.say(reply);
      wire.finish();
    };
  });
  return async () => (await Session.open({ host: "server.example", tls: "off", runtime })).send(message());
}

function cancelled(command: string): Attempt {
  const runtime = new ScriptedRuntime((wire) => void new ScriptedServer(wire, { reply: silentAt(command) }));
  return async () => {
    const session = await Session.open({ host: "server.example", tls: "off", runtime });
    const controller = new AbortController();
    const sending = session.send(raw(), { signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    return await sending;
  };
}

const lost = new ConnectionError("CONNECT_FAILED", "connect", "refused");
const auth = { user: "ada", password: "secret" };
const short = { timeouts: { command: 20, final: 20 } };
const startTls: SessionOptions = { tls: "starttls" };

/** How each event that there is today is brought about; several where the event names several. */
const events: Readonly<Record<string, readonly Attempt[]>> = {
  "DNS failure (timeout, SERVFAIL), connection refused or timed out": [connecting(lost)],
  "no greeting, greeting cut": [attempt({ greeting: "220-hello" }, { timeouts: { greeting: 20 } })],
  "greeting 4xx or 421": [attempt({ greeting: "450 later" }), attempt({ greeting: "421 later" })],
  "greeting 5xx": [attempt({ greeting: "554 no" })],
  "TLS: certificate not trusted, expired, wrong name": (["untrusted", "expired", "name_mismatch"] as const).map(
    (reason) => connecting(new ConnectionError("TLS_FAILED", "tls", "no", { reason })),
  ),
  "TLS: handshake timed out or connection lost": [
    connecting(new ConnectionError("TLS_FAILED", "tls", "cut", { reason: "handshake" })),
  ],
  "STARTTLS required and not offered": [attempt({}, startTls)],
  "STARTTLS 4xx": [attempt(answering("STARTTLS", "454 later", ["STARTTLS"]), startTls)],
  "AUTH 4xx (454, 421)": ["454 later", "421 later"].map((reply) =>
    attempt(answering("AUTH", reply, ["AUTH PLAIN"]), { tls: "implicit", auth })
  ),
  "AUTH 5xx (535, 534, 530)": ["535 no", "534 no", "530 no"].map((reply) =>
    attempt(answering("AUTH", reply, ["AUTH PLAIN"]), { tls: "implicit", auth })
  ),
  "MAIL/RCPT/DATA 4xx": ["MAIL", "RCPT", "DATA"].map((command) => attempt(answering(command, "451 later"))),
  "MAIL/DATA 5xx": ["MAIL", "DATA"].map((command) => attempt(answering(command, "550 no"))),
  "RCPT 5xx": [attempt(answering("RCPT", "550 no"))],
  "RCPT 452 or 552 too many recipients": ["452 4.5.3 x", "552 5.5.3 x", "552 x"].map((reply) =>
    attempt(answering("RCPT", reply))
  ),
  "421 at any point before the final dot": ["EHLO", "MAIL", "RCPT", "DATA"].map((command) =>
    attempt(ending(command, "421 later\r\n"))
  ),
  "connection lost or timed out before the final dot was written": [
    ...["EHLO", "MAIL", "RCPT", "DATA"].map((command) => attempt(ending(command))),
    attempt({ reply: silentAt("MAIL") }, short),
  ],
  "5xx during the body": [interrupting("552 too big")],
  "4xx during the body": [interrupting("452 no room")],
  "final dot written, then timeout, connection lost, TLS truncated, reply cut or not parsable": [
    attempt({ reply: silentAt(".") }, short),
    ...["", "25", "250-queued\r\n", "queued\r\n"].map((last) => attempt(ending(".", last))),
  ],
  "final reply 4xx": [attempt(answering(".", "451 later"))],
  "final reply 5xx": [attempt(answering(".", "554 spam"))],
  "final reply with two different codes": [attempt(answering(".", "250-yes\r\n554 no"))],
  "abort by the caller before the final dot": [cancelled("MAIL"), cancelled("DATA")],
  "abort by the caller after the final dot": [cancelled(".")],
};

const rows = classification.events.filter(({ event }) => Object.hasOwn(events, event));

test("every event that is brought about stands in the vectors", () => {
  expect(rows.map(({ event }) => event).sort()).toEqual(Object.keys(events).sort());
});

test.each(rows)("$event: sent $sent, retry $retry", async ({ event, sent, retry }) => {
  for (const make of events[event]!) {
    const error = await rejection(make());
    const fate = fateOf(error);
    expect(fate === "unknown" ? "maybe" : "no", String(error)).toBe(sent);
    if (error instanceof SmtpError) expect(error.retryable, String(error)).toBe(retry === "safe");
    else expect([event.startsWith("abort"), fate]).toEqual([true, retry === "safe" ? "unsent" : "unknown"]);
  }
});

test.each([
  ["final reply 2xx", {}],
  ["final reply 2xx, then QUIT fails", answering("QUIT", "500 what?")],
  ["final reply 2xx, then the connection is lost", ending("QUIT")],
])("%s: sent", async (_event, behaviour) => {
  const runtime = new ScriptedRuntime((wire) => void new ScriptedServer(wire, behaviour));
  const session = await Session.open({ host: "server.example", tls: "off", runtime });
  const sending = session.send(raw());
  await session.close();
  expect((await sending).accepted).toEqual(["b@example.net"]);
});
