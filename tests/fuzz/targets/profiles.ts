/** Configuration: connection strings, URLs, assignment files, TLS profiles, and what may be fetched. @module */
import { toAsciiDomain } from "../../../lib/address/domain.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import { parseConnectionString } from "../../../lib/profile/connection_string.ts";
import { parseTlsProfile } from "../../../lib/profile/tls_profile.ts";
import { parseSmtpUrl } from "../../../lib/profile/url.ts";
import { proxy } from "../../../lib/proxy/url.ts";
import { urlLoader } from "../../../lib/client/url_loader.ts";
import { directoryOf, pathIdentity, readLogicals, resolvePath } from "../../../lib/profile/file_path.ts";
import { readCipherList } from "../../../lib/runtime/cipher_suites.ts";
import { booleanOption, readOptions, sizeOption } from "../../../lib/uniface/option_list.ts";
import { parseItems } from "../../../lib/uniface/item_list.ts";
import { ASSIGNMENT_FILE, CONNECTION_STRING, PROXY_URL, SMTP_URL, TLS_PROFILE } from "../grammars.ts";
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

/** Parsers of configuration. */
export const PROFILES: readonly Target[] = [
  {
    name: "connection_string",
    grammar: CONNECTION_STRING,
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
      const text = textOf(input);
      const given = /\+(\d+)/.exec(text);
      require(given === null || Number(given[1]) === parsed.port, () => `port ${parsed.port} of ${text}`);
      // deno-lint-ignore no-control-regex
      if (!/[^\x00-\x7f]|xn--/i.test(text)) {
        require(text.toLowerCase().includes(parsed.host.toLowerCase()), () => `host ${parsed.host} of ${text}`);
      }
    },
  },
  {
    name: "smtp_url",
    grammar: SMTP_URL,
    promise:
      "any text is the host, port and credentials that URL's parser reads in it, or a ConfigError that shows no password",
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
      const isName = !/^[\d.]+$|:/.test(url.host);
      const host = isName ? attempt(() => toAsciiDomain(url.host.replace(/\.$/, ""), "host")) : undefined;
      // What the platform reads in it, of a scheme whose hosts it knows. Names that are none are refused later on.
      const asHttp = text.trim().replace(/^[a-z+]+:/i, "http:");
      if (isName && host === undefined && !URL.canParse(asHttp)) return;
      const other = new URL(asHttp);
      require(
        host === undefined || other.hostname.replace(/\.$/, "") === host,
        () => `${url.host} is ${other.hostname} for URL`,
      );
      require(other.port === "" || Number(other.port) === url.port, () => `port ${url.port} is ${other.port} for URL`);
      require(
        decodeURIComponent(other.username) === (url.user ?? ""),
        () => `${url.user} is ${other.username} for URL`,
      );
      require(decodeURIComponent(other.password) === (url.password ?? ""), () => "another password");
      const secret = url.password;
      if (secret !== undefined && secret.length > 6) {
        require(!JSON.stringify(url).includes(secret) || url.host.includes(secret), () => "a password is shown");
      }
    },
  },
  {
    name: "proxy_url",
    grammar: PROXY_URL,
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
    grammar: ASSIGNMENT_FILE,
    promise: "any octets are profiles that can be looked up, the same as in the text that they are, or a ConfigError",
    words: OPTIONS,
    seeds: [
      "[p]\nVERIFY_SERVER = TRUE\n",
      "; a\r\n[SETTINGS]\r\nUSYS$TLS_PARAMS = {VERIFY_SERVER=FALSE}\r\n",
      "USYS$TLS_PARAMS MIN_TLS_VERSION=1.2",
    ],
    run(input) {
      const file = attempt(() => AssignmentFile.parse(input));
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
      if (!text.includes("\ufffd") && !text.includes("\0")) {
        const other = attempt(() => AssignmentFile.parse(text));
        require((file === undefined) === (other === undefined), () => "text is judged otherwise than octets");
        require(file?.has("p") === other?.has("p"), () => "text holds other profiles than octets");
      }
      if (file === undefined) return;
      attempt(() => file.driverProfile());
      if (file.has("p")) attempt(() => file.profile("p"));
    },
  },
  {
    name: "tls_profile",
    grammar: TLS_PROFILE,
    promise:
      "any text is a profile that checks the server unless a word in it says otherwise, with suites that are known, or a ConfigError",
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
      const says = (words: RegExp) => words.test(textOf(input));
      require(
        profile.verifyServer || says(/verify_server/i) && says(/false|no|off|0|f|n/i),
        () => "the server is not checked",
      );
      attempt(() => readCipherList({ profile: "p", cipherList: profile.cipherList }));
      require(["1.0", "1.1", "1.2", "1.3"].includes(profile.minTlsVersion), () => `version ${profile.minTlsVersion}`);
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
  {
    name: "option_list",
    promise: "any text is options that are known, each once, or an InputError that shows none of it",
    words: ["=", ";", "CC", "cc=", "MaxSize=", "Secure=", "TRUE", "0", "9".repeat(20), "password=secret-4711"],
    seeds: ["cc=a;secure=T;maxsize=10", "CC=a;cc=b", "x=secret-4711"],
    run(input) {
      const text = textOf(input);
      const options = attempt(() => readOptions(text, { field: "options", keys: ["cc", "secure", "maxsize"] }));
      if (options === undefined) return;
      attempt(() => booleanOption(options.get("secure"), "secure"));
      const size = attempt(() => sizeOption(options.get("maxsize"), "maxsize"));
      require(size === undefined || (Number.isSafeInteger(size) && size >= 0), () => `a size of ${size}`);
    },
  },
  {
    name: "file_path",
    promise: "any path stands in the folder of its logical or of its file, and has one identity, or a ConfigError",
    words: ["usys:", "USYS:", "/", "\\", "..", ".", "C:", "a.pem", ":", "//", " ", "é"],
    seeds: ["usys:ca.pem", "../a.pem", "C:\\a\\b.pem", "/etc//x/./y"],
    run(input) {
      const text = textOf(input);
      const logicals = readLogicals({ usys: "/usys" });
      const path = attempt(() => resolvePath(text, { directory: "/home", logicals, place: { source: "a" } }));
      if (path !== undefined && /^usys:/i.test(text)) {
        require(path.startsWith("/usys"), () => `${path} is no path of usys`);
      }
      const identity = pathIdentity(text);
      require(pathIdentity(identity) === identity, () => `${identity} has another identity`);
      const directory = directoryOf(text);
      require(
        directory === undefined || (text.startsWith(directory) && /[/\\]$/.test(directory)),
        () => `${directory} is no folder`,
      );
    },
  },
  {
    name: "url_loader",
    promise: "any URL is fetched from the folder that was allowed, or refused; what is too large ends in an error",
    words: [
      "https://cdn.example/assets/",
      "..",
      "%2e%2e",
      "%2f",
      "\\",
      "/",
      "@",
      "a",
      "?",
      "#",
      "https://",
      "http://",
      "cdn.example",
      ":443",
      "\t",
      "．．",
    ],
    seeds: [
      "https://cdn.example/assets/a.png",
      "https://cdn.example/assets/../b",
      "https://cdn.example@a.example/assets/",
      "https://cdn.example/assets/%2e%2e/b",
    ],
    async run(input) {
      const asked: string[] = [];
      const genuine = globalThis.fetch;
      globalThis.fetch = (url) => {
        asked.push(String(url));
        return Promise.resolve(new Response(input.slice() as Uint8Array<ArrayBuffer>, { status: 200 }));
      };
      try {
        const loader = urlLoader({ allow: ["https://cdn.example/assets/"], maxSize: 64 });
        const octets = await new Response(
          await loader.url(textOf(input)).open() as ReadableStream<Uint8Array<ArrayBuffer>>,
        ).bytes();
        require(octets.length <= 64, () => `${octets.length} octets`);
      } catch (error) {
        const isRefusal = error instanceof TypeError && /^(?:is|has|cannot) /.test(error.message);
        const isTooLarge = error instanceof Error && error.message === "the response has more than 64 octets" &&
          input.length > 64;
        if (!isRefusal && !isTooLarge) throw error;
      } finally {
        globalThis.fetch = genuine;
      }
      for (const url of asked) {
        require(url.startsWith("https://cdn.example/assets/") && new URL(url).href === url, () => `${url} is fetched`);
      }
    },
  },
];
