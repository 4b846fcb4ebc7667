/** What callers, their signers and platforms hand over as text. @module */
import { ConnectionError } from "../../../lib/errors.ts";
import {
  attributeLines,
  type AttributeTable,
  ipAddress,
  readAttributes,
  word,
} from "../../../lib/extensions/relay_attributes.ts";
import { multipart } from "../../../lib/mime/entity.ts";
import { checkSignature } from "../../../lib/mime/signer.ts";
import { connectFailure, connectionLost, tlsFailure } from "../../../lib/runtime/failure.ts";
import { serviceAccount } from "../../../lib/sasl/service_account.ts";
import { requireContent } from "../content.ts";
import { ENTITY } from "../grammars.ts";
import { attempt, binaryOf, octetsOf, require, type Target, textOf } from "../target.ts";

const TABLE: AttributeTable = {
  helo: ["HELO", word],
  addr: ["ADDR", ipAddress],
  login: ["LOGIN", (value) => String(value)],
};

/** An error as a platform makes one, of the parts that 0xFE divides. */
function platformError(text: string): Error {
  const [message = "", code = "", syscall = "", reason = ""] = text.split("\xfe");
  const library = reason === "" ? "" : "SSL routines";
  return Object.assign(new Error(message), { code, syscall, reason, library });
}

