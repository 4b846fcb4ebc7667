import { expect, test } from "vitest";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import { loadTlsProfile } from "../../../lib/profile/load_profile.ts";
import { parseTlsProfile } from "../../../lib/profile/tls_profile.ts";
import { tlsProfile } from "../../../lib/profile/tls_profile_object.ts";
import { everythingIn, memoryLoader, rejection } from "./helpers.ts";
import {
  CA_ONE,
  CA_TWO,
  ENCRYPTED_KEY,
  KEY,
  LEGACY_KEY,
  OTHER_KEY,
  PASSWORD,
  RSA_KEY,
  SEC1_KEY,
} from "./pem_fixtures.ts";

const PIN = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

test("loadTlsProfile says every default that is not the platform's own", async () => {
  expect(await loadTlsProfile(tlsProfile({}))).toEqual({
    verifyServer: true,
    verifyServerName: true,
    minTlsVersion: "1.2",
  });
});

test("loadTlsProfile hands over all that a profile says", async () => {
  const text = `verify_server=1, vfy_srv_nm=DNS:a.b, ca_cert=ca.pem, clt_cert=cert.pem, clt_key=key.pem, ` +
    `client_key_password=${PASSWORD}, cpr_lst=AES128-SHA, min_tls_version=1.2, max_tls_version=1.3, pin_sha256=${PIN}, ` +
    `shared_key=psk`;
  const loader = memoryLoader({ "/d/ca.pem": CA_ONE + CA_TWO, "/d/cert.pem": CA_ONE, "/d/key.pem": ENCRYPTED_KEY });
  const profile = parseTlsProfile(text, { name: "p", directory: "/d" });
  expect(await loadTlsProfile(profile, loader)).toEqual({
    profile: "p",
    verifyServer: true,
    verifyServerName: [{ type: "DNS", name: "a.b" }],
    caCertificate: CA_ONE + CA_TWO,
    clientCertificate: CA_ONE,
    clientKey: ENCRYPTED_KEY,
    clientKeyPassword: PASSWORD,
    cipherList: ["AES128-SHA"],
    minTlsVersion: "1.2",
    maxTlsVersion: "1.3",
    pinSha256: [PIN],
    sharedKey: "psk",
  });
});

test("loadTlsProfile takes certificate and key from one file, which it reads once", async () => {
  const loader = memoryLoader({ "both.pem": `${CA_ONE}${CA_TWO}Key:\n${KEY}` });
  for (const text of ["clt_cert=both.pem", "clt_cert=both.pem,clt_key=both.pem"]) {
    const settings = await loadTlsProfile(parseTlsProfile(text), loader);
    expect(settings).toMatchObject({ clientCertificate: CA_ONE + CA_TWO, clientKey: KEY });
  }
  expect(loader.asked).toEqual(["both.pem", "both.pem"]);
});

test.each([
  ["PKCS #8", KEY, undefined, KEY],
  ["PKCS #1", RSA_KEY, undefined, RSA_KEY],
  ["SEC 1, without its parameters", SEC1_KEY, undefined, SEC1_KEY.slice(SEC1_KEY.indexOf("-----BEGIN EC PRIVATE"))],
  ["encrypted PKCS #8", ENCRYPTED_KEY, PASSWORD, ENCRYPTED_KEY],
  ["the old encrypted form", LEGACY_KEY, PASSWORD, LEGACY_KEY],
])("loadTlsProfile takes a key in %s", async (_, clientKey, clientKeyPassword, expected) => {
  const password = clientKeyPassword === undefined ? {} : { clientKeyPassword };
  const profile = tlsProfile({ clientCertificate: CA_ONE, clientKey, ...password });
  expect((await loadTlsProfile(profile)).clientKey).toBe(expected);
});

