import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError, InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { readRawMessage } from "../../../lib/mime/read_raw_message.ts";
import { readAll } from "./support.ts";

const MESSAGE = "From: a@x.test\r\nTo: b@x.test,\n\tc@x.test\rBcc: d@x.test\n\r\nBcc: body é\r.\n";
const ENVELOPE = { from: "a@x.test", to: ["b@x.test", "c@x.test", "d@x.test"] };
const SENT = "From: a@x.test\r\nTo: b@x.test,\r\n\tc@x.test\r\n\r\nBcc: body é\r\n.\r\n";

/** A stream of pieces that counts what was asked of it. */
class Pieces implements AsyncIterable<Uint8Array> {
  readonly #pieces: readonly Uint8Array[];
  read = 0;
  closed = 0;

  constructor(...pieces: readonly (string | Uint8Array)[]) {
    this.#pieces = pieces.map((piece) => typeof piece === "string" ? encodeUtf8(piece) : piece);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of this.#pieces) {
        this.read++;
        yield piece;
        // Its memory is used again.
        piece.fill(0);
      }
    } finally {
      this.closed++;
    }
  }
}

async function sent(message: RawMessage): Promise<string> {
  return decodeUtf8(await readAll(compose(message).content));
}

test("readRawMessage takes the envelope from a stream's fields, and replays what it has read", async () => {
  const octets = encodeUtf8(MESSAGE);
  for (let cut = 0; cut <= octets.length; cut++) {
    const pieces = new Pieces(octets.slice(0, cut), octets.slice(cut));
    const message = await readRawMessage(pieces);
    expect(message.envelope).toEqual(ENVELOPE);
    expect(pieces.closed, "not before it was sent").toBe(0);
    if (await sent(message) !== SENT) expect.fail(`cut at ${cut}`);
    expect(pieces.closed).toBe(1);
  }
});

test("readRawMessage reads octet by octet, and no further than it has to", async () => {
  const octets = [...encodeUtf8(MESSAGE)].map((octet) => Uint8Array.of(octet));
  const pieces = new Pieces(...octets);
  const message = await readRawMessage(pieces);
  expect(message.envelope).toEqual(ENVELOPE);
  expect(pieces.read).toBe(MESSAGE.indexOf("\n\r\nBcc: body") + 2);
  expect(await sent(message)).toBe(SENT);
});

test.each<[string, () => RawMessage["raw"]]>([
  ["a ReadableStream", () => new Blob([MESSAGE]).stream()],
  ["a Blob", () => new Blob([MESSAGE])],
  ["a source that can be opened again", () => ({ open: () => new Pieces(MESSAGE) })],
  [
    "a source that knows its size",
    () => ({ size: encodeUtf8(MESSAGE).length, open: () => new Blob([MESSAGE]).stream() }),
  ],
  ["a string", () => MESSAGE],
  ["octets", () => encodeUtf8(MESSAGE)],
  ["a buffer", () => encodeUtf8(MESSAGE).buffer],
])("readRawMessage takes %s", async (_, make) => {
  const message = await readRawMessage(make());
  expect(message.envelope).toEqual(ENVELOPE);
  expect(await sent(message)).toBe(SENT);
});

test("readRawMessage leaves a source that can be opened again to be sent any number of times", async () => {
  const opened: Pieces[] = [];
  const source = {
    open: () => {
      opened.push(new Pieces(MESSAGE.slice(0, 60), MESSAGE.slice(60), "x".repeat(10)));
      return opened.at(-1)!;
    },
  };
  const message = await readRawMessage(source);
  expect(message.raw).toBe(source);
  expect(opened.map(({ closed }) => closed)).toEqual([1]);
  const { content } = compose(message);
  expect(content.once).toBe(false);
  expect(decodeUtf8(await readAll(content))).toBe(decodeUtf8(await readAll(content)));
  expect(opened.map(({ closed }) => closed)).toEqual([1, 1, 1]);
});

test("readRawMessage gives a stream that can be sent once, and closed before", async () => {
  const pieces = new Pieces(MESSAGE, "more");
  const message = await readRawMessage(pieces);
  const { content } = compose(message);
  expect(content.once).toBe(true);
  await content.release?.();
  expect([pieces.read, pieces.closed]).toEqual([1, 1]);
  await expect(readAll(content)).rejects.toThrow(ContentError);
  await expect(readRawMessage(pieces)).rejects.toThrow(/read already/);
});

test("readRawMessage stops at the limit, and closes the stream", async () => {
  const endless = {
    closed: 0,
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield encodeUtf8("X-Filler: x\r\n".repeat(100));
      } finally {
        this.closed++;
      }
    },
  };
  await expect(readRawMessage(endless)).rejects.toThrow("raw: the header section is longer than 262144 octets");
  expect(endless.closed).toBe(1);
});

test("readRawMessage counts the octets of the header section alone", async () => {
  const fields = "From: a@x.test\nTo: b@x.test\n";
  for (const text of [`${fields}\n${"x".repeat(100_000)}`, fields, `${fields}\r\nx`]) {
    for (const raw of [() => text, () => new Pieces(text), () => new Pieces(...text.slice(0, 100))]) {
      expect((await readRawMessage(raw(), { limit: fields.length })).envelope.to).toEqual(["b@x.test"]);
      await expect(readRawMessage(raw(), { limit: fields.length - 1 })).rejects.toThrow(/longer than 27 octets/);
    }
  }
  await expect(readRawMessage(new Pieces("x".repeat(1_000)), { limit: 900 })).rejects.toThrow(/longer than 900/);
});

