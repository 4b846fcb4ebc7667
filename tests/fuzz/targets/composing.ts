/** What is put together from data: messages, fields, types, texts and HTML. @module */
import PostalMime, { decodeWords } from "postal-mime";
import { concat, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { checkFieldText, unstructuredField } from "../../../lib/mime/field.ts";
import { parameterField } from "../../../lib/mime/parameter.ts";
import { parseContentType } from "../../../lib/mime/content_type.ts";
import { compose, embedDataUrls, flowed, type Message } from "../../../mod.ts";
import { skeletonOfEntity } from "../../injection/reading_entity.ts";
import { ENVELOPE, readAll, requireContent } from "../content.ts";
import { CONTENT_TYPE, HTML, MESSAGE_DATA } from "../grammars.ts";
import { attempt, attemptLater, binaryOf, octetsOf, require, type Target, textOf } from "../target.ts";

/** A reader by RFC 3676 section 4: paragraphs, each with its depth of quoting. */
function paragraphsIn(lines: readonly string[], delSp: boolean): readonly (readonly [number, string])[] {
  const found: [number, string][] = [];
  let isOpen = false;
  for (const line of lines) {
    const depth = /^>*/.exec(line)![0].length;
    const text = line.slice(depth).replace(/^ /, "");
    const isSeparator = text === "-- ";
    const flows = text.endsWith(" ") && !isSeparator;
    const own = flows && delSp ? text.slice(0, -1) : text;
    if (isOpen && found.at(-1)![0] === depth && !isSeparator) found.at(-1)![1] += own;
    else found.push([depth, own]);
    isOpen = flows;
  }
  return found;
}

/** A loop, because an expression would look for the end from each of them. */
function withoutLast(character: string, text: string): string {
  let end = text.length;
  while (text[end - 1] === character) end--;
  return text.slice(0, end);
}

/** What a text means to `flowed`. */
function paragraphsOf(text: string): readonly (readonly [number, string])[] {
  return text.split(/\r\n|\r|\n/).map((line) => {
    const depth = /^>*/.exec(line)![0].length;
    const own = depth === 0 ? line : line.slice(depth).replace(/^ /, "");
    return [depth, own === "-- " ? own : withoutLast(" ", own)];
  });
}

/** The message without the word that has a parser join its lines. */
function withoutFlowing(octets: Uint8Array): Uint8Array {
  return octetsOf(binaryOf(octets).replace(/; format=flowed(?:; delsp=yes)?/, ""));
}

/** A reader of parameters by RFC 2231: the value of the one that is called so. */
function parameterIn(field: string, name: string): string | undefined {
  const text = field.replaceAll("\r\n", "");
  const read = new Map<string, string>();
  for (const [, key, quoted, bare] of text.matchAll(/; ([^=;]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
    read.set(key!, quoted === undefined ? bare! : quoted.replace(/\\(.)/g, "$1"));
  }
  const decoded = (value: string) => decodeURIComponent(value);
  if (read.has(name)) return read.get(name);
  if (read.has(`${name}*`)) return decoded(read.get(`${name}*`)!.replace(/^utf-8''/, ""));
  const sections = [...read.keys()].filter((key) => key.startsWith(`${name}*`));
  if (sections.length === 0) return undefined;
  return decoded(sections.map((_, at) => read.get(`${name}*${at}*`)).join("").replace(/^utf-8''/, ""));
}

/** What was attached is what the platform reads in the URL. */
async function requireData(url: string, attachment: unknown): Promise<void> {
  // A `#` would begin a fragment; what Deno makes of a `%` without digits is not what the standard says.
  if (/#|%(?![0-9a-f]{2})/i.test(url)) return;
  // Nor is what Bun makes of control characters at the end.
  if ("Bun" in globalThis && url.charCodeAt(url.length - 1) <= 0x20) return;
  const { content } = attachment as { readonly content: Uint8Array };
  const octets = new Uint8Array(await (await fetch(url)).arrayBuffer());
  require(
    String(octets) === String(content),
    () => `${JSON.stringify(url)} is attached as ${JSON.stringify(binaryOf(content))}`,
  );
}

/** What another parser reads in a message is what was asked for. */
async function requireReadBack(message: Message, octets: Uint8Array): Promise<void> {
  const mail = await PostalMime.parse(octets);
  const { subject, text, html, headers } = message;
  if (typeof subject === "string" && subject.trim() !== "") {
    require(mail.subject === subject, () => `the subject is read as ${JSON.stringify(mail.subject)}`);
  }
  const lines = (one: string | undefined) => withoutLast("\n", one?.replace(/\r\n|\r|\n/g, "\n") ?? "");
  if (
    typeof text === "string" && Object.keys(message).length <= 4 + Number(subject !== undefined) &&
    headers === undefined
  ) {
    require(lines(mail.text) === lines(text), () => `the text is read as ${JSON.stringify(mail.text)}`);
  }
  if (typeof html === "string" && text === undefined && Object.keys(message).length === 3) {
    require(lines(mail.html) === lines(html), () => `the HTML is read as ${JSON.stringify(mail.html)}`);
  }
}

/** Writers of messages. */
export const COMPOSING: readonly Target[] = [
  {
    name: "composed",
    grammar: MESSAGE_DATA,
    promise:
      "any data in the form of a message is composed so that other readers find the fields, lines and parts whole, or refused",
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
      // What is enclosed as a message of octets is the caller's own, line by line.
      const { violations } = text.includes("message/rfc822") ? { violations: [] } : skeletonOfEntity(text);
      require(violations.length === 0, () => violations.join("; "));
      await requireReadBack(message as Message, octets);
    },
  },
  {
    name: "html_urls",
    grammar: HTML,
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
    async run(input) {
      const html = textOf(input);
      const embedded = attempt(() => embedDataUrls(html));
      if (embedded === undefined) return;
      const cids = embedded.attachments.map((one) => `cid:${(one as { readonly cid: string }).cid}`);
      for (const cid of cids) require(embedded.html.includes(cid), () => `${cid} stands nowhere`);
      // What lies between the URLs is what lay there before, in its order; what lay in their place is what is attached.
      const pieces = embedded.html.split(/(cid:[a-z]+\d+\.[0-9a-f]+@html\.invalid)/);
      let at = 0;
      for (let index = 0; index < pieces.length; index += 2) {
        const piece = pieces[index]!;
        const found = index === pieces.length - 1 ? html.length - piece.length : html.indexOf(piece, at);
        const isThere = found >= at && html.startsWith(piece, found);
        require(isThere, () => `something else was changed: ${JSON.stringify(piece)}`);
        if (index > 0) await requireData(html.slice(at, found), embedded.attachments[cids.indexOf(pieces[index - 1]!)]);
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
      for (const delSp of [false, true]) {
        const part = attempt(() => flowed(text, { delSp }));
        if (part === undefined) return;
        const octets = await readAll(compose({ ...ENVELOPE, text: part }).content);
        requireContent(octets);
        // The other parser takes seconds for lines by the ten thousand.
        if (input.length > 20_000) continue;
        const mail = await PostalMime.parse(concat([encodeUtf8("X: y\r\n"), withoutFlowing(octets)]));
        const read = paragraphsIn((mail.text ?? "").split(/\r?\n/), delSp);
        const meant = paragraphsOf(text);
        // The parser leaves a text's last line end, and one that is empty, to chance.
        const shown = (all: typeof read) => {
          const last = all.findLastIndex(([depth, line]) => depth > 0 || line !== "");
          return JSON.stringify(all.slice(0, last + 1));
        };
        require(shown(read) === shown(meant), () => `${shown(read)} instead of ${shown(meant)}`);
      }
    },
  },
  {
    name: "content_type",
    grammar: CONTENT_TYPE,
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
    name: "parameters",
    promise:
      "any text is the value of a parameter, in lines of at most 78 characters, that a reader of RFC 2231 gives back",
    words: [
      "'",
      "''",
      "utf-8''",
      "%41",
      '"',
      "\\",
      " ",
      ";",
      "=",
      "é",
      "日本",
      "=?utf-8?q?a?=",
      "a".repeat(60),
      "*",
      "😀",
    ],
    seeds: ["report.pdf", "é".repeat(50), "us-ascii'en'a", 'a"b\\c'],
    run(input) {
      const text = textOf(input);
      const value = attempt(() => checkFieldText(text, "filename"));
      if (value === undefined) return;
      const field = parameterField("Content-Disposition: attachment", [["size", "1"], ["filename", value], ["x", "y"]]);
      for (const line of field.split("\r\n")) {
        require(/^[ -~]{0,78}$/.test(line), () => `no line: ${JSON.stringify(line)}`);
      }
      const read = parameterIn(field.slice(0, -2), "filename");
      require(read === value, () => `${JSON.stringify(read)} is read in ${JSON.stringify(field)}`);
    },
  },
  {
    name: "fields",
    promise:
      "any text is a field of lines that are no longer than they may be, which another parser gives back, or an InputError",
    words: ["=?", "?=", "=?utf-8?q?a?=", " ", "  ", "\t", "é", "日本", "a".repeat(80), "word ", "\r\n", "😀", ":"],
    seeds: ["Hello", " a", "a  b ".repeat(30), "Grüße aus Köln ".repeat(12)],
    run(input) {
      const text = textOf(input);
      const field = attempt(() => unstructuredField("Subject", checkFieldText(text, "subject"), "subject"));
      if (field === undefined) return;
      for (const line of field.split("\r\n")) {
        require(/^[ -~]{0,998}$/.test(line), () => `no line: ${JSON.stringify(line)}`);
      }
      require(!/\r\n[ \t]*\r\n/.test(field), () => `a line of blanks: ${JSON.stringify(field)}`);
      const read = decodeWords(field.replaceAll("\r\n", "").slice("Subject: ".length));
      require(read === text, () => `${JSON.stringify(read)} is read in ${JSON.stringify(field)}`);
    },
  },
];
