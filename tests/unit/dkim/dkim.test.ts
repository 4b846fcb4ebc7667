import { Buffer } from "node:buffer";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { dkim } from "../../../lib/dkim/dkim.ts";
import type { DkimCanonicalization, DkimSignature } from "../../../lib/dkim/options.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { octetsOf } from "../mime/support.ts";
import { binary, contentOf, ED25519, GAME, pem, RSA, utf8, vectors, verdicts } from "./support.ts";
import { tries } from "../../support/effort.ts";

const FORMS: readonly DkimCanonicalization[] = ["relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"];

const HEADER = [
  "From: Joe SixPack <joe@football.example.com>",
  "To: Suzie Q  <suzie@shopping.example.net>,",
  "\t bob@example.net",
  "Subject:  Is   dinner\tready? ",
  "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)",
  "X-Custom: one",
  "x-custom : two",
  "",
  "",
].join("\r\n");

const NOW = new Date("2026-03-01T12:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** A message with its signatures before it. */
async function signed(message: string, signatures: DkimSignature | readonly DkimSignature[]): Promise<string> {
  return await dkim(signatures).sign(contentOf(message)) + message;
}

/** A tag of a signature, without blanks. */
function tag(field: string, name: string): string | undefined {
  return new RegExp(`[:;\\s]${name}=([^;]*)`).exec(field)?.[1].replace(/\s/g, "");
}

const OVERSIGNED = [undefined, [], ["From", "X-Custom", "X-None"]];
const EXPIRIES = [undefined, 3600];
const COMBINATIONS = FORMS.flatMap((canonicalization) =>
  OVERSIGNED.flatMap((oversign) => EXPIRIES.map((expiresIn) => ({ canonicalization, oversign, expiresIn })))
);

test.each(COMBINATIONS)("dkim by RSA and Ed25519 passes for every body with %o", async (combination) => {
  const { canonicalization, oversign, expiresIn } = combination;
  const options = { canonicalization, ...(oversign && { oversign }), ...(expiresIn && { expiresIn }) };
  const signer = dkim([{ ...RSA, ...options }, { ...ED25519, ...options }]);
  const bodies = [
    ...vectors.bodies.map(({ body }) => body),
    "\t\r\n\r\n .\r\n..\r\n \t x\r\n\r\n",
    utf8("é\u00a0 \r\n"),
  ];
  for (const body of bodies) {
    const fields = await signer.sign(contentOf(HEADER + body));
    expect(await verdicts(fields + HEADER + body), JSON.stringify(body)).toEqual(["pass", "pass"]);
  }
});

test("dkim signs with different forms in one reading", async () => {
  const signatures = [
    ...FORMS.map((canonicalization, i) => ({ ...RSA, selector: `s${i}`, canonicalization })),
    ...FORMS.map((canonicalization, i) => ({ ...ED25519, selector: `e${i}`, canonicalization })),
  ];
  const { "test._domainkey.football.example.com": rsa, "brisbane._domainkey.football.example.com": ed25519 } =
    vectors.rfc8463.dns;
  const dns = Object.fromEntries(FORMS.flatMap((_, i) => [
    [`s${i}._domainkey.football.example.com`, rsa],
    [`e${i}._domainkey.football.example.com`, ed25519],
  ]));
  let readings = 0;
  const content = contentOf(`${HEADER} a  b\t\r\n\r\n`);
  const counted = { ...content, stream: () => (readings++, content.stream()) };
  const fields = await dkim(signatures).sign(counted);
  expect(readings).toBe(1);
  expect(await verdicts(`${fields}${HEADER} a  b\t\r\n\r\n`, dns)).toEqual(Array(8).fill("pass"));
  const hashes = fields.split("DKIM-Signature:").slice(1).map((field) => tag(field, "bh"));
  expect(new Set(hashes).size).toBe(2);
});

test("dkim says who signed, when and for how long, and never l=", async () => {
  const field = await dkim({ ...RSA, identity: "joe@NEWS.football.example.com", expiresIn: 60 }).sign(contentOf(GAME));
  const time = NOW.getTime() / 1000;
  expect(field.startsWith("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=football.example.com;\r\n")).toBe(
    true,
  );
  expect(tag(field, "s")).toBe("test");
  expect(tag(field, "i")).toBe("joe@news.football.example.com");
  expect(tag(field, "t")).toBe(String(time));
  expect(tag(field, "x")).toBe(String(time + 60));
  expect(tag(field, "l")).toBeUndefined();
  expect(tag(field, "bh")).toBe(vectors.rfc8463.bodyHash);
  const plain = await dkim(ED25519).sign(contentOf(GAME));
  expect(plain).toContain("a=ed25519-sha256;");
  expect(tag(plain, "i")).toBeUndefined();
  expect(tag(plain, "x")).toBeUndefined();
});

test("dkim makes the same field at the same time", async () => {
  const signer = dkim([RSA, ED25519]);
  const first = await signer.sign(contentOf(GAME));
  expect(await signer.sign(contentOf(GAME))).toBe(first);
  expect(await dkim([RSA, ED25519]).sign(contentOf(GAME, [3, 100, 200]))).toBe(first);
});

test("dkim's signature counts until it expires", async () => {
  const message = await signed(GAME, { ...RSA, expiresIn: 60 });
  vi.setSystemTime(NOW.getTime() + 59_000);
  expect(await verdicts(message)).toEqual(["pass"]);
  vi.setSystemTime(NOW.getTime() + 61_000);
  expect(await verdicts(message)).not.toEqual(["pass"]);
});

test("dkim's identity may have any local part", async () => {
  for (const local of ["o'hara+news", '"a; b=c"', "jörg", ""]) {
    const identity = `${local}@football.example.com`;
    const message = await signed(GAME, { ...RSA, identity });
    const field = message.slice(0, message.indexOf("From:"));
    expect(field).toMatch(/^[ -~\r\n]*$/);
    expect(await verdicts(message), identity).toEqual(["pass"]);
  }
  expect(await signed(GAME, { ...RSA, identity: '"a; b=c"@football.example.com' }))
    .toContain(' i="a=3B=20b=3Dc"@football.example.com;');
});

test("dkim takes international names, and writes A-labels", async () => {
  const field = await dkim({ ...RSA, domain: "bücher.example", selector: "schlüssel.2026" }).sign(contentOf(GAME));
  expect(tag(field, "d")).toBe("xn--bcher-kva.example");
  expect(tag(field, "s")).toBe("xn--schlssel-95a.2026");
});

test("dkim keeps its fields within 78 columns where a tag can be broken", async () => {
  const long = `${"a".repeat(60)}.${"b".repeat(60)}.example.com`;
  for (const signature of [RSA, ED25519, { ...RSA, domain: long, identity: `${"x".repeat(60)}@${long}` }]) {
    const headers = ["From", "To", ...Array.from({ length: 40 }, (_, i) => `X-${"y".repeat(i)}`)];
    const fields = await dkim({ ...signature, headers, oversign: headers }).sign(contentOf(GAME));
    const lines = fields.split("\r\n");
    expect(lines.pop()).toBe("");
    expect(lines.length).toBeGreaterThan(10);
    for (const [i, line] of lines.entries()) {
      if (i > 0) expect(line).toMatch(/^ [^ ]/);
      expect(line).toMatch(/[^ ]$/);
      if (!/^ [di]=/.test(line)) expect(line.length).toBeLessThanOrEqual(78);
    }
  }
});

test("dkim signs header fields that are not ASCII as the octets they are", async () => {
  const header = utf8("From: Jörg <jörg@football.example.com>\r\nSubject: Grüße\u3000 \r\n") +
    "X-Latin: Gr\xfc\xdfe\r\n\r\n";
  const headers = ["From", "Subject", "X-Latin"];
  for (const canonicalization of FORMS) {
    const message = await signed(`${header}Hi\r\n`, [{ ...RSA, headers, canonicalization }, ED25519]);
    expect(await verdicts(message)).toEqual(["pass", "pass"]);
    expect(await verdicts(message.replace("\xfc\xdf", "ue"))).toEqual(["fail: bad signature", "pass"]);
  }
});

test("dkim signs what compose makes: a text, pieces, a stream, and a raw message", async () => {
  const about = {
    from: "Ada <ada@football.example.com>",
    to: "bob@example.net",
    subject: "Grüße",
    text: "Hallo \n.\n\n",
  };
  const file = new Uint8Array(700_000).fill(7);
  const stream = async function* () {
    for (let i = 0; i < 3; i++) yield await Promise.resolve(file.subarray(0, 100_000));
  };
  const messages = [
    about,
    { ...about, attachments: [{ filename: "a.bin", content: file.subarray(0, 1000) }] },
    { ...about, attachments: [{ filename: "a.bin", content: file }] },
    { ...about, attachments: [{ filename: "a.bin", content: { open: stream } }] },
    { raw: GAME.replaceAll("\r\n", "\n"), envelope: { from: null, to: ["bob@example.net"] } },
    {
      raw: utf8("From: jörg@football.example.com\nTo: a@example.net\n\nHi"),
      envelope: { from: null, to: ["b@example.net"] },
    },
  ];
  for (const message of messages) {
    const { content } = compose(message);
    const fields = await dkim([RSA, ED25519]).sign(content);
    expect(await verdicts(Buffer.concat([binary(fields), await octetsOf(content)]))).toEqual(["pass", "pass"]);
  }
});

test("dkim reads a stream through memory that its source uses again", async () => {
  const memory = new Uint8Array(256 * 1024);
  const line = binary("0123456789 abcdefghijklmnopqrstuvwxyz  ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789\r\n");
  const lines = Math.floor(memory.length / line.length);
  const rounds = 40;
  const content = {
    ...contentOf(""),
    async *stream() {
      const header = binary(GAME.slice(0, GAME.indexOf("Hi.")));
      memory.set(header);
      yield await Promise.resolve(memory.subarray(0, header.length));
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < lines; i++) memory.set(line, i * line.length);
        yield memory.subarray(0, lines * line.length);
        memory.fill(0x78);
      }
    },
  };
  const field = await dkim({ ...ED25519, canonicalization: "relaxed/simple" }).sign(content);
  const body = Buffer.alloc(rounds * lines * line.length, line);
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(body));
  expect(tag(field, "bh")).toBe(Buffer.from(digest).toString("base64"));
});

