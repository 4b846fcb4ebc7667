import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import { parseTlsProfile, TlsProfile } from "../../../lib/profile/tls_profile.ts";
import { everythingIn, refusal } from "./helpers.ts";
import { tries } from "../../support/effort.ts";

const PIN = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const OTHER_PIN = "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=";

test.each([
  ["verify_server=yes", { verifyServer: true, verifyServerName: true }],
  ["verify_server=no", { verifyServer: false, verifyServerName: false }],
  ["VERIFY_Server=Y", { verifyServer: true }],
  ["verify_server=n", { verifyServer: false }],
  ["verify_server=1", { verifyServer: true }],
  ["verify_server=0", { verifyServer: false }],
  ["verify_server=TRUE", { verifyServer: true }],
  ["verify_server=False", { verifyServer: false }],
  ["verify_server=0,verify_server_name=0,verify_url_name=0", { verifyServer: false, verifyServerName: false }],
  ["verify_server_name=no", { verifyServer: true, verifyServerName: false }],
  ["vfy_srv_nm=yes", { verifyServerName: true }],
  ["verify_url_name=no", { verifyServerName: false }],
  ["verify_url_name=yes , verify_server_name=yes", { verifyServerName: true }],
  ["verify_server_name=DNS:*.example.com", { verifyServerName: [{ type: "DNS", name: "*.example.com" }] }],
  ["verify_url_name=1,vfy_srv_nm=ip:2001:DB8::1;EMAIL:a@b.c;uri:sip:x@y;dns:h", {
    verifyServerName: [
      { type: "IP", name: "2001:DB8::1" },
      { type: "Email", name: "a@b.c" },
      { type: "URI", name: "sip:x@y" },
      { type: "DNS", name: "h" },
    ],
  }],
  ["ca_certificate=cacert.pem", { caCertificate: { kind: "file", written: "cacert.pem", path: "cacert.pem" } }],
  ["ca_cert=my ca.pem ", { caCertificate: { path: "my ca.pem" } }],
  ["clt_cert=c.pem", { clientCertificate: { path: "c.pem" }, clientKey: { path: "c.pem" } }],
  ["client_certificate=c.pem\t,\tclt_key=k.pem", {
    clientCertificate: { path: "c.pem" },
    clientKey: { path: "k.pem" },
  }],
  ["cpr_lst=ECDHE-RSA-AES128-GCM-SHA256", { cipherList: ["ECDHE-RSA-AES128-GCM-SHA256"] }],
  ["cipher_list=AES128-SHA:TLS_AES_128_GCM_SHA256", { cipherList: ["AES128-SHA", "TLS_AES_128_GCM_SHA256"] }],
  ["min_tls_version=1.0", { minTlsVersion: "1.0", maxTlsVersion: undefined }],
  ["min_tls_version=1.3,max_tls_version=1.3", { minTlsVersion: "1.3", maxTlsVersion: "1.3" }],
  ["max_tls_version=1.2", { minTlsVersion: "1.2", maxTlsVersion: "1.2" }],
  [`pin_sha256=${PIN};${OTHER_PIN}`, { pinSha256: [PIN, OTHER_PIN] }],
  ["srv_cert=s.pem,srv_key=k,verify_client=maybe,vfy_clt_nm=no", {
    verifyServer: true,
    ignored: ["srv_cert", "srv_key", "verify_client", "verify_client_name"],
  }],
])("parseTlsProfile reads %s", (text, values) => {
  expect(parseTlsProfile(text)).toMatchObject(values);
});

test("parseTlsProfile verifies chain and name, with TLS 1.2 at least, when nothing else is written", () => {
  expect(parseTlsProfile("srv_cert=x", { name: "p" })).toMatchObject({
    name: "p",
    verifyServer: true,
    verifyServerName: true,
    minTlsVersion: "1.2",
    caCertificate: undefined,
    clientKey: undefined,
    cipherList: undefined,
    pinSha256: undefined,
    ignored: ["srv_cert"],
  });
});

