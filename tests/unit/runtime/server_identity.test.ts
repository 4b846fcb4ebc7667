import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIp } from "../../../lib/bytes/ip_address.ts";
import {
  type CertificateNames,
  matchesAny,
  matchesHost,
  namesText,
  sniName,
} from "../../../lib/runtime/server_identity.ts";
import type { CertificateName } from "../../../lib/tls_settings.ts";
import vectors from "../../vectors/tls-names.json" with { type: "json" };

interface VectorNames {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly uri?: readonly string[];
  readonly email?: readonly string[];
}

function names({ dns = [], ip = [], uri = [], email = [] }: VectorNames): CertificateNames {
  return { dns, ip: ip.map((text) => parseIp(text)!), uri, email };
}

const cases = vectors.cases as readonly {
  readonly host: string;
  readonly cert: VectorNames;
  readonly match: boolean;
}[];

test.each(cases.map((one) => [one.host, JSON.stringify(one.cert), one] as const))(
  "matchesHost compares %s with %s",
  (_host, _cert, { host, cert, match }) => {
    expect(matchesHost(names(cert), host)).toBe(match);
  },
);

test.each(vectors.sni)("sniName of $host is $sni", ({ host, sni }) => {
  expect(sniName(host)).toBe(sni ?? "");
});

test.each([
  ["*.example.test", "MAIL.example.test", true],
  ["*.EXAMPLE.test", "mail.example.test", true],
  ["*.xn--mnchen-3ya.test", "mail.münchen.test", true],
  ["xn--*.example.test", "xn--mnchen-3ya.example.test", false],
  ["*.*.test", "mail.example.test", false],
  ["*mail.example.test", "mail.example.test", false],
  ["*.example.test.", "mail.example.test", false],
  ["*.example..test", "mail.example..test", false],
  ["", "", false],
  ["mail.example.test ", "mail.example.test", false],
])("matchesHost: the name %s in a certificate, the host %s", (presented, host, match) => {
  expect(matchesHost(names({ dns: [presented] }), host)).toBe(match);
});

test("matchesHost knows an IP address by its octets, never by its text", () => {
  const certificate = names({ ip: ["::ffff:192.0.2.1", "2001:DB8:0::1"], dns: ["192.0.2.1", "2001:db8::1"] });
  expect(matchesHost(certificate, "2001:db8:0:0:0:0:0:1")).toBe(true);
  expect(matchesHost(certificate, "192.0.2.1")).toBe(false);
  expect(matchesHost(certificate, "2001:db8::2")).toBe(false);
});

test.each<[CertificateName["type"], string, VectorNames, boolean]>([
  ["DNS", "*.example.test", { dns: ["mail.example.test"] }, true],
  ["DNS", "*.example.test", { dns: ["a.mail.example.test", "example.test", "m*l.example.test"] }, false],
  ["DNS", "*.example.test", { dns: ["*.example.test"] }, true],
  ["DNS", "*", { dns: ["mail"] }, false],
  ["DNS", "m*.example.test", { dns: ["mail.example.test"] }, false],
  ["DNS", "mail.example.test", { dns: ["*.example.test"] }, true],
  ["DNS", "192.0.2.1", { dns: ["192.0.2.1"], ip: ["192.0.2.1"] }, false],
  ["IP", "2001:db8::1", { ip: ["2001:db8:0:0::1"] }, true],
  ["IP", "mail.example.test", { dns: ["mail.example.test"] }, false],
  ["URI", "SMTP://Mail.example.test/a", { uri: ["smtp://mail.example.test/a"] }, true],
  ["URI", "smtp://mail.example.test/A", { uri: ["smtp://mail.example.test/a"] }, false],
  ["URI", "urn:x:A", { uri: ["URN:x:A"] }, true],
  ["Email", "ada@EXAMPLE.test", { email: ["ada@example.test"] }, true],
  ["Email", "Ada@example.test", { email: ["ada@example.test"] }, false],
  ["Email", "ada", { email: ["ada"] }, false],
  ["Email", "ada@example.test", { uri: ["ada@example.test"], dns: ["ada@example.test"] }, false],
])("matchesAny: %s:%s and %j", (type, name, certificate, match) => {
  expect(matchesAny(names(certificate), [{ type: "DNS", name: "nowhere.invalid" }, { type, name }])).toBe(match);
});

test("matchesAny matches nothing when nothing is wanted", () => {
  expect(matchesAny(names({ dns: ["mail.example.test"] }), [])).toBe(false);
});

test("matchesHost never takes a certificate whose names hold a control character, a blank or a second wildcard", () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const bad = fc.constantFrom("\0", "\n", " ", "*", "ÿ");
  fc.assert(
    fc.property(label, label, label, bad, fc.nat(20), (one, two, three, char, at) => {
      const host = `${one}.${two}.${three}`;
      const tainted = host.slice(0, at % host.length) + char + host.slice(at % host.length);
      return !matchesHost(names({ dns: [tainted] }), host) && matchesHost(names({ dns: [host] }), host);
    }),
    { seed: 9525 },
  );
});

test("namesText shows what a certificate carries, fit for a message", () => {
  expect(namesText(names({ dns: ["a.test\r\n"], ip: ["192.0.2.1", "2001:db8::1"], email: ["a@b.test"] })))
    .toBe("DNS:a.test??, IP:192.0.2.1, IP:2001:db8:0:0:0:0:0:1, Email:a@b.test");
  expect(namesText(names({}))).toBe("none");
  expect(namesText(names({ dns: Array.from({ length: 500 }, () => "a.test") }))).toMatch(/ and 490 more$/);
});