test("dkim loads its keys once, and sees a damaged one before it reads", async () => {
  const importKey = vi.spyOn(crypto.subtle, "importKey");
  const signer = dkim([RSA, ED25519]);
  expect(importKey).not.toHaveBeenCalled();
  await Promise.all([signer.sign(contentOf(GAME)), signer.sign(contentOf(GAME))]);
  await signer.sign(contentOf(GAME));
  expect(importKey).toHaveBeenCalledTimes(2);
});

test("dkim refuses a damaged key before it reads the message", async () => {
  // PKCS#8 as it should be, around four octets that are no key.
  const der = [
    0x30,
    0x18,
    2,
    1,
    0,
    0x30,
    0x0d,
    6,
    9,
    0x2a,
    0x86,
    0x48,
    0x86,
    0xf7,
    0x0d,
    1,
    1,
    1,
    5,
    0,
    4,
    4,
    1,
    2,
    3,
    4,
  ];
  const stream = vi.fn(contentOf(GAME).stream);
  const signer = dkim({ ...RSA, key: pem("PRIVATE KEY", Uint8Array.from(der)) });
  await expect(signer.sign({ ...contentOf(GAME), stream })).rejects.toThrow("dkim.key: is a damaged key");
  expect(stream).not.toHaveBeenCalled();
});

