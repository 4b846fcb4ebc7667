import { expect, test } from "vitest";
import { connectFailure, connectionLost, streamFailure, targetText, tlsFailure } from "../../../lib/runtime/failure.ts";

const target = { host: "mail.example.test", port: 587 };
const told = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const lookup = (code: string): Error => Object.assign(told(code), { syscall: "getaddrinfo" });

test.each([
  [lookup("ENOTFOUND"), "DNS_FAILED", false, "Cannot resolve mail.example.test: no such host"],
  [lookup("EAI_AGAIN"), "DNS_FAILED", true, "Cannot resolve mail.example.test: the name service does not answer"],
  [
    new Error("failed to lookup address information: Name or service not known"),
    "DNS_FAILED",
    false,
    "Cannot resolve mail.example.test: no such host",
  ],
  [
    new Error("failed to lookup address information: Temporary failure in name resolution"),
    "DNS_FAILED",
    true,
    "Cannot resolve mail.example.test: the name service does not answer",
  ],
  [told("ECONNREFUSED"), "CONNECT_FAILED", true, "Cannot connect to mail.example.test:587: connection refused"],
  [told("EHOSTUNREACH"), "CONNECT_FAILED", true, "Cannot connect to mail.example.test:587: host unreachable"],
  [
    new AggregateError([told("ENETUNREACH"), told("ECONNREFUSED")]),
    "CONNECT_FAILED",
    true,
    "Cannot connect to mail.example.test:587: network unreachable",
  ],
  [
    Object.assign(new Error("Requires net access"), { name: "NotCapable" }),
    "CONNECT_FAILED",
    false,
    "Cannot connect to mail.example.test:587: the permission is missing; run with --allow-net=mail.example.test:587",
  ],
  [
    Object.assign(told("EPERM"), { syscall: "getaddrinfo" }),
    "CONNECT_FAILED",
    false,
    "Cannot connect to mail.example.test:587: the permission is missing; run with --allow-net=mail.example.test",
  ],
  [
    Object.assign(told("ERR_ACCESS_DENIED"), { syscall: "getaddrinfo" }),
    "CONNECT_FAILED",
    false,
    "Cannot connect to mail.example.test:587: the permission is missing; run with --allow-net",
  ],
])("connectFailure reads %s", (cause, code, retryable, message) => {
  const error = connectFailure(cause, target);
  expect(error).toMatchObject({ code, retryable, message, phase: "connect", fate: "unsent" });
  expect(error.cause).toBe(cause);
});

test.each([
  ["CERT_HAS_EXPIRED", "", "expired"],
  ["", "invalid peer certificate: certificate expired: verification time 1", "expired"],
  ["", "invalid peer certificate: certificate not valid yet: verification time 1", "not_yet_valid"],
  ["", "invalid peer certificate: UnknownIssuer", "untrusted"],
  ["", "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "untrusted"],
  ["", 'invalid peer certificate: certificate not valid for name "a.test"', "name_mismatch"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "", "untrusted"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required", "client_certificate"],
  ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "sslv3 alert bad certificate", "client_certificate"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca", "client_certificate"],
  ["", "received fatal alert: UnknownCA", "client_certificate"],
  ["", "received fatal alert: CertificateExpired", "client_certificate"],
  ["", "received fatal alert: HandshakeFailure", "handshake"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version", "handshake"],
  ["ECONNRESET", "", "handshake"],
])("tlsFailure takes %s %s for %s", (code, text, reason) => {
  const direct = tlsFailure(told(code, text), { ...target, upgrade: false });
  expect(direct).toMatchObject({ code: "TLS_FAILED", phase: "tls", reason, retryable: reason === "handshake" });
  expect(direct.message).toMatch(/^TLS with mail\.example\.test:587 failed: /);
  const upgrade = tlsFailure(told(code, text), { ...target, upgrade: true });
  expect(upgrade).toMatchObject({ code: "STARTTLS_FAILED", phase: "starttls", reason });
});

test("tlsFailure says what to do about an unknown authority, and keeps platform text to one bounded line", () => {
  const cause = told("SELF_SIGNED_CERT_IN_CHAIN", "a\r\n\u2028b\x1b[0m" + "x".repeat(10_000));
  const { message, advice } = tlsFailure(cause, { ...target, upgrade: false });
  expect(advice).toContain("ca_certificate");
  expect(message).toMatch(/^[\x20-\x7e]{1,700}$/);
});

test("streamFailure tells the server's refusal of a client certificate from a lost connection", () => {
  const alert = told("", "received fatal alert: CertificateRequired");
  expect(streamFailure(alert, { ...target, upgrade: true })).toMatchObject({
    code: "STARTTLS_FAILED",
    reason: "client_certificate",
  });
  expect(streamFailure(alert, target)).toMatchObject({ code: "CONNECTION_LOST" });
  expect(streamFailure(alert, target)).not.toHaveProperty("reason");
  expect(streamFailure(told("EPIPE"), { ...target, upgrade: true }).message)
    .toBe("The connection to mail.example.test:587 was lost: broken pipe");
});

test("connectionLost takes words instead of a cause, and targetText brackets an IPv6 address", () => {
  expect(connectionLost("it was closed", { host: "::1", port: 25 }).message)
    .toBe("The connection to [::1]:25 was lost: it was closed");
  expect(targetText({ host: "192.0.2.1", port: 25 })).toBe("192.0.2.1:25");
  expect(targetText({ host: "localhost", port: 0, path: "/run/a\nb.sock" })).toBe("unix:/run/a b.sock");
});

test("connectFailure tells of each address that was tried, eight at most", () => {
  const tried = (count: number) =>
    new AggregateError(
      Array.from(
        { length: count },
        (_, i) => Object.assign(told(i === 0 ? "ETIMEDOUT" : "ECONNREFUSED"), { address: `192.0.2.${i}` }),
      ),
    );
  expect(connectFailure(tried(2), target).message)
    .toBe("Cannot connect to mail.example.test:587: 192.0.2.0: no answer; 192.0.2.1: connection refused");
  const { message } = connectFailure(tried(1000), target);
  expect(message).toMatch(/; 192\.0\.2\.7: connection refused; and 992 more$/);
  expect(message.length).toBeLessThan(500);
});

test("connectFailure advises against port 25, where something on the way may block it", () => {
  const advice = (code: string, about: Partial<typeof target> & { readonly path?: string } = {}) =>
    connectFailure(told(code), { ...target, port: 25, ...about }).advice ?? "";
  for (const code of ["ETIMEDOUT", "ECONNREFUSED"]) {
    expect(advice(code)).toMatch(/many networks .*port 25.*587 or 465/);
    expect(advice(code, { port: 587 })).not.toContain("25");
    expect(advice(code, { port: 0, path: "/run/mail.sock" })).toBe("");
  }
  for (const host of ["localhost", "127.0.0.1", "::1"]) expect(advice("ECONNREFUSED", { host })).not.toContain("many");
});

test("connectFailure names the permissions for a Unix socket", () => {
  const cause = Object.assign(new Error("Requires net access"), { name: "NotCapable" });
  expect(connectFailure(cause, { host: "localhost", port: 0, path: "/run/mail.sock" }).message)
    .toContain("run with --allow-read=/run/mail.sock --allow-write=/run/mail.sock --allow-net=unix:/run/mail.sock");
});
