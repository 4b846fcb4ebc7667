/**
 * The vectors of RFC 2047 and RFC 2231: what they show and what is written here for it read the same.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { BASE } from "./catalogue/case.ts";
import { expectRead } from "./read_raw.ts";
import { expectReadBack, type Reader } from "./read_back.ts";

interface Words {
  readonly display: readonly { readonly encoded: string; readonly display: string }[];
  readonly headers: readonly {
    readonly header: string;
    readonly value: string;
    readonly text: string;
    readonly address: string | null;
  }[];
  readonly hostileInput: readonly string[];
}

interface Parameters {
  readonly decode: readonly {
    readonly field: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly display?: string;
  }[];
  readonly encode: readonly { readonly filename: string; readonly quoted?: string; readonly extended?: string }[];
  readonly hostileFilenames: readonly string[];
}

// Read, not imported: the test runner's own reader of JSON modules refuses a lone surrogate.
function read<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
}

const words = read<Words>("rfc2047");
const parameters = read<Parameters>("rfc2231");

/** Something that the vectors show. */
export interface Vector {
  readonly name: string;
  holds(readers: readonly Reader[]): Promise<void>;
}

function raw(fields: string): string {
  return `From: ada@example.com\r\n${fields}\r\nMIME-Version: 1.0\r\n\r\na\r\n`;
}

function rawPart(fields: string): string {
  return raw('Content-Type: multipart/mixed; boundary="b"').replace(
    "\r\na\r\n",
    `\r\n--b\r\n\r\na\r\n--b\r\n${fields}\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--\r\n`,
  );
}

function part(filename: string | undefined, contentType: string, disposition?: "attachment") {
  return { filename, contentType, cid: undefined, disposition, description: undefined, octets: Uint8Array.of(0x78) };
}

const encodedWords: readonly Vector[] = [
  // The RFC shows them in comments; a subject has none, so it is without the parentheses.
  ...words.display.map(({ encoded, display }): Vector => ({
    name: `RFC 2047: ${JSON.stringify(encoded)}`,
    async holds(readers) {
      const subject = display.slice(1, -1);
      await expectRead(raw(`Subject: ${encoded.slice(1, -1)}`), { readers, reads: { subject } });
      await expectReadBack({ ...BASE, text: "a\n", subject }, { readers });
    },
  })),
  ...words.headers.map(({ header, value, text, address }): Vector => ({
    name: `RFC 2047: ${header}: ${JSON.stringify(value)}`,
    async holds(readers) {
      if (address === null) {
        await expectRead(raw(`${header}: ${value}`), { readers, reads: { subject: text } });
        await expectReadBack({ ...BASE, text: "a\n", subject: text }, { readers });
        return;
      }
      const key = header.toLowerCase() as "from" | "to" | "cc";
      const message = raw(`${header}: ${value}`).replace(key === "from" ? "From: ada@example.com\r\n" : "\0", "");
      await expectRead(message, { readers, reads: { [key]: [{ name: text, address }] } });
      await expectReadBack({ ...BASE, text: "a\n", [key]: { name: text, address: address.toLowerCase() } }, {
        readers,
      });
    },
  })),
  ...words.hostileInput.map((text): Vector => ({
    name: `RFC 2047: ${JSON.stringify(text)} as it is`,
    async holds(readers) {
      const named = { name: text, address: "eve@example.org" };
      await expectReadBack({
        ...BASE,
        from: named,
        to: [named, named],
        subject: text,
        text,
        headers: { "X-Text": text },
      }, {
        readers,
      });
    },
  })),
];

const extendedParameters: readonly Vector[] = [
  ...parameters.decode.map(({ field, params, display }): Vector => ({
    name: `RFC 2231: ${JSON.stringify(field)}`,
    async holds(readers) {
      if (params === undefined) {
        const [name, address] = [display!, "moore@cs.utk.edu"];
        // compat32 takes the language for part of the charset's name and fails: its `ecre` in email.header is of RFC 2047 alone.
        const able = readers.filter(({ parser }) => parser.name !== "compat32");
        await expectRead(`${field}\r\n\r\na\r\n`, { readers: able, reads: { from: [{ name, address }] } });
        await expectReadBack({ ...BASE, text: "a\n", from: { name, address } }, { readers });
        return;
      }
      // Of another type: an external body has none here.
      const type = "application/x-stuff";
      const given = field.replace("message/external-body", type);
      const reads = { alternatives: [{ ...part(undefined, type), parameters: params }] };
      await expectRead(rawPart(given), { readers, reads });
      const contentType = type + Object.entries(params).map(([name, value]) => `; ${name}="${value}"`).join("");
      await expectReadBack({ ...BASE, text: "a\n", attachments: [{ content: "x", contentType }] }, { readers });
    },
  })),
  ...parameters.encode.map(({ filename, quoted, extended }): Vector => ({
    name: `RFC 2231: ${filename}`,
    async holds(readers) {
      const type = "application/x-stuff";
      const reads = { attachments: [{ ...part(filename, type, "attachment"), parameters: {} }] };
      for (const parameter of [quoted, extended]) {
        if (parameter === undefined) continue;
        const fields = `Content-Type: ${type}\r\nContent-Disposition: attachment; ${parameter}`;
        await expectRead(rawPart(fields), { readers, reads });
      }
      await expectReadBack({ ...BASE, text: "a\n", attachments: [{ filename, content: "x", contentType: type }] }, {
        readers,
      });
    },
  })),
  ...parameters.hostileFilenames.filter((filename) => filename !== "" && !/[\p{Cc}\p{Cs}]/u.test(filename)).map((
    filename,
  ): Vector => ({
    name: `RFC 2231: ${JSON.stringify(filename.slice(0, 40))} as it is`,
    async holds(readers) {
      const contentType = "application/x-stuff";
      await expectReadBack({ ...BASE, text: "a\n", attachments: [{ filename, content: "x", contentType }] }, {
        readers,
      });
    },
  })),
];

/** All of them. */
export const VECTORS: readonly Vector[] = [...encodedWords, ...extendedParameters];
