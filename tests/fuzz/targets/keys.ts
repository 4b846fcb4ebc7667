/** Keys and certificates. @module */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { Buffer } from "node:buffer";
import { readPkcs1, readPkcs8, readSpki } from "../../../lib/dkim/der.ts";
import { readKey } from "../../../lib/dkim/key.ts";
import { formatPem, parsePem } from "../../../lib/profile/pem.ts";
import { readCertificate } from "../../../lib/runtime/certificate.ts";
import { pemBlocks } from "../../../lib/runtime/pem.ts";
import { der, type Grammar } from "../grammar.ts";
import { PEM_TEXT } from "../grammars.ts";
import type { Dice } from "../mutate.ts";
import { attempt, require, type Target, textOf } from "../target.ts";

const SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
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

/** Without faults. */
const whole = (tag: number, ...parts: readonly string[]): string => der(() => 9, tag, parts.join(""));

/** The least certificate, with names. */
const CERTIFICATE = whole(
  0x30,
  whole(
    0x30,
    ...[whole(2, "\x01"), whole(0x30), whole(0x30), whole(0x30), whole(0x30), whole(0x30, whole(3, "\0"))],
    whole(
      0xa3,
      whole(
        0x30,
        whole(
          0x30,
          whole(6, "\x55\x1d\x11"),
          whole(4, whole(0x30, whole(0x82, "a.example"), whole(0x87, "\x7f\0\0\x01"))),
        ),
      ),
    ),
  ),
  whole(0x30),
  whole(3, "\0"),
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

/** One of several. */
function oneOf<T>(dice: Dice, ...all: readonly T[]): T {
  return all[dice(all.length)]!;
}

/** Names of the forms that a certificate's may have, and of others. */
function generalName(dice: Dice): string {
  const [tag, content] = oneOf(
    dice,
    ...[[0x82, "a.example"], [0x82, "*.a.example"], [0x87, "\x7f\0\0\x01"], [0x87, "\0".repeat(15) + "\x01"], [
      0x86,
      "sip:a",
    ]] as const,
    ...[[0x81, "a@b.example"], [0x82, "a\0.example"], [0x82, "b\xfc.example"], [0x87, "\x7f"], [0xa4, "0\0"], [
      0x88,
      "\x2a",
    ], [2, ""]] as const,
  );
  return der(dice, tag, content);
}

const CERTIFICATE_DER: Grammar = (dice) => {
  const many = (make: () => string, most: number) => Array.from({ length: dice(most) }, make).join("");
  const names = () => der(dice, 0x30, many(() => generalName(dice), 5));
  const extension = (oid: string, content: string) =>
    der(dice, 0x30, der(dice, 6, oid) + oneOf(dice, "", "", der(dice, 1, "\xff")) + der(dice, 4, content));
  const extensions = many(
    () => oneOf(dice, extension("\x55\x1d\x11", names()), extension("\x55\x1d\x0f", "\x03\x02\x05\xa0")),
    4,
  );
  const name = () =>
    oneOf(
      dice,
      der(dice, 0x30, ""),
      der(dice, 0x30, der(dice, 0x31, der(dice, 0x30, der(dice, 6, "\x55\x04\x03") + der(dice, 0x0c, "a.example")))),
    );
  const algorithm = () => der(dice, 0x30, der(dice, 6, "\x2b\x65\x70"));
  const key = der(dice, 0x30, algorithm() + der(dice, 3, "\0" + "k".repeat(32)));
  const time = () => der(dice, 0x17, "260101000000Z");
  const body = der(
    dice,
    0x30,
    ...[
      oneOf(dice, der(dice, 0xa0, der(dice, 2, "\x02")), "") + der(dice, 2, "\x01") + algorithm() + name() +
      der(dice, 0x30, time() + time()) + name() + key + oneOf(dice, "", der(dice, 0xa3, der(dice, 0x30, extensions))),
    ],
  );
  return der(dice, 0x30, body + algorithm() + der(dice, 3, "\0" + "s".repeat(64))) + oneOf(dice, "", "", "\0");
};

const KEY_DER: Grammar = (dice) => {
  const number = () => der(dice, 2, oneOf(dice, "\x01", "\0\x80", "\0" + "\xc1".repeat(128), "\x01\0\x01", ""));
  const rsa = der(dice, 0x30, der(dice, 2, "\0") + Array.from({ length: oneOf(dice, 8, 8, 7, 9, 2) }, number).join(""));
  const algorithm = oneOf(
    dice,
    "\x30\x05\x06\x03\x2b\x65\x70",
    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0",
    der(dice, 0x30, der(dice, 6, "\x2a")),
  );
  const inner = oneOf(dice, rsa, der(dice, 4, "k".repeat(32)), der(dice, 0x30, number() + number()), "");
  return oneOf(
    dice,
    rsa,
    der(dice, 0x30, der(dice, 2, oneOf(dice, "\0", "\x01")) + algorithm + der(dice, 4, inner)),
    der(dice, 0x30, algorithm + der(dice, 3, "\0" + oneOf(dice, "k".repeat(32), inner))),
  );
};

/** What the platform says that a key in PKCS #8 is. */
function platformKeyType(octets: Uint8Array): string | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(octets), format: "der", type: "pkcs8" }).asymmetricKeyType;
  } catch {
    return undefined;
  }
}