test("readRawMessage closes the stream where its fields cannot be read", async () => {
  for (
    const text of [
      "Subject: x\n\n",
      "From: a\nTo: b@x.test\n\n",
      "no field\n\n",
      "From: a@x.test\nTo: A: b@x.test\n\n",
      "",
    ]
  ) {
    const pieces = new Pieces(text, "more");
    await expect(readRawMessage(pieces), text).rejects.toThrow(InputError);
    expect(pieces.closed).toBe(1);
    const stream = new Blob([text, "\n\nmore"]).stream();
    await expect(readRawMessage(stream)).rejects.toThrow(InputError);
    await expect(readRawMessage(stream)).rejects.toThrow(InputError);
  }
});

test("readRawMessage tells a stream's failure", async () => {
  const cause = new Error("disk");
  const failing = {
    // deno-lint-ignore require-yield
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      throw cause;
    },
  };
  const expected = expect.objectContaining({ name: "ContentError", cause });
  await expect(readRawMessage(failing)).rejects.toThrow(expected);
  await expect(readRawMessage({ size: 9, open: () => Promise.reject(cause) })).rejects.toThrow(expected);
  const later = await readRawMessage({
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      yield encodeUtf8(MESSAGE);
      throw cause;
    },
  });
  await expect(sent(later)).rejects.toThrow(expected);
});

test("readRawMessage refuses other options and other content", async () => {
  const wrong: readonly (readonly [field: string, raw: unknown, options: unknown])[] = [
    ["options.limit", MESSAGE, { limit: 0 }],
    ["options.limit", MESSAGE, { limit: 1.5 }],
    ["options.limit", MESSAGE, { limit: "10" }],
    ["options.limit", MESSAGE, { limit: Infinity }],
    ["options.max", MESSAGE, { max: 1 }],
    ["options", MESSAGE, null],
    ["raw", { path: "/etc/passwd" }, {}],
    ["raw", undefined, {}],
  ];
  for (const [field, raw, options] of wrong) {
    const expected = expect.objectContaining({ name: "InputError", field });
    await expect(readRawMessage(raw as string, options as { limit: number })).rejects.toThrow(expected);
  }
});

test.each<[string, (text: string) => RawMessage["raw"]]>([
  ["a stream", (text) => new Blob([text]).stream()],
  ["a Blob", (text) => new Blob([text])],
  ["a source that can be opened again", (text) => ({ open: () => new Pieces(text) })],
  ["a string", (text) => text],
])("readRawMessage has a message ask for SMTPUTF8 where its header section holds UTF-8, as %s", async (_, make) => {
  const head = "From: a@x.test\r\nTo: b@x.test\r\n";
  const cases: readonly (readonly [string, boolean])[] = [
    [`${head}Subject: Größe\r\n\r\nHi\r\n`, true],
    [`${head}Subject: Größe`, true],
    [`${head}Subject: plain\n\nGröße\n`, false],
    [`${head}bCC: Jörg <c@x.test>\n\nGröße\n`, false],
  ];
  for (const [text, smtpUtf8] of cases) {
    const message = await readRawMessage(make(text));
    // It goes with the content, into whatever message that is put.
    for (const one of [message, { ...message, envelope: { from: null, to: "e@x.test" } }]) {
      const { content } = compose(one);
      expect([text, content.smtpUtf8]).toEqual([text, smtpUtf8]);
      if (smtpUtf8) expect(content.body).toBe("8bit");
    }
    expect(await sent(message)).toContain(text.endsWith("\n") ? text.slice(-3, -1) : "Größe\r\n");
  }
});

test("readRawMessage goes by what it has read last of a source", async () => {
  const texts = ["From: a@x.test\r\nTo: b@x.test\r\nSubject: ö\r\n\r\n", "From: a@x.test\r\nTo: b@x.test\r\n\r\n"];
  const raw = { open: () => new Pieces(texts.shift()!) };
  expect(compose(await readRawMessage(raw)).content).toMatchObject({ smtpUtf8: true, body: "8bit" });
  expect(compose(await readRawMessage(raw)).content).toMatchObject({ smtpUtf8: false, body: "unknown" });
});

test("readRawMessage cuts no header section short that is over the limit, whether in memory or a stream", async () => {
  const raw = `From: a@b.example\r\nTo: ${"x@example.net, ".repeat(20)}y@example.net.invalid\r\n\r\nHi`;
  const size = raw.indexOf("\r\n\r\n") + 2;
  const stream = () => new Blob([raw]).stream();
  for (let limit = size - 30; limit < size; limit++) {
    for (const source of [raw, stream()]) {
      await expect(readRawMessage(source, { limit })).rejects.toThrow(
        `the header section is longer than ${limit} octets`,
      );
    }
  }
  for (const source of [raw, stream()]) {
    const { envelope } = await readRawMessage(source, { limit: size });
    expect(envelope.to).toContain("y@example.net.invalid");
  }
});
