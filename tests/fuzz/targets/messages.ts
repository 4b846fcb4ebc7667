/** Messages: raw ones, texts, fields, types and what is put together from data. @module */
import { concat, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { findBase64Fault, fromBase64, toBase64 } from "../../../lib/bytes/base64.ts";
import { encodeQuotedPrintable } from "../../../lib/bytes/quoted_printable.ts";
import { toAddressXtext, toXtext } from "../../../lib/bytes/xtext.ts";
import { parseContentType } from "../../../lib/mime/content_type.ts";
import type { Content } from "../../../lib/mime/content.ts";
import { encodeWords } from "../../../lib/mime/encoded_word.ts";
import { checkEntity } from "../../../lib/mime/entity.ts";
import { readHeaderSection } from "../../../lib/mime/header_section.ts";
import { dkim } from "../../../lib/dkim/dkim.ts";
import { compose, embedDataUrls, flowed, type Message, readRawMessage } from "../../../mod.ts";
import { skeletonOfEntity } from "../../injection/reading_entity.ts";
import { DKIM_KEY } from "../../support/dkim_key.ts";
import { attempt, attemptLater, binaryOf, cuttings, octetsOf, require, type Target, textOf } from "../target.ts";

const ENVELOPE = { from: "a@b.example", to: "c@d.example" };

const FIELDS = [
  ...[
    "From: a@b.example\r\n",
    "To: c@d.example\r\n",
    "Bcc: e@f.example\r\n",
    "Resent-Bcc: x\r\n",
    "Cc: ",
    "Subject: ",
    "\r\n ",
  ],
  ...[
    "Message-ID: <a@b>\r\n",
    "\r\n\r\n",
    "\r",
    "\n",
    "\0",
    ":",
    ".",
    "\r\n.\r\n",
    "Content-Type: multipart/mixed; boundary=a\r\n",
  ],
  ...["--a\r\n", "(", "<", "Sender: x@y.example\r\n", "\xff", "=?utf-8?q?a?="],
];

async function readAll(content: Content): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.stream()) pieces.push(piece.slice());
  return concat(pieces);
}

/** What goes out of every message: whole lines, no NUL, nobody's blind copies. */
function requireContent(octets: Uint8Array): string {
  const text = binaryOf(octets);
  require(
    !/(^|[^\r])\n|\r(?!\n)/.test(text),
    () => `a line end that is no CRLF: ${JSON.stringify(text.slice(0, 300))}`,
  );
  require(!text.includes("\0"), () => "NUL");
  const header = text.startsWith("\r\n") ? "" : text.split("\r\n\r\n", 1)[0]!;
  require(!/(?:^|\r\n)(?:resent-)?bcc[ \t]*:/i.test(header), () => `a blind copy: ${JSON.stringify(header)}`);
  return text;
}

async function* inPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