/** A certificate as the platform reads it, with a key that it knows. */
function platformCertificate(octets: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(octets);
    void certificate.publicKey.asymmetricKeyType;
    return certificate;
  } catch {
    return undefined;
  }
}

/** Parsers of keys and certificates. */
export const KEYS: readonly Target[] = [
  {
    name: "pem",
    grammar: PEM_TEXT,
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
    grammar: CERTIFICATE_DER,
    promise: "any octets are a certificate's names and key, or a RangeError that names it",
    words: DER,
    seeds: [CERTIFICATE, "0\x80"],
    run(input) {
      const certificate = inRange(() => readCertificate(input));
      if (certificate === undefined) return;
      require(certificate.publicKey.length <= input.length, () => "a key longer than all");
      const other = platformCertificate(input);
      if (other === undefined) return;
      const spki = other.publicKey.export({ type: "spki", format: "der" });
      // The platform writes lengths anew, the key itself is what it was.
      require(
        Buffer.from(certificate.publicKey.slice(-32)).equals(spki.subarray(-32)),
        () => "another key than the platform's",
      );
      if (typeof other.subjectAltName !== "string") return;
      // What the platform shows of a name is quoted where it is anything else than these.
      const names = [...other.subjectAltName.matchAll(/(?:^|, )DNS:([a-z0-9.*-]+)(?=,|$)/g)].map(([, name]) => name);
      const own = certificate.names.dns.filter((name) => /^[a-z0-9.*-]+$/.test(name));
      require(names.join() === own.join(), () => `the names ${own.join()} instead of ${names.join()}`);
    },
  },
  {
    name: "der_key",
    grammar: KEY_DER,
    promise: "any octets are a key or none, and a key is one in DER again",
    words: [...DER, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", "\x06\x03\x2b\x65\x70"],
    seeds: [
      "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20" + "k".repeat(32),
      "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" + "k".repeat(32),
      whole(0x30, ...Array.from({ length: 9 }, () => whole(2, "\x01"))),
    ],
    run(input) {
      for (const read of [readPkcs8, readPkcs1, readSpki]) {
        const key = inRange(() => read(input));
        if (key === undefined) continue;
        require(key.octets[0] === 0x30, () => "no sequence");
        if (read === readSpki) continue;
        const type = platformKeyType(key.octets);
        require(type === undefined || type === key.algorithm, () => `a key that is ${type} is called ${key.algorithm}`);
      }
    },
  },
  {
    name: "dkim_key",
    promise:
      "any text, as PEM or as a JSON Web Key, is a key that the platform takes, or an InputError that shows nothing of it",
    words: [
      ...[
        '{"kty":"OKP","crv":"Ed25519"',
        '{"kty":"RSA"',
        ',"x":"',
        ',"d":"',
        ',"n":"',
        ',"e":"AQAB"',
        '"',
        "}",
        ',"alg":"RS256"',
        ',"use":"sig"',
      ],
      ...[',"key_ops":["sign"]', SECRET, "A".repeat(43), ...PEM, "null", "=", "-_"],
    ],
    seeds: [
      `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`,
      `{"kty":"RSA","n":"${"w".repeat(171)}","e":"AQAB","d":"${SECRET}"}`,
      '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"sig","alg":"EdDSA"}',
    ],
    async run(input) {
      const text = textOf(input);
      let jwk: unknown = text;
      try {
        jwk = JSON.parse(text);
      } catch {
        // Then it is PEM, or nothing.
      }
      try {
        const key = readKey(jwk, "key");
        const loaded = await key.load({ extractable: false });
        require(loaded.type === key.type, () => `a key that is ${loaded.type} is called ${key.type}`);
      } catch (error) {
        require(!String((error as Error).message).includes(SECRET), () => "the key is shown");
        attempt(() => {
          throw error;
        });
      }
    },
  },
];