test("dkim refuses a message that would not verify", async () => {
  const refusals: readonly (readonly [message: string, reason: RegExp])[] = [
    ["", /0 From fields/],
    ["\r\nFrom: a@example.com\r\n", /0 From fields/],
    ["To: a@example.com\r\n\r\nHi\r\n", /0 From fields/],
    ["From: a@example.com\r\nFROM : b@example.com\r\n\r\nHi\r\n", /2 From fields/],
    ["From: a@example.com\r\nNo field\r\n\r\nHi\r\n", /octet 21 of the header/],
    [" From: a@example.com\r\n\r\nHi\r\n", /octet 0 of the header/],
    ["From: a@example.com", /the last line of the header has no end/],
    ["From: a@example.com\nTo: b@example.com\n\nHi", /stands alone near octet 19/],
    ["From: a@example.com\r\n\r\nHi\nHo\r\n", /stands alone near octet 25/],
    ["From: a@example.com\r\n\r\nHi\rHo\r\n", /stands alone near octet 26/],
    ["From: a@example.com\r\n\r\nHi\r\r\n", /stands alone near octet 26/],
    ["From: a@example.com\r\n\r\nHi\r", /stands alone near octet 26/],
    [`From: a@example.com\r\nX: ${"x".repeat(4 * 1024 * 1024)}\r\n\r\nHi\r\n`, /the header has more than/],
  ];
  for (const [message, reason] of refusals) {
    for (const cuts of [[], [1, 2, 20, 21, 22, 25, 26].filter((cut) => cut <= message.length)]) {
      const outcome = await dkim(RSA).sign(contentOf(message, cuts)).catch((error: unknown) => error);
      expect(outcome, message.slice(0, 60)).toBeInstanceOf(InputError);
      expect((outcome as InputError).field).toBe("content");
      expect((outcome as InputError).message).toMatch(reason);
    }
  }
  await expect(dkim(RSA).sign({ ...contentOf(GAME), body: "binary" })).rejects.toThrow(/is binary/);
});

