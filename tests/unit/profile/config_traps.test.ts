import { expect, test } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import { parseConnectionString } from "../../../lib/profile/connection_string.ts";
import { loadTlsProfile } from "../../../lib/profile/load_profile.ts";
import { parseTlsProfile } from "../../../lib/profile/tls_profile.ts";
import { tlsProfile } from "../../../lib/profile/tls_profile_object.ts";
import { parseSmtpUrl } from "../../../lib/profile/url.ts";
import type { TlsSettings } from "../../../lib/tls_settings.ts";
import traps from "../../vectors/config-traps.json" with { type: "json" };
import { memoryLoader } from "./helpers.ts";
import { CA_ONE, CA_TWO, KEY } from "./pem_fixtures.ts";

const PIN = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/** Texts of profiles, each of which must be refused. */
function profiles(...texts: readonly string[]): () => Promise<void> {
  return refused(...texts.map((text) => () => parseTlsProfile(text)));
}

/** Settings of programs, each of which must be refused. */
function settings(...list: readonly unknown[]): () => Promise<void> {
  return refused(...list.map((each) => () => tlsProfile(each as TlsSettings)));
}

/** Assignment files, each of which must be refused. */
function files(...texts: readonly (string | Uint8Array)[]): () => Promise<void> {
  return refused(...texts.map((text) => () => AssignmentFile.parse(text)));
}

/** Trust anchors, each of which must be refused. */
function anchors(...texts: readonly string[]): () => Promise<void> {
  return refused(
    () => loadTlsProfile(parseTlsProfile("ca_cert=missing.pem"), memoryLoader({})),
    ...texts.map((text) => () => loadTlsProfile(tlsProfile({ caCertificate: text }))),
  );
}

function refused(...attempts: readonly (() => unknown)[]): () => Promise<void> {
  return async () => {
    for (const attempt of attempts) {
      await expect((async () => await attempt())(), String(attempt)).rejects.toBeInstanceOf(ConfigError);
    }
  };
}

function all(...checks: readonly (() => void | Promise<void>)[]): () => Promise<void> {
  return async () => {
    for (const check of checks) await check();
  };
}

