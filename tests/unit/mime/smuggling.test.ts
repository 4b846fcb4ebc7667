import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import vectors from "../../vectors/smuggling.json" with { type: "json" };
import { BASE, octetsOf } from "./support.ts";

/** A text with a transaction behind what a careless relay takes for the end of data. */
function smuggled(sequence: string): string {
  return `hello${sequence}MAIL FROM:<evil@example.org>${sequence}`;
}

async function* singly(text: string): AsyncGenerator<Uint8Array> {
  for (const octet of new TextEncoder().encode(text)) yield Uint8Array.of(octet);
}

test("compose lets no line end but CRLF out of a text, and gives the text back", async () => {
  for (const { hex, text } of vectors.sequences) {
    const body = smuggled(text);
    for (
      const message of [{ text: body }, { html: body }, { text: body, html: body, attachments: [{ content: body }] }]
    ) {
      const octets = await octetsOf(compose({ ...BASE, ...message }).content);
      const mail = await simpleParser(decodeUtf8(octets), { skipHtmlToText: true });
      const read = (message.text === undefined ? mail.html : mail.text) as string;
      expect(read.trimEnd(), hex).toBe(body.replace(/\r\n?|\n/g, "\n").trimEnd());
      // A file is no text: its octets stay.
      if ("attachments" in message) expect(mail.attachments[0].content.toString(), hex).toBe(body);
    }
  }
});

test("compose lets no line end but CRLF out of a raw message, in memory or in pieces of one octet", async () => {
  for (const { hex, text } of vectors.sequences) {
    const raw = `Subject: x\r\n\r\n${smuggled(text)}`;
    const envelope = { from: null, to: "b@example.com" };
    if (text.includes("\0")) {
      expect(() => compose({ raw, envelope })).toThrow(InputError);
      continue;
    }
    const octets = await octetsOf(compose({ raw, envelope }).content);
    expect(decodeUtf8(octets), hex).toContain(text.replace(/\r\n?|\n/g, "\r\n"));
    expect(await octetsOf(compose({ raw: singly(raw), envelope }).content), hex).toEqual(octets);
  }
});

test("compose lets no line end but CRLF out of an attached message", async () => {
  for (const { text } of vectors.sequences) {
    const attachments = [{ contentType: "message/rfc822", content: smuggled(text) }];
    if (text.includes("\0")) expect(() => compose({ ...BASE, attachments })).toThrow(InputError);
    else await octetsOf(compose({ ...BASE, attachments }).content);
  }
});
