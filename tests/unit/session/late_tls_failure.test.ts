/** With TLS 1.3 a server refuses a client's certificate after the handshake: the first read is what fails. */
import { expect, test } from "vitest";
import { ConnectionError } from "../../../lib/errors.ts";
import type { Connection, Runtime } from "../../../lib/runtime/runtime.ts";
import { lostWhile } from "../../../lib/session/lost.ts";
import { Session } from "../../../lib/session/session.ts";

test("Session.open keeps the reason when TLS fails at the first read", async () => {
  const failure = new ConnectionError("TLS_FAILED", "tls", "The server wants a client certificate", {
    reason: "client_certificate",
  });
  let closed = 0;
  const connection: Connection = {
    peer: { host: "mail.example.test", port: 465 },
    tls: { verified: true },
    read: () => Promise.reject(failure),
    write: () => Promise.resolve(),
    startTls: () => Promise.reject(new Error("not asked for")),
    close: () => void closed++,
  };
  const runtime: Runtime = {
    name: "fake",
    connect: () => Promise.resolve(connection),
    readFile: () => Promise.reject(new Error("no files")),
    openFile: () => Promise.reject(new Error("no files")),
  };
  const error = await Session.open({ host: "mail.example.test", runtime }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: "TLS_FAILED", reason: "client_certificate", retryable: false, fate: "unsent" });
  expect(closed).toBeGreaterThan(0);
});

test("what TLS failed by says nothing of whether a message may be sent again", () => {
  const failure = new ConnectionError("TLS_FAILED", "tls", "TLS failed", { reason: "handshake" });
  expect(failure.retryable).toBe(true);
  expect(lostWhile(failure, false)("unknown", "final")).toMatchObject({ fate: "unknown", retryable: false });
  expect(lostWhile(failure, false)("unsent", "mail")).toMatchObject({ fate: "unsent", retryable: true });
});
