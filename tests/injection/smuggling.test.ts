/**
 * What a careless server takes for the end of data, wherever a caller can put it: in headers, names, raw messages in
 * pieces, streams and files. `tests/hostile/smuggling.test.ts` has the bodies.
 */
import { expect, test } from "vitest";
import { isAscii } from "../../lib/bytes/ascii.ts";
import { InputError } from "../../lib/errors.ts";
import { composer, type ContentInput, dkim, flowed, fromFile, type Message, mimeEntity, reusable } from "../../mod.ts";
import { CARELESS } from "../hostile/smuggling.ts";
import { DKIM_KEY } from "../support/dkim_key.ts";
import vectors from "../vectors/smuggling.json" with { type: "json" };
import { ALL } from "./values.ts";
import { BASE, World } from "./world.ts";

const SEQUENCES = vectors.sequences.map(({ hex, text }) => [hex, text] as const);

/** A second message behind what ends the first. */
function smuggled(sequence: string): string {
  return ["hello", "MAIL FROM:<evil@example.org>", "RCPT TO:<victim@example.net>", "DATA", "Subject: x", "bye"].join(
    sequence,
  );
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function* pieces(text: string, cut: number): AsyncGenerator<Uint8Array> {
  const octets = encode(text);
  yield octets.subarray(0, cut);
  yield octets.subarray(cut);
}

const envelope = { from: BASE.from, to: BASE.to };

type Way = (body: string, world: World) => unknown;

function attached(content: (body: string) => ContentInput, about: object = {}): Way {
  return (body, world) => world.send({ attachments: [{ content: content(body), ...about }] });
}

/** Content of every form in every place; a text in them is given back, and goes out in lines. */
const CONTENTS: Readonly<Record<string, Way>> = {
  "markdown": (markdown, world) => world.send({ markdown }),
  "amp": (amp, world) => world.send({ amp, html: "a" }),
  "a calendar": (body, world) => world.send({ calendar: { content: `BEGIN:VCALENDAR\r\n${body}`, method: "PUBLISH" } }),
  "an alternative": (content, world) => world.send({ alternatives: [{ content, contentType: "text/x-a" }] }),
  "a streamed alternative": (body, world) =>
    world.send({ alternatives: [{ content: pieces(body, 7), contentType: "text/x-a" }] }),
  "a reusable text": (body, world) => world.send({ text: reusable(body) }),
  "a flowed text": (body, world) => world.send({ text: flowed(body) }),
  "a reusable attachment": (content, world) => world.send({ attachments: [reusable({ content })] }),
  "an attachment from a stream": attached((body) => pieces(body, 6)),
  "a text file from a stream": attached((body) => pieces(body, 6), { contentType: "text/plain" }),
  "an attachment from a source": attached((body) => ({ open: () => pieces(body, 8) })),
  "an attachment from a Blob": attached((body) => new Blob([body])),
  "an attachment in base64": attached((body) => ({ base64: btoa(latin1(body)) })),
  "a file": async (body, world) => {
    const runtime = new World({ file: encode(body) }).runtime;
    return await world.send({ attachments: [await fromFile("a.txt", { runtime })] });
  },
  "an entity of a transform": (body, world) =>
    world.send({}, { compose: composer({ transform: () => mimeEntity("text/plain", body) }) }),
  "a text that is signed": (text, world) =>
    world.send({ text }, {
      compose: composer({ sign: dkim({ domain: "example.com", selector: "s", key: DKIM_KEY }) }),
    }),
  "the status-code API": (body, world) =>
    world.uniface((mail) => mail.sendMail("mail.example", { FROM: BASE.from, TO: BASE.to }, body), { logon: false }),
};

function latin1(text: string): string {
  return String.fromCharCode(...encode(text));
}

/** Where NUL cannot stand, and nothing but text is. */
const RAW: Readonly<Record<string, Way>> = {
  "a raw message's header": (body, world) => world.send({ raw: `Subject: ${body}\r\n\r\nHi`, envelope }),
  "a raw message's first line": (body, world) => world.send({ raw: `.${body}`, envelope }),
  "a streamed header": (body, world) => world.send({ raw: pieces(`Subject: ${body}\r\n\r\nHi`, 15), envelope }),
  "a message as attachment": attached((body) => `Subject: ${body}\r\n\r\n${body}`, { contentType: "message/rfc822" }),
  "a streamed message as attachment": attached((body) => pieces(`Subject: a\r\n\r\n${body}`, 20), {
    contentType: "message/rfc822",
  }),
  "an enclosed message": (body, world) => world.send({ attachments: [{ message: `Subject: ${body}\r\n\r\n${body}` }] }),
};

const SERVERS: Readonly<Record<string, readonly string[]>> = {
  DATA: ["PIPELINING", "8BITMIME"],
  "DATA without 8BITMIME": [],
  BDAT: ["PIPELINING", "CHUNKING", "8BITMIME"],
};

const servers = Object.entries(SERVERS).slice(0, ALL ? 3 : 1);

/** One message and nothing else is on the wire, whatever ends a careless server finds. */
async function requireOne(way: Way, body: string, offers: readonly string[]): Promise<unknown> {
  const world = new World({ offers });
  const error = await Promise.resolve().then(() => way(body, world)).then(() => undefined, (error: unknown) => error);
  const { skeleton, violations } = world.read();
  const isCut = (fault: string) => error !== undefined && fault.endsWith("has no end");
  const isRaw = (fault: string) => fault.includes("field");
  expect(violations.filter((fault) => !isCut(fault) && !isRaw(fault))).toEqual([]);
  const mails = skeleton.filter((line) => line.startsWith("MAIL")).length;
  expect(mails).toBeLessThanOrEqual(error instanceof InputError ? 0 : 1);
  expect(error === undefined ? mails : 1).toBe(1);
  if (offers.includes("CHUNKING")) return error;
  const [content, ...behind] = world.wire.split("\r\n.\r\n");
  expect(behind).toHaveLength(error === undefined ? 1 : 0);
  for (const end of CARELESS) expect(content).not.toContain(end);
  return error;
}

const contentCases = Object.entries(CONTENTS).flatMap(([place, way]) =>
  servers.map(([how, offers]) => [place, how, way, offers] as const)
);

test.each(contentCases)("no second message leaves in %s, by %s", async (_, how, way, offers) => {
  for (const [hex, sequence] of SEQUENCES) {
    expect([how, hex, await requireOne(way, smuggled(sequence), offers)]).toEqual([how, hex, undefined]);
  }
});

const rawCases = Object.entries(RAW).flatMap(([place, way]) =>
  servers.map(([how, offers]) => [place, how, way, offers] as const)
);

test.each(rawCases)("no second message leaves in %s, by %s; NUL is refused", async (_, how, way, offers) => {
  for (const [hex, sequence] of SEQUENCES) {
    const error = await requireOne(way, smuggled(sequence), offers);
    // What is not ASCII needs an extension, and is refused without it.
    if (isAscii(sequence)) expect([how, hex, error === undefined]).toEqual([how, hex, !sequence.includes("\0")]);
  }
});

test.each(servers)(
  "no second message leaves in a raw message that is cut anywhere, by %s",
  async (_, offers) => {
    for (const [, sequence] of SEQUENCES.filter(([, text]) => !text.includes("\0") && isAscii(text))) {
      const raw = `Subject: a\r\n\r\nhello${sequence}MAIL FROM:<evil@example.org>${sequence}`;
      for (let cut = 14; cut <= 20 + sequence.length; cut++) {
        expect(await requireOne((_, world) => world.send({ raw: pieces(raw, cut), envelope }), "", offers))
          .toBeUndefined();
      }
    }
  },
);

test.each(SEQUENCES)("%s is refused in every field and name before anything is connected", async (_, sequence) => {
  const text = `a${sequence}MAIL FROM:<evil@example.org>`;
  const isText = !/[\r\n\0]/.test(text);
  const messages: readonly Partial<Message>[] = [
    { subject: text },
    { from: { name: text, address: BASE.from } },
    { headers: { "X-A": text } },
    { attachments: [{ content: "a", filename: text }] },
    { attachments: [{ content: "a", description: text }] },
    { list: { id: "a.b", name: text } },
  ];
  for (const message of messages) {
    const world = new World();
    const error = await world.send(message).then(() => undefined, (error: unknown) => error);
    expect(error instanceof InputError).toBe(!isText);
    expect(world.connected).toBe(isText);
    expect(world.read().violations).toEqual([]);
  }
});
