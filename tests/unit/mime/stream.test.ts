import fc from "fast-check";
import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError, InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { ContentInput } from "../../../lib/mime/source.ts";
import { BASE, octetsOf, readAll } from "./support.ts";

/** Yields octets in pieces of the given lengths, and tells whether it was closed. */
function pieces(octets: Uint8Array, lengths: readonly number[] = [octets.length]) {
  const state = { opened: 0, closed: 0 };
  async function* open(): AsyncGenerator<Uint8Array> {
    state.opened++;
    try {
      let at = 0;
      for (const length of lengths) yield octets.subarray(at, at += length);
      yield octets.subarray(at);
    } finally {
      state.closed++;
    }
  }
  return { state, open };
}

function attach(...contents: readonly ContentInput[]) {
  return compose({ ...BASE, text: "see", attachments: contents.map((content) => ({ content })) }).content;
}

/** The content of the only attachment of a composed message. */
async function attached(content: ReturnType<typeof attach>): Promise<Uint8Array> {
  const mail = await simpleParser(decodeUtf8(await octetsOf(content)));
  return new Uint8Array(mail.attachments[0].content);
}

function counting(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31) >> 3);
}

test("compose takes every kind of content", async () => {
  const octets = counting(10_000);
  const kinds: readonly ContentInput[] = [
    octets,
    octets.slice().buffer,
    new Blob([octets.slice()]),
    new Blob([octets.slice()]).stream(),
    pieces(octets).open(),
    { open: () => pieces(octets).open() },
    { size: 10_000, open: () => Promise.resolve(new Blob([octets.slice()]).stream()) },
  ];
  for (const kind of kinds) expect(await attached(attach(kind))).toEqual(octets);
  expect(await attached(attach("text é\n"))).toEqual(encodeUtf8("text é\n"));
});

test("compose makes the same octets of a stream as of an array, however it is cut", async () => {
  const message = { ...BASE, text: "see", date: new Date(0), messageId: "a@b" };
  const normal = (octets: Uint8Array) => decodeUtf8(octets).replace(/=_1_[0-9a-f]{36}/g, "boundary");
  const run = fc.asyncProperty(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(fc.nat({ max: 130 }), { maxLength: 8 }),
    async (octets, lengths) => {
      const whole = compose({ ...message, attachments: [{ content: octets }] }).content;
      const source = { size: octets.length, open: () => pieces(octets, lengths).open() };
      const streamed = compose({ ...message, attachments: [{ content: source }] }).content;
      expect(streamed.size).toBe(whole.size);
      expect(streamed.octets).toBeUndefined();
      expect(normal(await octetsOf(streamed))).toBe(normal(await octetsOf(whole)));
    },
  );
  await fc.assert(run, { seed: 4 });
});

test("compose gives a large message in pieces of 64 to 256 KiB, and its size beforehand", async () => {
  const octets = counting(1_500_000);
  const content = attach(octets, new Blob([octets.slice()]), {
    size: 3,
    open: () => pieces(counting(3), [1, 1]).open(),
  });
  expect(content.octets).toBeUndefined();
  const sizes: number[] = [];
  for await (const piece of content.stream()) sizes.push(piece.length);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(content.size);
  for (const size of sizes.slice(0, -1)) {
    expect(size).toBeGreaterThanOrEqual(65_536);
    expect(size).toBeLessThanOrEqual(262_144);
  }
});

test("compose tells no size when a stream tells none", () => {
  expect(attach(pieces(counting(3)).open()).size).toBeUndefined();
  expect(attach(new Blob(["abc"]), { open: () => pieces(counting(3)).open() }).size).toBeUndefined();
});

test("compose gives one array when all is small and in memory, and the same from its stream", async () => {
  const content = attach(counting(30_000));
  expect(content.octets).toBeInstanceOf(Uint8Array);
  expect(await readAll(content)).toEqual(content.octets);
});

test("compose gives octets that are not the caller's memory", async () => {
  const small = encodeUtf8("a: b\r\n\r\nc\r\n");
  const content = compose({ raw: small, envelope: { from: null, to: "b@example.com" } }).content;
  small.fill(0);
  expect(decodeUtf8(content.octets!)).toBe("a: b\r\n\r\nc\r\n");
  const large = new Uint8Array(600_000).fill(0x61);
  for await (const piece of compose({ raw: large, envelope: { from: null, to: "b@example.com" } }).content.stream()) {
    piece.fill(0);
  }
  expect(large.every((octet) => octet === 0x61)).toBe(true);
});

test("compose opens a source for each reading, and nothing before", async () => {
  const { state, open } = pieces(counting(100));
  const content = attach({ size: 100, open });
  expect(state.opened).toBe(0);
  expect(await readAll(content)).toEqual(await readAll(content));
  expect(state).toEqual({ opened: 2, closed: 2 });
});

test("compose reads a stream once and refuses a second reading before its first octet", async () => {
  const content = attach(new Blob(["abc"]), pieces(counting(100)).open());
  await readAll(content);
  await expect(content.stream()[Symbol.asyncIterator]().next()).rejects.toThrow(ContentError);
});