test("dkim passes on what a source throws, and closes the source when it gives up", async () => {
  const broken = new Error("the disk is gone");
  const failing = {
    ...contentOf(GAME),
    stream: () =>
      (async function* () {
        yield binary(GAME);
        await Promise.reject(broken);
      })(),
  };
  await expect(dkim(RSA).sign(failing)).rejects.toBe(broken);
  let closed = false;
  const bad = {
    ...contentOf(GAME),
    stream: () =>
      (async function* () {
        try {
          while (true) yield await Promise.resolve(binary("\n"));
        } finally {
          closed = true;
        }
      })(),
  };
  await expect(dkim(RSA).sign(bad)).rejects.toThrow(InputError);
  expect(closed).toBe(true);
});

test("dkim signs the same for any fields and body in any pieces, and they pass", async () => {
  const word = fc.constantFrom(
    "a",
    "Bc",
    " ",
    "  ",
    "\t",
    "\r\n ",
    "\r\n\t",
    "é",
    "=?utf-8?q?x?=",
    ":",
    ";",
    "<a@example.com>",
  );
  const value = fc.array(word, { maxLength: 8 }).map((words) => utf8(`x${words.join("")}x`));
  const name = fc.constantFrom("To", "subject", "Cc", "X-One", "List-Unsubscribe", "Content-Type", "Received");
  const field = fc.tuple(name, fc.constantFrom(":", ": ", " :\t"), value).map((parts) => `${parts.join("")}\r\n`);
  const body = fc.array(fc.constantFrom("a", "\r\n", " ", "\t", "..", "é", "\r\n\r\n"), { maxLength: 20 })
    .map((words) => utf8(words.join("")));
  const signers = FORMS.map((canonicalization) => dkim([RSA, ED25519].map((one) => ({ ...one, canonicalization }))));
  await fc.assert(
    fc.asyncProperty(
      fc.array(field, { maxLength: 6 }),
      body,
      fc.array(fc.nat({ max: 300 }), { maxLength: 5 }),
      fc.nat({ max: 3 }),
      async (fields, text, cuts, form) => {
        const message = `${fields.join("")}From: a@football.example.com\r\n\r\n${text}`;
        const whole = await signers[form].sign(contentOf(message));
        expect(await signers[form].sign(contentOf(message, cuts.map((cut) => Math.min(cut, message.length))))).toBe(
          whole,
        );
        expect(await verdicts(whole + message)).toEqual(["pass", "pass"]);
      },
    ),
    { seed: 8463, numRuns: tries(150) },
  );
});
