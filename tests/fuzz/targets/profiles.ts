/** Configuration: connection strings, URLs, assignment files, TLS profiles, keys and certificates. @module */
import { readPkcs1, readPkcs8, readSpki } from "../../../lib/dkim/der.ts";
import { readKey } from "../../../lib/dkim/key.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import { parseConnectionString } from "../../../lib/profile/connection_string.ts";
import { formatPem, parsePem } from "../../../lib/profile/pem.ts";
import { parseTlsProfile } from "../../../lib/profile/tls_profile.ts";
import { parseSmtpUrl } from "../../../lib/profile/url.ts";
import { proxy } from "../../../lib/proxy/url.ts";
import { readCertificate } from "../../../lib/runtime/certificate.ts";
import { pemBlocks } from "../../../lib/runtime/pem.ts";
import { parseItems } from "../../../lib/uniface/item_list.ts";
import { attempt, require, type Target, textOf } from "../target.ts";

/** A host as it is handed to a resolver: nothing else than a name or an address is in it. */
function requireHost(host: string): void {
  require(/^[^\s/?#@\\<>"%]+$/.test(host), () => `no host: ${JSON.stringify(host)}`);
}

const OPTIONS = [
  ...[
    "VERIFY_SERVER",
    "VERIFY_SERVER_NAME",
    "CA_CERTIFICATE",
    "CLIENT_KEY",
    "CIPHER_LIST",
    "MIN_TLS_VERSION",
    "PIN_SHA256",
  ],
  ...[
    " = ",
    "TRUE",
    "FALSE",
    "TLS1.2",
    "1.3",
    "usys:ca.pem",
    "[p]",
    "[USYS$TLS_PARAMS]",
    "#FILE ",
    ";",
    "\r\n",
    "\n",
    "&",
  ],
  ...['"', "'", "\\", "{", "}", "DNS:", "IP:", ",", "\ufeff", "\0", "  ", "\t", "=", "%"],
];

const PEM = ["-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\n"];

/** DER by hand: each a tag, a length and what is in it. */
const DER = [
  "0\x03\x02\x01\x00",
  "0\x80",
  "\x30\x82\xff\xff",
  "\x02\x01\x01",
  "\x06\x03\x55\x1d\x11",
  "\x04\x00",
  "\xa3\x02",
  "\xa0",
];

function der(tag: number, ...parts: readonly string[]): string {
  const content = parts.join("");
  return String.fromCharCode(tag, content.length) + content;
}

/** The least certificate, with names. */
const CERTIFICATE = der(
  0x30,
  der(
    0x30,
    ...[der(2, "\x01"), der(0x30), der(0x30), der(0x30), der(0x30), der(0x30, der(3, "\0"))],
    der(
      0xa3,
      der(
        0x30,
        der(0x30, der(6, "\x55\x1d\x11"), der(4, der(0x30, der(0x82, "a.example"), der(0x87, "\x7f\0\0\x01")))),
      ),
    ),
  ),
  der(0x30),
  der(3, "\0"),
);

/** A parser of octets that says of itself that it throws a RangeError, or none. */
function inRange<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    const isEngines = /Invalid|call stack|offset/i.test((error as Error).message) &&
      (error as Error).name !== "RangeError";
    if (!(error instanceof RangeError) || isEngines || /call stack/.test(error.message)) throw error;
    return undefined;
  }
}