test.each([
  ["empty", "", "is empty"],
  ["blank", " \r\n\t", "is empty"],
  ["not PEM", "hello", "not PEM"],
  ["only a private key", KEY, 'holds "PRIVATE KEY" on line 1'],
  ["a certificate and a key", CA_ONE + KEY, 'holds "PRIVATE KEY"'],
  ["a revocation list", CA_ONE + CA_TWO.replaceAll("CERTIFICATE", "X509 CRL"), '"X509 CRL"'],
  ["a trusted certificate", CA_ONE.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"), '"TRUSTED CERTIFICATE"'],
  ["a bad block among good ones", CA_ONE + CA_TWO.replace("MIIB", "MIIC"), "no certificate in the block on line 12"],
  [
    "a key labelled as a certificate",
    CA_ONE + KEY.replaceAll("PRIVATE KEY", "CERTIFICATE"),
    "no certificate in the block",
  ],
  ["a block cut off", CA_ONE + CA_TWO.slice(0, 300), "no END line"],
  ["base64 behind the padding", CA_ONE.replace("\n-----END", "=\nQUJD\n-----END"), "does not hold base64"],
  ["headers", CA_ONE.replace("\n", "\nProc-Type: 4,ENCRYPTED\n\n"), "headers on line 2"],
])("loadTlsProfile refuses trust anchors that are %s", async (_, text, message) => {
  const file = AssignmentFile.parse("[NET_SETTINGS]\n\nprof = verify_server=1, ca_cert=ca.pem", {
    source: "mail.asn",
    directory: "/d",
  });
  const error = await rejection(loadTlsProfile(file.profile("PROF"), memoryLoader({ "/d/ca.pem": text })));
  const place = { source: "mail.asn", line: 3, column: 33, profile: "prof", option: "ca_certificate" };
  expect(error).toMatchObject({ code: "CONFIG_FILE", ...place });
  expect(error.message).toContain('mail.asn:3:33: profile "prof": option ca_certificate: the file "/d/ca.pem" ');
  expect(error.message).toContain(message);
  await expect(loadTlsProfile(tlsProfile({ caCertificate: text }))).rejects.toMatchObject({
    code: "CONFIG_FILE",
    option: "caCertificate",
    message: expect.stringContaining(message),
  });
});

test("loadTlsProfile refuses a file that is missing, DER, or over 1 MiB, and files without a loader", async () => {
  const profile = parseTlsProfile("ca_cert=ca.pem");
  const der = Uint8Array.of(0x30, 0x82, 1, 0);
  const missing = await rejection(loadTlsProfile(profile, memoryLoader({})));
  expect(missing).toMatchObject({ code: "CONFIG_FILE", message: expect.stringContaining("no such file") });
  expect((await rejection(loadTlsProfile(profile, () => Promise.resolve(der)))).message).toContain("is DER");
  const large = rejection(loadTlsProfile(profile, () => Promise.resolve(new Uint8Array(1_048_577))));
  expect((await large).code).toBe("CONFIG_LIMIT");
  expect((await rejection(loadTlsProfile(profile))).message).toContain("no file loader");
});

test.each([
  ["no certificate", { clientCertificate: KEY }, "CONFIG_FILE", "clientCertificate", "holds no certificate"],
  ["no key", { clientCertificate: CA_ONE }, "CONFIG_FILE", "clientCertificate", "holds 0 private keys"],
  [
    "two keys",
    { clientCertificate: CA_ONE, clientKey: KEY + OTHER_KEY },
    "CONFIG_FILE",
    "clientKey",
    "holds 2 private keys",
  ],
  [
    "no key in its own file",
    { clientCertificate: CA_ONE + KEY, clientKey: CA_ONE },
    "CONFIG_FILE",
    "clientKey",
    "holds 0",
  ],
  [
    "a public key",
    { clientCertificate: CA_ONE, clientKey: KEY.replaceAll("PRIVATE", "PUBLIC") },
    "CONFIG_FILE",
    "clientKey",
    '"PUBLIC KEY"',
  ],
  [
    "a damaged key",
    { clientCertificate: CA_ONE, clientKey: KEY.replace("MIGH", "MIGA") },
    "CONFIG_FILE",
    "clientKey",
    "no private key",
  ],
  [
    "headers of nothing",
    { clientCertificate: CA_ONE, clientKey: LEGACY_KEY.replace("4,ENCRYPTED", "4,CLEAR") },
    "CONFIG_FILE",
    "clientKey",
    "headers",
  ],
  [
    "an encrypted key without password",
    { clientCertificate: CA_ONE, clientKey: ENCRYPTED_KEY },
    "CONFIG_VALUE",
    "clientKey",
    "no password",
  ],
  [
    "an old encrypted key without password",
    { clientCertificate: CA_ONE, clientKey: LEGACY_KEY },
    "CONFIG_VALUE",
    "clientKey",
    "no password",
  ],
  [
    "a password for a key in clear",
    { clientCertificate: CA_ONE + KEY, clientKeyPassword: PASSWORD },
    "CONFIG_VALUE",
    "clientCertificate",
    "not encrypted",
  ],
])("loadTlsProfile refuses a client certificate with %s", async (_, settings, code, option, message) => {
  const error = await rejection(loadTlsProfile(tlsProfile(settings)));
  expect(error).toMatchObject({ code, option });
  expect(error.message).toContain(message);
});

test("loadTlsProfile shows no piece of a key or password in its errors", async () => {
  const piece = "MIGHAgEA";
  expect(KEY).toContain(piece);
  for (
    const clientKey of [KEY + KEY, KEY.replace("-----END", "*-----END"), KEY.replace("BEGIN", "BEGN"), KEY.slice(30)]
  ) {
    const error = await rejection(
      loadTlsProfile(tlsProfile({ clientCertificate: CA_ONE, clientKey, clientKeyPassword: PASSWORD })),
    );
    expect(everythingIn(error)).not.toContain(piece);
    expect(everythingIn(error)).not.toContain(PASSWORD);
  }
});

test("loadTlsProfile refuses settings that nobody has checked", async () => {
  for (const stranger of [{}, { caCert: CA_ONE }, { verifyServerName: false }, null, "p"]) {
    await expect(loadTlsProfile(stranger as never)).rejects.toThrow(TypeError);
  }
});
