import { expect, test } from "vitest";
import { parseTlsProfile } from "../../../lib/profile/tls_profile.ts";
import { tlsProfile } from "../../../lib/profile/tls_profile_object.ts";
import type { TlsSettings } from "../../../lib/tls_settings.ts";
import { everythingIn, refusal } from "./helpers.ts";

const PIN = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/** A value that TypeScript would not let through. */
function untyped(value: unknown): TlsSettings {
  return value as TlsSettings;
}

test("tlsProfile yields what parseTlsProfile yields", () => {
  const { place: _, ...built } = tlsProfile({
    profile: "p",
    verifyServer: true,
    verifyServerName: [{ type: "DNS", name: "*.example.com" }, { type: "IP", name: "::1" }],
    cipherList: ["AES128-SHA"],
    minTlsVersion: "1.2",
    maxTlsVersion: "1.3",
    pinSha256: [PIN],
  });
  const text = `verify_server=y,vfy_srv_nm=DNS:*.example.com;IP:::1,cpr_lst=AES128-SHA,min_tls_version=1.2,` +
    `max_tls_version=1.3,pin_sha256=${PIN}`;
  const { place: __, ...parsed } = parseTlsProfile(text, { name: "p" });
  expect(built).toEqual(parsed);
});

test("tlsProfile keeps PEM text and secrets to itself", () => {
  const profile = tlsProfile({
    caCertificate: "hunter2 ca",
    clientCertificate: "hunter2 cert",
    clientKey: "hunter2 key",
    clientKeyPassword: "hunter2",
    sharedKey: "hunter2",
  });
  expect(JSON.stringify(profile)).not.toContain("hunter2");
  expect(profile.caCertificate?.kind === "inline" && profile.caCertificate.pem.reveal()).toBe("hunter2 ca");
  expect(profile.clientKey?.kind === "inline" && profile.clientKey.pem.reveal()).toBe("hunter2 key");
});

test("tlsProfile takes defaults for an empty object, one without a prototype too", () => {
  expect(tlsProfile({})).toMatchObject({ verifyServer: true, verifyServerName: true, minTlsVersion: "1.2" });
  expect(tlsProfile(Object.create(null))).toMatchObject({ verifyServer: true, name: undefined });
});

test.each([
  [{ rejectUnauthorised: false }, "CONFIG_UNKNOWN", "known are profile, verifyServer"],
  [{ verifyserver: false }, "CONFIG_UNKNOWN", "did you mean verifyServer?"],
  [{ verify_server: false }, "CONFIG_UNKNOWN", "did you mean verifyServer?"],
  [JSON.parse('{"__proto__": {"verifyServer": false}}'), "CONFIG_UNKNOWN", "__proto__"],
  [{ constructor: false }, "CONFIG_UNKNOWN", "constructor"],
  [{ verifyServer: "false" }, "CONFIG_VALUE", "of type string"],
  [{ verifyServer: 0 }, "CONFIG_VALUE", "of type number"],
  [{ verifyServer: null }, "CONFIG_VALUE", "null"],
  [{ verifyServer: "" }, "CONFIG_VALUE", "true or false"],
  [{ verifyServer: undefined }, "CONFIG_VALUE", "undefined"],
  [{ caCertificate: undefined }, "CONFIG_VALUE", "undefined"],
  [{ caCertificate: new Uint8Array(1) }, "CONFIG_VALUE", "PEM text"],
  [{ verifyServerName: "DNS:a" }, "CONFIG_VALUE", "of type string"],
  [{ verifyServerName: [] }, "CONFIG_VALUE", "empty"],
  [{ verifyServerName: ["DNS:a"] }, "CONFIG_VALUE", "of type string"],
  [{ verifyServerName: [{ type: "CN", name: "a" }] }, "CONFIG_VALUE", "DNS, IP, URI, Email"],
  [{ verifyServerName: [{ type: "IP", name: "a" }] }, "CONFIG_VALUE", "IPv4 or IPv6"],
  [{ verifyServerName: [{ type: "DNS" }] }, "CONFIG_VALUE", "a string"],
  [{ verifyServerName: [{ type: "DNS", name: "a", host: "b" }] }, "CONFIG_UNKNOWN", '"host"'],
  [{ cipherList: "AES128-SHA" }, "CONFIG_VALUE", "an array"],
  [{ cipherList: [] }, "CONFIG_VALUE", "empty"],
  [{ cipherList: ["AES128-SHA:!aNULL"] }, "CONFIG_VALUE", "no keywords"],
  [{ cipherList: [1] }, "CONFIG_VALUE", "of type number"],
  [{ cipherList: new Array(300).fill("AES128-SHA") }, "CONFIG_LIMIT", "256"],
  [{ minTlsVersion: "TLSv1.2" }, "CONFIG_VALUE", "1.0, 1.1, 1.2, 1.3"],
  [{ minTlsVersion: 1.2 }, "CONFIG_VALUE", "of type number"],
  [{ minTlsVersion: "1.3", maxTlsVersion: "1.2" }, "CONFIG_VALUE", "below the minimum"],
  [{ pinSha256: [] }, "CONFIG_VALUE", "empty"],
  [{ pinSha256: ["a"] }, "CONFIG_VALUE", "44 characters"],
  [{ pinSha256: [PIN], verifyServer: false }, "CONFIG_VALUE", "switched off"],
  [{ sharedKey: "" }, "CONFIG_VALUE", "empty"],
  [{ sharedKey: "a\nb" }, "CONFIG_VALUE", "control"],
  [{ clientKey: "x" }, "CONFIG_VALUE", "without a client certificate"],
  [{ profile: 1 }, "CONFIG_VALUE", "of type number"],
])("tlsProfile refuses settings, case %#", (settings, code, message) => {
  const error = refusal(() => tlsProfile(untyped(settings)));
  expect(error).toMatchObject({ code, source: "TLS settings" });
  expect(error.message).toContain(message);
});

test("tlsProfile names the key that is wrong, and shows no secret", () => {
  const error = refusal(() => tlsProfile({ profile: "p", clientKeyPassword: "hunter2\n" }));
  expect(error).toMatchObject({ profile: "p", option: "clientKeyPassword" });
  expect(everythingIn(error)).not.toContain("hunter2");
});

test("tlsProfile throws TypeError for what is no plain object", () => {
  for (const value of [undefined, null, "verify_server=no", 1, [], new Map([["verifyServer", false]]), new Date()]) {
    expect(() => tlsProfile(untyped(value))).toThrow(TypeError);
  }
});

test("tlsProfile cannot be changed through what it was built from", () => {
  const pins = [PIN];
  const profile = tlsProfile({ pinSha256: pins });
  pins[0] = "nothing";
  expect(profile.pinSha256).toEqual([PIN]);
  expect(Object.isFrozen(profile)).toBe(true);
});
