/** Messages in octets: raw ones, their header sections, parts of them, and their signatures. @module */
import { Buffer } from "node:buffer";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { dkim } from "../../../lib/dkim/dkim.ts";
import { checkEntity } from "../../../lib/mime/entity.ts";
import { readHeaderSection } from "../../../lib/mime/header_section.ts";
import { compose, readRawMessage } from "../../../mod.ts";
import { DKIM_KEY, DKIM_NAME, DKIM_RECORD } from "../../support/dkim_key.ts";
import { ENVELOPE, readAll, requireContent } from "../content.ts";
import { ENTITY, RAW_MESSAGE } from "../grammars.ts";
import { attempt, attemptLater, binaryOf, cuttings, require, type Target } from "../target.ts";

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

async function* inPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

const FORMS = ["simple/simple", "relaxed/relaxed", "simple/relaxed", "relaxed/simple"] as const;

/** What mailauth says of the first signature. */
async function verdictOn(message: Buffer): Promise<string> {
  const options = { resolver: () => Promise.resolve([[DKIM_RECORD]]), strict: true, curTime: new Date() };
  const { results } = await dkimVerify(message, options as never) as {
    readonly results: readonly { readonly status: { readonly result: string; readonly comment?: string } }[];
  };
  const { status } = results[0]!;
  return status.result === "pass" ? "pass" : `${status.result}: ${status.comment}`;
}

/** The parsers of messages. */
export const MESSAGES: readonly Target[] = [
  {
    name: "raw_message",
    grammar: RAW_MESSAGE,
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
    grammar: RAW_MESSAGE,
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
    grammar: RAW_MESSAGE,
    promise:
      "any octets are signed by DKIM the same in any pieces, so that an independent verifier passes them, or refused",
    words: FIELDS,
    seeds: ["From: a@b.example\r\nSubject:  a  b \r\n\r\na  \r\n\r\n\r\n", "From: a@b.example\r\n\r\n"],
    async run(input) {
      const signer = dkim({ ...DKIM_NAME, key: DKIM_KEY, canonicalization: FORMS[input.length % FORMS.length]! });
      const sign = (raw: Parameters<typeof readRawMessage>[0]) =>
        attemptLater(async () => await signer.sign(compose({ raw, envelope: ENVELOPE } as never).content));
      const fields = [await sign(input), await sign(inPieces(cuttings(input)[2]!))];
      const hashes = fields.map((field) => /bh=([^;]+);/.exec(field?.replace(/\r\n[ \t]+/g, "") ?? "")?.[1]);
      require(hashes[0] === hashes[1], () => `two hashes of one body: ${hashes.join(" ")}`);
      if (fields[0] === undefined) return;
      const content = await readAll(compose({ raw: input, envelope: ENVELOPE }).content);
      const verdict = await verdictOn(Buffer.concat([Buffer.from(fields[0], "latin1"), content]));
      require(verdict === "pass", () => `the signature does not verify: ${verdict}`);
    },
  },
  {
    name: "entity",
    grammar: ENTITY,
    promise: "any octets are an entity of whole lines and Content- fields, or an InputError",
    words: [...FIELDS, "Content-Type: text/plain\r\n", "Content-"],
    seeds: ["Content-Type: text/plain\r\n\r\na\r\n", "\r\na"],
    run(input) {
      if (attempt(() => checkEntity(input, "entity")) !== undefined) requireContent(input);
    },
  },
];