/** What each trap comes to in these languages; a text says why it is none here, or where it is tested. */
const CHECKS: Readonly<Record<string, string | (() => void | Promise<void>)>> = {
  "unknown key: rejectUnauthorised, verfy, tls_verify": all(
    profiles("rejectUnauthorised=1", "verfy=1", "tls_verify=1"),
    settings({ rejectUnauthorised: true }, { verfy: true }, { tls_verify: true }),
  ),
  "duplicate key: verify = true ... verify = false": profiles("verify_server=1,verify_server=0"),
  "same key in two spellings or cases: minVersion and min_version": all(
    profiles("vfy_srv_nm=1,verify_server_name=0", "ca_cert=a,CA_CERT=b"),
    settings({ minTlsVersion: "1.2", min_tls_version: "1.0" }),
  ),
  'string for boolean: "false", "no", "0", "off"': all(
    // In a profile's text every value is a string, and these are the booleans of the language; "off" is none.
    settings({ verifyServer: "false" }, { verifyServer: "no" }, { verifyServer: "0" }, { verifyServer: "off" }),
    profiles("verify_server=off", 'verify_server="false"'),
  ),
  "number or null or empty for boolean": all(
    settings({ verifyServer: 0 }, { verifyServer: null }, { verifyServer: "" }, { verifyServer: undefined }),
    profiles("verify_server=", "verify_server=2", "verify_server=null"),
  ),
  "verify = none without an explicit insecure marker": profiles("verify_server=none", "verify=none"),
  'minVersion below TLS 1.2: TLSv1, SSLv3, "1.0", 769': all(
    // 1.0 and 1.1 are legal in this language, as written.
    profiles("min_tls_version=TLSv1", "min_tls_version=SSLv3", "min_tls_version=769", "max_tls_version=1.1"),
    settings({ minTlsVersion: 769 }, { maxTlsVersion: "1.0" }),
  ),
  "minVersion above maxVersion": profiles("min_tls_version=1.3,max_tls_version=1.2"),
  "unknown TLS version: TLSv1.4, tls13": profiles("min_tls_version=TLSv1.4", "max_tls_version=tls13"),
  "cipher string that OpenSSL would drop silently": all(
    profiles("cpr_lst=!ALL", "cpr_lst=HIGH:!aNULL", "cpr_lst=AES128-SHA,AES256-SHA", "cpr_lst=NOSUCH"),
    settings({ cipherList: [] }, { cipherList: "AES128-SHA" }),
  ),
  "mode = startls (misspelt starttls)": refused(
    () => parseSmtpUrl("smtp://h?tls=startls"),
    () => parseSmtpUrl("startls://h"),
    () => parseConnectionString("STARTLS:h"),
  ),
  "mode = starttls with port 465, mode = implicit with port 587": refused(
    () => parseSmtpUrl("smtp://h:465"),
    () => parseSmtpUrl("smtps://h:587"),
  ),
  "both implicit and starttls set": refused(
    () => parseSmtpUrl("smtps://h?tls=off"),
    () => parseConnectionString("TCP:h:profile"),
    () => parseConnectionString("TLS:TCP:h"),
  ),
  "opportunistic together with credentials": all(
    refused(() => parseSmtpUrl("smtp://u:p@h?tls=off")),
    () => expect(parseSmtpUrl("smtp://u:p@h").tls).toBe("starttls"),
  ),
  "ca file missing, empty, not PEM, or only a private key": anchors("", "\n", "hello", KEY),
  "ca file with one bad certificate among good ones": anchors(CA_ONE + CA_TWO.replace("MIIB", "MIIC") + CA_ONE),
  "key that does not belong to the certificate":
    "the runtime says so when it takes the two; nothing here computes keys",
  "key file readable by others": "a loader hands over octets, and says nothing of permissions",
  "pin with the wrong length, hex for base64, sha1": profiles(
    "pin_sha256=AAAA",
    `pin_sha256=${"00".repeat(32)}`,
    "pin_sha256=2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
  ),
  "empty pin list": all(profiles("pin_sha256=", "pin_sha256=;"), settings({ pinSha256: [] })),
  "pin given: must the chain still verify?": all(
    profiles(`verify_server=no,pin_sha256=${PIN}`),
    () => expect(parseTlsProfile(`pin_sha256=${PIN}`).verifyServer).toBe(true),
  ),
  "servername empty or an IP": all(
    profiles("verify_server_name=", "verify_server_name=DNS:", "verify_server_name=DNS:192.0.2.1"),
    refused(() => parseConnectionString("TLS:+465"), () => parseSmtpUrl("smtps://:465")),
  ),
  "__proto__, constructor, prototype as a key or section": all(
    profiles("__proto__=1", "constructor=1", "prototype=1"),
    settings(JSON.parse('{"__proto__":{"verifyServer":false}}'), { constructor: 1 }),
    refused(() => AssignmentFile.parse("[__proto__]\nconstructor = verify_server=0").profile("constructor")),
  ),
  "include = ../../etc/passwd": all(
    // The paths are the administrator's own; what is not an assignment file is refused, and none of it shown.
    refused(() =>
      AssignmentFile.load("/a/b/m", {
        loader: memoryLoader({ "/a/b/m": "#FILE ../../etc/passwd", "/a/b/../../etc/passwd": "root:x:0:0" }),
      })
    ),
  ),
  "value with NUL, CR, LF, U+2028": all(
    profiles("ca_cert=a\0", "ca_cert=a\r", "ca_cert=a\nb", "ca_cert=a\u2028"),
    files("[NET_SETTINGS]\np a\0", "[NET_SETTINGS]\np a\rb", "[NET_SETTINGS]\np a\u2028"),
    settings({ sharedKey: "a\0" }, { clientKeyPassword: "a\r\n" }),
  ),
  "BOM, CRLF line ends, trailing blanks, tabs": () => {
    const file = AssignmentFile.parse("\ufeff[NET_SETTINGS]\t\r\n\tp\t=\tca_cert=a\t,\tverify_server=1 \t\r\n");
    expect(file.profile("p").caCertificate).toMatchObject({ path: "a" });
  },
  "10 MB file, 1e6 keys, 1e5 nesting, 1 MB line": files(
    new Uint8Array(10_000_000),
    `[NET_SETTINGS]\n${Array.from({ length: 50_000 }, (_, i) => `k${i} v`).join("\n")}`,
    `[NET_SETTINGS]\np ${"a".repeat(1_000_000)}`,
    "[".repeat(100_000),
  ),
  'timeout = 0, -1, 1e99, NaN, "5", 5s': "no option of these languages is a time",
  "environment expansion ${X} of an unset name": all(
    // There is no expansion: the text stays as it is, and a caller's own empty value is refused.
    () => expect(parseTlsProfile("ca_cert=${X}/ca.pem").caCertificate).toMatchObject({ path: "${X}/ca.pem" }),
    settings({ caCertificate: undefined }, { pinSha256: undefined }),
    refused(() => parseTlsProfile("ca_cert=x:a", { logicals: { x_: "" } })),
  ),
  "password in the file": () => {
    const file = AssignmentFile.parse("[NET_SETTINGS]\np clt_cert=c,client_key_password=hunter2,shared_key=hunter2");
    const profile = file.profile("p");
    expect(JSON.stringify([file, profile]) + String(file) + String(profile)).not.toContain("hunter2");
  },
  "section twice": files("[NET_SETTINGS]\n[NET_SETTINGS]", "[DRIVER_SETTINGS]\n[X]\n[driver_settings]"),
  "inherit loop a -> b -> a": refused(() =>
    AssignmentFile.load("a", { loader: memoryLoader({ a: "#FILE b", b: "[X]\n#FILE a" }) })
  ),
  "profile name of the caller not found": refused(() =>
    AssignmentFile.parse("[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS verify_server=1").profile("smtp")
  ),
  "comment characters inside a quoted value": () => {
    const file = AssignmentFile.parse('[NET_SETTINGS]\np ca_cert="a;b#c"');
    expect(file.profile("p").caCertificate).toMatchObject({ path: '"a;b#c"' });
  },
  "inline comment after a value: verify = true # note": profiles("verify_server=true # note", "verify_server=1 ; note"),
  "non-ASCII host": () => expect(parseConnectionString("TLS:münchen.test").host).toBe("münchen.test"),
};

test("every configuration trap has an answer, and every answer a trap", () => {
  expect(Object.keys(CHECKS).sort()).toEqual(traps.traps.map((trap) => trap.input).sort());
});

for (const { input } of traps.traps) {
  const check = CHECKS[input];
  if (typeof check === "function") test(`the configuration languages withstand: ${input}`, check);
}