/** Parsers of configuration. */
export const PROFILES: readonly Target[] = [
  {
    name: "connection_string",
    promise: "any text is a host, a port and a profile's name, or a ConfigError",
    words: [
      "TLS:",
      "TCP:",
      "+465",
      "+",
      ":",
      "smtp_profile",
      "mail.example",
      "[::1]",
      "127.0.0.1",
      " ",
      "@",
      "/",
      "%",
      "ß",
      "\\",
    ],
    seeds: ["TLS:smtp.myorg.com+465:smtp_profile", "TCP:mail.example", "mail.example+25", "TLS:[::1]+465"],
    run(input) {
      const parsed = attempt(() => parseConnectionString(textOf(input)));
      if (parsed === undefined) return;
      requireHost(parsed.host);
      require(parsed.port === undefined || (parsed.port > 0 && parsed.port < 65_536), () => `port ${parsed.port}`);
    },
  },
  {
    name: "smtp_url",
    promise: "any text is a host, a port and well-formed credentials, or a ConfigError that shows no password",
    words: [
      "smtp://",
      "smtps://",
      "ada:secret@",
      "@",
      ":",
      "?",
      "&",
      "=",
      "tls=off",
      "name=",
      "profile=",
      "auth=",
      "%0d",
      "%00",
      "/",
    ],
    seeds: [
      "smtps://ada:secret@mail.example.com",
      "smtp://mail.example:25?tls=off&name=a.example",
      "smtp://u:p%40@[::1]",
    ],
    run(input) {
      const text = textOf(input);
      const url = attempt(() => parseSmtpUrl(text));
      if (url === undefined) return;
      requireHost(url.host);
      const secret = url.password;
      if (secret !== undefined && secret.length > 6) {
        require(!JSON.stringify(url).includes(secret) || url.host.includes(secret), () => "a password is shown");
      }
    },
  },
  {
    name: "proxy_url",
    promise: "any text is a road to a proxy, or a refusal that shows no password",
    words: [
      "socks5://",
      "socks5h://",
      "socks4a://",
      "http://",
      "https://",
      "u:p@",
      "@",
      ":",
      "1080",
      "[::1]",
      "%0d%0a",
      "/",
      "?",
    ],
    seeds: ["socks5://u:p@proxy.example:1080", "http://proxy.example:3128", "socks4a://proxy.example"],
    run: (input) => void attempt(() => proxy(textOf(input))),
  },
  {
    name: "assignment_file",
    promise: "any octets are profiles that can be looked up, or a ConfigError with the line",
    words: OPTIONS,
    seeds: [
      "[p]\nVERIFY_SERVER = TRUE\n",
      "; a\r\n[SETTINGS]\r\nUSYS$TLS_PARAMS = {VERIFY_SERVER=FALSE}\r\n",
      "USYS$TLS_PARAMS MIN_TLS_VERSION=1.2",
    ],
    run(input) {
      const file = attempt(() => AssignmentFile.parse(input));
      if (file === undefined) return;
      attempt(() => file.driverProfile());
      if (file.has("p")) attempt(() => file.profile("p"));
      attempt(() => AssignmentFile.parse(textOf(input)));
    },
  },
  {
    name: "tls_profile",
    promise: "any text is a profile whose checks are as strict as it says, or a ConfigError with the place",
    words: OPTIONS,
    seeds: [
      "VERIFY_SERVER = TRUE; MIN_TLS_VERSION = 1.2",
      "CIPHER_LIST = ECDHE-RSA-AES128-GCM-SHA256",
      "VERIFY_SERVER_NAME = DNS:*.a.example",
    ],
    run(input) {
      const profile = attempt(() => parseTlsProfile(textOf(input)));
      if (profile === undefined) return;
      require(typeof profile.verifyServer === "boolean", () => "verifyServer is no answer");
      require(["1.0", "1.1", "1.2", "1.3"].includes(profile.minTlsVersion), () => `version ${profile.minTlsVersion}`);
    },
  },
  {
    name: "pem",
    promise:
      "any text is blocks that are written and read again as themselves, or a refusal; reading it for a platform never fails",
    words: [...PEM, "-----", "\r\n", "\n", "=", "QUJD", "Proc-Type: 4,ENCRYPTED\n", " "],
    seeds: [
      `${PEM[0]}QUJD\n${PEM[1]}`,
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nQUJD\n-----END RSA PRIVATE KEY-----\n",
    ],
    run(input) {
      const text = textOf(input);
      const refusal = new Error("refused");
      const parse = (pem: string) => {
        try {
          return parsePem(pem, () => {
            throw refusal;
          });
        } catch (error) {
          if (error !== refusal) throw error;
          return undefined;
        }
      };
      const blocks = parse(text);
      if (blocks !== undefined && blocks.length > 0) {
        const again = parse(formatPem(blocks));
        const content = (all: typeof blocks | undefined) =>
          JSON.stringify(all?.map((block) => ({ ...block, line: 0 })));
        require(content(again) === content(blocks), () => "blocks are read again as others");
      }
      pemBlocks(text);
      attempt(() => readKey(text, "key"));
    },
  },
  {
    name: "certificate",
    promise: "any octets are a certificate's names and key, or a RangeError that names it",
    words: DER,
    seeds: [CERTIFICATE, "0\x80"],
    run(input) {
      const certificate = inRange(() => readCertificate(input));
      require(certificate === undefined || certificate.publicKey.length <= input.length, () => "a key longer than all");
    },
  },
  {
    name: "der_key",
    promise: "any octets are a key or none, and a key is one in DER again",
    words: [...DER, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", "\x06\x03\x2b\x65\x70"],
    seeds: [
      "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20" + "k".repeat(32),
      "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" + "k".repeat(32),
      der(0x30, ...Array.from({ length: 9 }, () => der(2, "\x01"))),
    ],
    run(input) {
      for (const read of [readPkcs8, readPkcs1, readSpki]) {
        const key = inRange(() => read(input));
        if (key !== undefined) require(key.octets[0] === 0x30, () => "no sequence");
      }
    },
  },
  {
    name: "item_list",
    promise: "any text is keys and values that make the text again, or an InputError that shows none of it",
    words: ["=", ";", "user", "password", "user=ada;", "\r\n"],
    seeds: ["user=ada;password=secret", "a==;b=", "=a"],
    run(input) {
      const text = textOf(input);
      const items = attempt(() => parseItems(text, "list"));
      if (items === undefined) return;
      const again = items.map((item) => item.join("=")).join(";");
      require(again === text, () => `${JSON.stringify(again)} instead of ${JSON.stringify(text)}`);
    },
  },
];