/** The parsers and writers of messages. */
export const MESSAGES: readonly Target[] = [
  {
    name: "raw_message",
    promise:
      "any octets, in memory or in any pieces, go out as the same whole lines without a blind copy, or are refused",
    words: FIELDS,
    seeds: [
      "From: a@b.example\r\nTo: c@d.example\r\nBcc: x@y.example\r\n y\r\n\r\nHi\r\n.\r\n",
      "Subject: a\nBCC : b\n\nc\rd",
    ],
    async run(input) {
      const whole = await attemptLater(async () => await readAll(compose({ raw: input, envelope: ENVELOPE }).content));
      if (whole !== undefined) requireContent(whole);
      for (const pieces of cuttings(input).slice(0, input.length > 300 ? 1 : 3)) {
        const message = { raw: inPieces(pieces), envelope: ENVELOPE };
        const other = await attemptLater(async () => await readAll(compose(message).content));
        require((other === undefined) === (whole === undefined), () => "a stream is judged otherwise than memory");
        require(
          other === undefined || binaryOf(other) === binaryOf(whole!),
          () => "a stream goes out otherwise than memory",
        );
      }
    },
  },
  {
    name: "header_section",
    promise: "any octets give the same envelope in memory and in any pieces, or the same refusal; fields are whole",
    words: FIELDS,
    seeds: [
      "From: a@b.example\r\nTo: c@d.example,\r\n e@f.example\r\n\r\nHi",
      "from : a@b.example\nto:c@d.example\n\n",
      `From: a@b.example\r\nTo: ${"a@b.example, ".repeat(200)}c@d.example\r\n\r\n`,
    ],
    async run(input) {
      attempt(() => readHeaderSection(input));
      const envelopes = new Set<string>();
      const read = async (raw: Parameters<typeof readRawMessage>[0]): Promise<void> => {
        const message = await attemptLater(() => readRawMessage(raw, { limit: 2_000 }));
        envelopes.add(message === undefined ? "" : JSON.stringify(message.envelope));
        await (message?.raw as AsyncGenerator<Uint8Array> | undefined)?.return?.(undefined);
      };
      await read(input);
      for (const pieces of cuttings(input).slice(0, input.length > 300 ? 1 : 3)) await read(inPieces(pieces));
      require(envelopes.size === 1, () => `several envelopes: ${[...envelopes].join(" ")}`);
    },
  },
  {
    name: "signed",
    promise: "any octets are signed by DKIM the same in any pieces, with one field that is whole, or refused",
    words: FIELDS,
    seeds: ["From: a@b.example\r\nSubject:  a  b \r\n\r\na  \r\n\r\n\r\n", "From: a@b.example\r\n\r\n"],
    async run(input) {
      const signer = dkim({
        domain: "b.example",
        selector: "s",
        key: DKIM_KEY,
        canonicalization: input.length % 2 === 0 ? "simple/simple" : "relaxed/relaxed",
      });
      const sign = (raw: Parameters<typeof readRawMessage>[0]) =>
        attemptLater(async () => await signer.sign(compose({ raw, envelope: ENVELOPE } as never).content));
      const fields = [await sign(input), await sign(inPieces(cuttings(input)[2]!))];
      const hashes = fields.map((field) => /bh=([^;]+);/.exec(field?.replace(/\r\n[ \t]+/g, "") ?? "")?.[1]);
      require(hashes[0] === hashes[1], () => `two hashes of one body: ${hashes.join(" ")}`);
    },
  },
  {
    name: "composed",
    promise:
      "any data in the form of a message is composed so that another reader finds the fields, lines and parts whole, or refused",
    words: [
      ...[
        '{"from":"a@b.example","to":"c@d.example"',
        "}",
        ',"subject":"',
        '"',
        ',"text":"',
        ',"html":"',
        ',"headers":{"X-A":"',
      ],
      ...[
        ',"attachments":[{"content":"a","filename":"',
        '"}]',
        ',"cc":[',
        "]",
        '{"name":"',
        '","address":"e@f.example"}',
        "\\r\\n",
      ],
      ...[
        "\\u0000",
        "\\ud800",
        "日本",
        ',"references":"',
        ',"list":{"id":"',
        "null",
        "[",
        "{",
        ',"__proto__":{',
        ',"envelope":{"to":"',
      ],
    ],
    seeds: [
      '{"from":"A <a@b.example>","to":["c@d.example"],"subject":"é","text":"a\\n.\\nb","html":"<b>","attachments":[{"content":"a","filename":"é.txt"}]}',
      '{"from":"a@b.example","to":{"group":"T","members":["c@d.example"]},"headers":{"X-A":"b"},"messageId":"<a@b>","priority":1}',
      '{"from":"a@b.example","to":"c@d.example","list":{"id":"a.b","help":"https://a.example/x"},"inReplyTo":"<a@b>","calendar":{"content":"BEGIN:VCALENDAR\\r\\n","method":"REQUEST"}}',
    ],
    async run(input) {
      let message: unknown;
      try {
        message = JSON.parse(textOf(input));
      } catch {
        return;
      }
      const octets = await attemptLater(async () => await readAll(compose(message as Message).content));
      if (octets === undefined) return;
      const text = requireContent(octets);
      for (const line of text.split("\r\n")) require(line.length <= 998, () => `a line of ${line.length} octets`);
      const { violations } = skeletonOfEntity(text);
      require(violations.length === 0, () => violations.join("; "));
    },
  },
  {
    name: "html_urls",
    promise:
      "any HTML keeps all that is no data: URL, and each that is replaced is an attachment whose cid stands in it",
    words: [
      ...[
        "<img src=",
        '"',
        "'",
        "data:image/png;base64,QUJD",
        "data:",
        ";base64,",
        ">",
        "<style>",
        "</style>",
        "url(",
        ")",
        "<!--",
      ],
      ...[
        "-->",
        "<script>",
        "</script>",
        " style=",
        "srcset=",
        "<a href=",
        "&quot;",
        "=",
        "/",
        "\\",
        "<",
        " ",
        "data:,a",
        "cid:",
      ],
    ],
    seeds: [
      '<img src="data:image/png;base64,QUJD"><p style="background:url(data:image/gif;base64,QUJD)">',
      "<style>a{b:url('data:image/svg+xml,%3Csvg/%3E')}</style><!-- <img src=data:image/png;base64,QQ==> -->",
    ],
    run(input) {
      const html = textOf(input);
      const embedded = attempt(() => embedDataUrls(html));
      if (embedded === undefined) return;
      const cids = embedded.attachments.map((one) => `cid:${(one as { readonly cid: string }).cid}`);
      for (const cid of cids) require(embedded.html.includes(cid), () => `${cid} stands nowhere`);
      // What lies between the URLs is what lay there before, in its order.
      let at = 0;
      for (const piece of embedded.html.split(/cid:[a-z]+\d+\.[0-9a-f]+@html\.invalid/)) {
        const found = html.indexOf(piece, at);
        require(found >= 0, () => `something else was changed: ${JSON.stringify(piece)}`);
        at = found + piece.length;
      }
    },
  },
  {
    name: "flowed",
    promise: "any text, read by RFC 3676's own rules, gives its paragraphs back, less the blanks at their ends",
    words: [" ", ">", "> ", "-- ", "From ", "\r\n", "\n", "a".repeat(80), "word ", "日本", "\t", "  "],
    seeds: ["a ".repeat(60), "> > quoted text\n-- \nFrom me", `${"x".repeat(200)} y`],
    async run(input) {
      const text = textOf(input);
      const part = attempt(() => flowed(text));
      if (part === undefined) return;
      const octets = await readAll(compose({ ...ENVELOPE, text: part }).content);
      requireContent(octets);
    },
  },
  {
    name: "content_type",
    promise: "any text is a type and parameters that a field can hold, or an InputError",
    words: [
      "text/plain",
      ";",
      " ",
      "=",
      '"',
      "\\",
      "charset",
      "boundary=",
      "*0*=",
      "utf-8''",
      "\r\n",
      "(",
      ")",
      "é",
      "/",
    ],
    seeds: ['text/plain; charset="utf-8"', "multipart/mixed; boundary=a b", "application/x; a*0*=utf-8''%41"],
    run(input) {
      const type = attempt(() => parseContentType(textOf(input), "contentType"));
      if (type === undefined) return;
      require(/^[!-~]+\/[!-~]+$/.test(type.type), () => `no type: ${JSON.stringify(type.type)}`);
      for (const [name] of type.parameters) require(/^[!-~]+$/.test(name), () => `no name: ${JSON.stringify(name)}`);
    },
  },
  {
    name: "entity",
    promise: "any octets are an entity of whole lines and Content- fields, or an InputError",
    words: [...FIELDS, "Content-Type: text/plain\r\n", "Content-"],
    seeds: ["Content-Type: text/plain\r\n\r\na\r\n", "\r\na"],
    run(input) {
      if (attempt(() => checkEntity(input, "entity")) !== undefined) requireContent(input);
    },
  },
  {
    name: "base64",
    promise: "any text is octets whose base64 it is, or has a fault that is found",
    words: ["QUJD", "QQ==", "=", "==", " ", "\r\n", "-", "_", "+", "/", "A"],
    seeds: ["QUJD", "QQ==", "QUI=", "QR=="],
    run(input) {
      const text = textOf(input);
      const octets = fromBase64(text);
      if (octets === undefined) {
        const at = findBase64Fault(text);
        require(at >= 0 && at <= text.length, () => `no fault at ${at}`);
      } else require(toBase64(octets) === text, () => "another text is read as the same octets");
    },
  },
  {
    name: "quoted_printable",
    promise: "any octets in lines are quoted-printable that is decoded to themselves, in lines of at most 76 octets",
    words: ["=", " ", "\t", "\r\n", "é", ".", "a".repeat(80), "From "],
    seeds: ["a=b \r\n\té", `${"a".repeat(75)}=`, " \r\n"],
    run(input) {
      const lines = encodeUtf8(textOf(input).toWellFormed().replace(/\r\n|\r|\n/g, "\r\n"));
      const encoded = encodeQuotedPrintable(lines);
      if (encoded === undefined) return;
      for (const line of encoded.split("\r\n")) {
        require(/^[\t -~]{0,76}$/.test(line) && !/[ \t]$/.test(line), () => `no line: ${JSON.stringify(line)}`);
      }
      const decoded = encoded.replace(/=\r\n/g, "").replace(
        /=([0-9A-F]{2})/g,
        (_, hex) => String.fromCharCode(parseInt(hex, 16)),
      );
      require(decoded === binaryOf(lines), () => "it is decoded to something else");
    },
  },
  {
    name: "xtext",
    promise: "any text becomes xtext that is printable and is decoded to itself",
    words: ["+", "=", " ", "é", "\0", "\\", "\\x{41}", "日本"],
    seeds: ["a+b=c", "日本"],
    run(input) {
      const text = textOf(input).toWellFormed();
      const xtext = toXtext(text);
      require(/^[!-~]*$/.test(xtext) && !/=/.test(xtext), () => `no xtext: ${JSON.stringify(xtext)}`);
      const octets = octetsOf(xtext.replace(/\+([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
      require(
        new TextDecoder().decode(octets) === text.replace(/^\ufeff/, ""),
        () => "it is decoded to something else",
      );
      require(/^[!-~]*$/.test(toAddressXtext(text)), () => "no utf-8-addr-xtext");
    },
  },
  {
    name: "encoded_words",
    promise: "any text becomes encoded words of at most 75 characters that are decoded to itself",
    words: ["=?", "?=", "_", " ", "é", "日本語", "\u{1f600}", "a".repeat(40), "=", "?"],
    seeds: ["Grüße", "=?utf-8?q?a?=", "\u{1f600}".repeat(30)],
    run(input) {
      const text = textOf(input).toWellFormed();
      if (text === "") return;
      let back = "";
      for (const word of encodeWords(text)) {
        const match = /^=\?utf-8\?([BQ])\?([!->@-~]*)\?=$/i.exec(word);
        require(match !== null && word.length <= 75, () => `no encoded word: ${JSON.stringify(word)}`);
        const [, kind, data] = match;
        const octets = kind!.toUpperCase() === "B" ? octetsOf(atob(data!)) : octetsOf(
          data!.replaceAll("_", " ").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
        );
        back += new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
      }
      require(back === text, () => `${JSON.stringify(back)} instead of ${JSON.stringify(text)}`);
    },
  },
];