test("compose fails with ContentError when a source holds more or less than it promised", async () => {
  for (const promised of [0, 99, 101]) {
    const { state, open } = pieces(counting(100), [50]);
    await expect(readAll(attach({ size: promised, open }))).rejects.toThrow(/attachments\[0\]\.content: .* octets/);
    expect(state.closed).toBe(1);
  }
});

test("compose wraps what a source throws, at each of its steps", async () => {
  const cause = new Error("disk on fire");
  const failing: readonly ContentInput[] = [
    { open: () => Promise.reject(cause) },
    {
      open: () => {
        throw cause;
      },
    },
    new ReadableStream({ pull: (controller) => controller.error(cause) }),
    (async function* () {
      yield counting(10);
      throw cause;
    })(),
  ];
  for (const content of failing) {
    const error = await readAll(attach(content)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ContentError);
    expect(error).toMatchObject({ cause, message: "attachments[0].content: reading failed" });
  }
});

test("compose fails with ContentError when a stream gives something else than octets", async () => {
  for (const chunk of ["text", 7, null, new Uint16Array(1)]) {
    const content = (async function* () {
      yield chunk;
    })() as unknown as AsyncIterable<Uint8Array>;
    await expect(readAll(attach(content))).rejects.toThrow(ContentError);
  }
  const empty = { open: () => undefined } as unknown as ContentInput;
  await expect(readAll(attach(empty))).rejects.toThrow(ContentError);
});

test("compose closes every stream when the reader stops early, also those not begun", async () => {
  const first = pieces(counting(1_000_000), new Array(50).fill(10_000));
  const cancelled: string[] = [];
  const waiting = (name: string) =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(counting(70_000)),
      cancel: () => void cancelled.push(name),
    });
  const content = attach(first.open(), waiting("second"), waiting("third"));
  for await (const _ of content.stream()) break;
  expect(first.state).toEqual({ opened: 1, closed: 1 });
  expect(cancelled).toEqual(["second", "third"]);
});

test("compose closes the other streams when one fails", async () => {
  const cancelled: string[] = [];
  const other = new ReadableStream<Uint8Array>({ cancel: () => void cancelled.push("other") });
  await expect(readAll(attach({ open: () => Promise.reject(new Error()) }, other))).rejects.toThrow(ContentError);
  expect(cancelled).toEqual(["other"]);
});

test("compose refuses a locked stream and a size that is none", () => {
  const locked = new ReadableStream<Uint8Array>();
  locked.getReader();
  expect(() => attach(locked)).toThrow(InputError);
  for (const size of [-1, 1.5, NaN, Infinity, "100" as unknown as number]) {
    const expected = expect.objectContaining({ field: "attachments[0].content.size" });
    expect(() => attach({ size, open: () => pieces(counting(1)).open() })).toThrow(expected);
  }
});

test("Content.release closes a stream that was not read, once, and the content cannot be read after that", async () => {
  let cancelled = 0;
  const stream = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
  const { content } = compose({ ...BASE, attachments: [{ content: stream }] });
  await content.release?.();
  await content.release?.();
  expect(cancelled).toBe(1);
  await expect(content.stream()[Symbol.asyncIterator]().next()).rejects.toThrow("read once");
});

test("compose refuses a stream that stands twice in a message, before it reads any of it", async () => {
  const { state, open } = pieces(counting(100));
  const stream = open();
  expect(() => attach(stream, stream)).toThrow(/^attachments\[1\]\.content: is a stream that stands here twice/);
  expect(state.opened).toBe(0);
  expect(await attached(attach(stream))).toEqual(counting(100));
});

test("compose never takes a generator that has ended for an empty one", async () => {
  const stream = pieces(counting(100)).open();
  const [first, second] = [attach(stream), attach(stream)];
  expect((await readAll(first)).length).toBeGreaterThan(100);
  await expect(readAll(second)).rejects.toThrow(ContentError);
  expect(() => attach(stream)).toThrow(InputError);
});

test("compose leaves a stream alone that another message is reading", async () => {
  const stream = pieces(counting(100_000), [70_000]).open();
  const [first, second] = [attach(stream), attach(stream)];
  const reading = first.stream()[Symbol.asyncIterator]();
  let size = (await reading.next()).value!.length;
  await second.release?.();
  for (let step = await reading.next(); !step.done; step = await reading.next()) size += step.value.length;
  expect(size).toBeGreaterThan(100_000 * 4 / 3);
});

test("compose lets no stream that will not be closed take the place of what happened", async () => {
  const unwilling = () => {
    throw new Error("not now");
  };
  const next = () => Promise.resolve({ value: "no octets" });
  const stubborn = { [Symbol.asyncIterator]: () => ({ next, return: unwilling }) } as unknown as ContentInput;
  await expect(readAll(attach(stubborn))).rejects.toThrow(/^attachments\[0\]\.content: gave something else/);
  const taken = new Blob(["abc"]).stream();
  const content = attach(taken);
  taken.getReader();
  await content.release?.();
});