/** Readers of what is the caller's or the platform's own. */
export const CALLERS: readonly Target[] = [
  {
    name: "platform_error",
    promise: "whatever a platform says of a connection becomes a ConnectionError of bounded, printable text",
    words: [
      ...[
        "\xfe",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ETIMEDOUT",
        "getaddrinfo",
        "connect",
        "CERT_HAS_EXPIRED",
        "EPERM",
      ],
      ...[
        "failed to lookup address",
        "not known",
        "certificate",
        "self-signed",
        "alert",
        "handshake",
        "wrong version number",
      ],
      ...["UnknownIssuer", "NotValidForName", "received fatal alert: ", "\r\n", "\0", "\x1b[0m", "\u2028", "é", ": "],
    ],
    seeds: [
      "getaddrinfo ENOTFOUND a.example\xfeENOTFOUND\xfegetaddrinfo",
      "invalid peer certificate: UnknownIssuer",
      "x\xfeERR_SSL_WRONG_VERSION_NUMBER\xfe\xfewrong version number",
    ],
    run(input) {
      const cause = platformError(binaryOf(input));
      const target = { host: "mail.example", port: 465 };
      for (
        const error of [
          connectFailure(cause, target),
          connectFailure(new AggregateError([Object.assign(cause, { address: textOf(input) })]), target),
          connectionLost(cause, target),
          tlsFailure(cause, { ...target, upgrade: false }),
          tlsFailure(cause, { ...target, upgrade: true }),
        ]
      ) {
        require(error instanceof ConnectionError, () => `no ConnectionError: ${error}`);
        const shown = `${error.message} ${error.advice ?? ""}`;
        require(!/[\p{Cc}\u2028\u2029]/u.test(shown), () => `a control character is shown: ${JSON.stringify(shown)}`);
        require(shown.isWellFormed() && shown.length < 8_000, () => `no text: ${JSON.stringify(shown)}`);
      }
    },
  },
  {
    name: "relay_attributes",
    promise:
      "any text is an attribute of XCLIENT in lines of at most 512 octets from which it is read again, or an InputError",
    words: [
      "+",
      "=",
      " ",
      "é",
      "\r\n",
      "\0",
      "[UNAVAILABLE]",
      "IPV6:",
      "::1",
      "127.0.0.1",
      "<",
      "日本",
      "a".repeat(80),
    ],
    seeds: ["mail.example", "::1", "ada+b@c.example", "é"],
    run(input) {
      const text = textOf(input);
      for (const key of Object.keys(TABLE)) {
        const attributes = attempt(() =>
          readAttributes({ [key]: text, login: "ada" }, { command: "XCLIENT", table: TABLE })
        );
        if (attributes === undefined) continue;
        const lines = attempt(() => attributeLines("XCLIENT", attributes));
        if (lines === undefined) continue;
        const value = attributes.find(({ name }) => name === TABLE[key]![0])!.text.replace(/^[A-Z]+=/, "");
        for (const line of lines) {
          require(/^XCLIENT(?: [A-Z]+=[!-~]+)+\r\n$/.test(line), () => `no line: ${JSON.stringify(line)}`);
        }
        require(lines.join().includes(value), () => `${value} is in no line`);
        const octets = octetsOf(value.replace(/\+([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
        const read = new TextDecoder("utf-8", { ignoreBOM: true }).decode(octets).replace(
          /^IPV6:(?=.*:)/,
          key === "addr" ? "" : "$&",
        );
        const expected = key === "login" ? "ada" : text;
        require(read === expected, () => `${JSON.stringify(read)} instead of ${JSON.stringify(expected)}`);
      }
    },
  },
  {
    name: "signature",
    promise: "any text of a signer's is whole fields of lines that are no longer than they may be, or an InputError",
    words: ["DKIM-Signature: ", "X-A: ", "a", "\r\n", "\r\n ", "\t", " ", ":", "\n", "\r", "é", "b".repeat(200)],
    seeds: ["DKIM-Signature: v=1;\r\n b=abc\r\n", "X-A: a\r\nX-B:\r\n c\r\n", "X-A: a"],
    run(input) {
      const fields = attempt(() => checkSignature(textOf(input)));
      if (fields === undefined) return;
      const lines = fields.split("\r\n");
      require(lines.pop() === "" && lines.length > 0, () => "the last line has no end");
      for (const [at, line] of lines.entries()) {
        const isLine = /^[!-9;-~]+:[\t -~]*$/.test(line) || (at > 0 && /^[\t ]+[!-~]/.test(line));
        require(
          isLine && line.length <= 998 && !/[\r\n]/.test(line),
          () => `no line of a field: ${JSON.stringify(line)}`,
        );
      }
    },
  },
  {
    name: "multipart",
    promise: "any octets as a part of a multipart stand in it as they are, once, between delimiters, or are refused",
    words: ["--", "Content-Type: text/plain\r\n", "Content-", "\r\n", "\r\n\r\n", "a", "é", "--=_", "\n"],
    grammar: ENTITY,
    seeds: ["Content-Type: text/plain\r\n\r\na\r\n", "\r\na"],
    run(input) {
      const made = attempt(() => multipart("multipart/mixed", [input, input]));
      if (made === undefined) return;
      const text = requireContent(made);
      const boundary = /boundary="?([^"\r\n;]+)/.exec(text)![1]!;
      const parts = text.slice(text.indexOf("\r\n\r\n") + 2).split(`\r\n--${boundary}`);
      const part = `\r\n${binaryOf(input)}`;
      require(
        JSON.stringify(parts) === JSON.stringify(["", part, part, "--\r\n"]),
        () => `parts: ${JSON.stringify(parts)}`,
      );
    },
  },
  {
    name: "service_key",
    promise: "any text is a key of a service account in PKCS #8, or an InputError that shows nothing of it",
    words: [
      "-----BEGIN PRIVATE KEY-----",
      "-----END PRIVATE KEY-----",
      "QUJD",
      "\n",
      "\\n",
      " ",
      "=",
      "secret-4711",
      "\r\n",
    ],
    seeds: ["-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n", "secret-4711"],
    run(input) {
      const privateKey = textOf(input);
      const account = attempt(() => {
        try {
          return serviceAccount({ clientEmail: "a@b.example", subject: "c@d.example", privateKey });
        } catch (error) {
          require(!String(error).includes("secret-4711"), () => "the key is shown");
          throw error;
        }
      });
      const isPem = /^\s*-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\s*$/.test(privateKey);
      require(account === undefined || isPem, () => "a key that is no PEM");
    },
  },
];