test.each([
  ["", "CONFIG_SYNTAX", 1, "missing"],
  ["verify_server=1,", "CONFIG_SYNTAX", 17, "missing"],
  ["verify_server=1,,ca_cert=a", "CONFIG_SYNTAX", 17, "missing"],
  ["verify_server", "CONFIG_SYNTAX", 1, "option=value"],
  ["verify_server yes", "CONFIG_SYNTAX", 1, "option=value"],
  ["verify_server =yes", "CONFIG_SYNTAX", 14, "no blank before"],
  ["verify_server= yes", "CONFIG_SYNTAX", 1, "no blank after"],
  ["verify_server=", "CONFIG_VALUE", 1, "no value"],
  ["verify_server=1\n", "CONFIG_SYNTAX", 16, "control"],
  ["ca_cert=a\u2028b", "CONFIG_SYNTAX", 10, "control"],
  ["verify_serve=1", "CONFIG_UNKNOWN", 1, "did you mean verify_server?"],
  ["verfy=1", "CONFIG_UNKNOWN", 1, "did you mean verify_server?"],
  ["ca_certifcate=x", "CONFIG_UNKNOWN", 1, "did you mean ca_certificate?"],
  ["rejectUnauthorised=0", "CONFIG_UNKNOWN", 1, "known are verify_server, verify_server_name"],
  ["tls_verify=0", "CONFIG_UNKNOWN", 1, '"tls_verify"'],
  ["__proto__=1", "CONFIG_UNKNOWN", 1, '"__proto__"'],
  ["constructor=1", "CONFIG_UNKNOWN", 1, '"constructor"'],
  ["client_\u212aey=x", "CONFIG_UNKNOWN", 1, "did you mean client_key?"],
  ["=1", "CONFIG_UNKNOWN", 1, "unknown option"],
  ["; verify_server=1", "CONFIG_UNKNOWN", 1, "unknown option"],
  ["verify_server=1, verify_server=1", "CONFIG_DUPLICATE", 18, "twice"],
  ["ca_cert=a, CA_Certificate=b", "CONFIG_DUPLICATE", 12, "twice"],
  ["vfy_clt_nm=a,verify_client_name=b", "CONFIG_DUPLICATE", 14, "twice"],
  ["verify_server=maybe", "CONFIG_VALUE", 15, "yes, y, 1, true"],
  ["verify_server=on", "CONFIG_VALUE", 15, "yes, y, 1, true"],
  ["verify_server=yes ; note", "CONFIG_VALUE", 15, '"yes ; note"'],
  ["verify_server=none", "CONFIG_VALUE", 15, '"none"'],
  ['verify_server="no"', "CONFIG_VALUE", 15, '""no""'],
  ["verify_server_name=h.example", "CONFIG_VALUE", 20, "Type:Name"],
  ["verify_server_name=CN:h", "CONFIG_VALUE", 20, "DNS, IP, URI, Email"],
  ["verify_server_name=DNS:a;", "CONFIG_VALUE", 26, "empty element"],
  ["verify_server_name=DNS:a; DNS:b", "CONFIG_VALUE", 26, "no type"],
  ["verify_server_name=DNS:", "CONFIG_VALUE", 24, "empty"],
  ["verify_server_name=DNS:*", "CONFIG_VALUE", 24, "left-most"],
  ["verify_server_name=DNS:m*.a.b", "CONFIG_VALUE", 24, "left-most"],
  ["verify_server_name=DNS:a.*.b", "CONFIG_VALUE", 24, "left-most"],
  ["verify_server_name=DNS:1.2.3.4", "CONFIG_VALUE", 24, "number"],
  ["verify_server_name=IP:h", "CONFIG_VALUE", 23, "IPv4 or IPv6"],
  ["verify_server_name=IP:[::1]", "CONFIG_VALUE", 23, "IPv4 or IPv6"],
  ["verify_server_name=URI:nope", "CONFIG_VALUE", 24, "scheme"],
  ["verify_server_name=Email:nope", "CONFIG_VALUE", 26, "mailbox"],
  ["verify_url_name=DNS:a", "CONFIG_VALUE", 17, "yes, y, 1, true"],
  ["verify_server_name=no,verify_url_name=yes", "CONFIG_VALUE", 23, "disagree"],
  ["verify_url_name=no,verify_server_name=DNS:a", "CONFIG_VALUE", 1, "disagree"],
  ["verify_server=no,verify_server_name=yes", "CONFIG_VALUE", 18, "switched off"],
  ["verify_server=no,verify_server_name=DNS:a", "CONFIG_VALUE", 18, "switched off"],
  ["verify_server=no,verify_url_name=yes", "CONFIG_VALUE", 18, "switched off"],
  [`pin_sha256=${PIN},verify_server=no`, "CONFIG_VALUE", 1, "switched off"],
  ["ca_certificate=usys:ca.pem", "CONFIG_UNDEFINED", 16, '"usys"'],
  ["ca_certificate=https://x/ca.pem", "CONFIG_UNDEFINED", 16, '"https"'],
  ["cpr_lst=HIGH", "CONFIG_VALUE", 9, "no keywords"],
  ["cpr_lst=AES128-SHA:!aNULL", "CONFIG_VALUE", 20, "no keywords"],
  ["cpr_lst=AES128-SHA:@SECLEVEL=0", "CONFIG_VALUE", 20, "no keywords"],
  ["cpr_lst=AES128-SHA::AES256-SHA", "CONFIG_VALUE", 20, "empty element"],
  ["cpr_lst=AES128-SHA AES256-SHA", "CONFIG_VALUE", 9, "no keywords"],
  ["cpr_lst=AES128-SHA:aes128-sha", "CONFIG_DUPLICATE", 20, "twice"],
  ["cpr_lst=TLS_RSA_WITH_NULL_SHA", "CONFIG_VALUE", 9, "does not protect"],
  ["cpr_lst=ADH-AES128-SHA", "CONFIG_VALUE", 9, "does not protect"],
  ["cpr_lst=TLS_DH_anon_WITH_AES_128_CBC_SHA", "CONFIG_VALUE", 9, "does not protect"],
  ["min_tls_version=1.4", "CONFIG_VALUE", 17, "1.0, 1.1, 1.2, 1.3"],
  ["min_tls_version=TLSv1.2", "CONFIG_VALUE", 17, "1.0, 1.1, 1.2, 1.3"],
  ["min_tls_version=769", "CONFIG_VALUE", 17, "1.0, 1.1, 1.2, 1.3"],
  ["max_tls_version=tls13", "CONFIG_VALUE", 17, "1.0, 1.1, 1.2, 1.3"],
  ["min_tls_version=1.3,max_tls_version=1.2", "CONFIG_VALUE", 21, "below the minimum of 1.3"],
  ["max_tls_version=1.1", "CONFIG_VALUE", 1, "the default"],
  ["pin_sha256=;", "CONFIG_VALUE", 12, "empty element"],
  ["pin_sha256=abc=", "CONFIG_VALUE", 12, "44 characters"],
  [`pin_sha256=${PIN.slice(0, -1)}`, "CONFIG_VALUE", 12, "44 characters"],
  [`pin_sha256=${PIN};${PIN.slice(0, 42)}V=`, "CONFIG_VALUE", 57, "44 characters"],
  [`pin_sha256=sha256//${PIN}`, "CONFIG_VALUE", 12, "44 characters"],
  [`pin_sha256=${"e3b0c442".repeat(8)}`, "CONFIG_VALUE", 12, "44 characters"],
  ["pin_sha256=2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "CONFIG_VALUE", 12, "44 characters"],
  ["client_key=k.pem", "CONFIG_VALUE", 1, "without a client certificate"],
  ["client_key_password=x", "CONFIG_VALUE", 1, "without a client certificate"],
])("parseTlsProfile refuses %j", (text, code, column, message) => {
  const error = refusal(() => parseTlsProfile(text, { name: "p", source: "mail.asn", line: 7 }));
  expect(error).toMatchObject({ code, source: "mail.asn", line: 7, column, profile: "p" });
  expect(error.message).toContain(`mail.asn:7:${column}: profile "p": `);
  expect(error.message).toContain(message);
});

test("parseTlsProfile names the option by its long name, and adds the column where its text begins", () => {
  const error = refusal(() => parseTlsProfile("vfy_srv_nm=perhaps", { column: 10 }));
  expect(error).toMatchObject({ option: "verify_server_name", source: "TLS profile", line: 1, column: 21 });
});

test("parseTlsProfile resolves path logicals in any case, and file names beside the folder", () => {
  const options = { directory: "/etc/mail", logicals: { Usys: "/opt/usys", win: "D:\\certs" } };
  function path(written: string): string | undefined {
    const { caCertificate } = parseTlsProfile(`ca_cert=${written}`, options);
    return caCertificate?.kind === "file" ? caCertificate.path : undefined;
  }
  expect(path("ca.pem")).toBe("/etc/mail/ca.pem");
  expect(path("../ca.pem")).toBe("/etc/mail/../ca.pem");
  expect(path("USYS:tls/ca.pem")).toBe("/opt/usys/tls/ca.pem");
  expect(path("win:ca.pem")).toBe("D:\\certs\\ca.pem");
  expect(path("/abs/ca.pem")).toBe("/abs/ca.pem");
  expect(path("C:\\x\\ca.pem")).toBe("C:\\x\\ca.pem");
  expect(path("${HOME}/ca.pem")).toBe("/etc/mail/${HOME}/ca.pem");
});

test("TlsProfile keeps its secrets to itself", () => {
  const profile = parseTlsProfile("clt_cert=c.pem,client_key_password=hunter2;=x,shared_key=hunter2 too");
  expect(profile.clientKeyPassword?.reveal()).toBe("hunter2;=x");
  expect(profile.sharedKey?.reveal()).toBe("hunter2 too");
  const shown = [JSON.stringify(profile), JSON.stringify({ ...profile }), String(profile.sharedKey), `${profile}`];
  expect(shown.join()).not.toContain("hunter2");
  expect(shown[0]).toContain("[secret]");
  expect(Object.values(profile.sharedKey ?? {})).toEqual([]);
});

test.each([
  "shared_key=one,hunter2",
  "shared_key=one,hunter2=x",
  "shared_key=one, ca_cert=a, hunter2=x",
  "client_key_password=hunter2",
  "client_key_password =hunter2",
  "client_keypassword=hunter2",
  "shared_key=hunter2,shared_key=hunter2",
  "shared_key= hunter2",
  "shared_key=hunter2\0",
])("parseTlsProfile shows no piece of a secret when it refuses %j", (text) => {
  expect(everythingIn(refusal(() => parseTlsProfile(text)))).not.toContain("hunter2");
});

test("parseTlsProfile has bounds for the text and for lists", () => {
  expect(refusal(() => parseTlsProfile(`ca_cert=${"a".repeat(65_536)}`)).code).toBe("CONFIG_LIMIT");
  const names = Array.from({ length: 257 }, (_, i) => `DNS:h${i}`).join(";");
  expect(refusal(() => parseTlsProfile(`vfy_srv_nm=${names}`)).code).toBe("CONFIG_LIMIT");
});

test("parseTlsProfile throws TypeError for what is no string", () => {
  expect(() => parseTlsProfile({ verify_server: "no" } as unknown as string)).toThrow(TypeError);
});

test("parseTlsProfile throws nothing but ConfigError, whatever the string", () => {
  const piece = fc.oneof(
    fc.constantFrom("verify_server", "vfy_srv_nm", "ca_cert", "pin_sha256", "cpr_lst", "=", ",", ";", ":", " ", "yes"),
    fc.constantFrom("DNS:", "IP:", "*.", "a.b", "::1", PIN, "1.2", "min_tls_version=", "usys:", "shared_key=", "\\"),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        expect(parseTlsProfile(pieces.join(""))).toBeInstanceOf(TlsProfile);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
    }),
    { seed: 3, numRuns: tries(1000) },
  );
});
