/**
 * Messages as npm's mailparser reads them.
 *
 * @module
 */
import {
  type AddressObject,
  type EmailAddress,
  type ParsedMail,
  simpleParser,
  type StructuredHeader,
} from "mailparser";
import { createRequire } from "node:module";
import {
  identifiers,
  type ParsedAddress,
  type ParsedMailbox,
  type ParsedMessage,
  type ParsedPart,
  type Parser,
  sorted,
} from "./parsed_message.ts";

// The decoder that mailparser itself calls, in the version that it brings along; for fields that it hands over undecoded.
const require = createRequire(createRequire(import.meta.url).resolve("mailparser"));
const libmime: { decodeWords(text: string): string } = require("libmime");

/** npm's mailparser. */
export const mailparser: Parser = {
  name: "mailparser",
  async parse(octets: Uint8Array): Promise<ParsedMessage> {
    const mail = await simpleParser(Buffer.from(octets), {
      // What it would change beyond decoding: images put into the HTML, links into the text, one form made from the other.
      skipImageLinks: true,
      skipTextLinks: true,
      skipTextToHtml: true,
      skipHtmlToText: true,
      checksumAlgo: false,
    });
    return common(mail);
  },
};

function common(mail: ParsedMail): ParsedMessage {
  const fields = mail.headerLines.map(({ key, line }) => {
    const raw = Buffer.from(line, "binary").toString();
    return [key, raw.slice(raw.indexOf(":") + 1).replace(/\r?\n/g, "").trim()] as const;
  });
  const parts = mail.attachments.map((part): ParsedPart => ({
    filename: part.filename,
    // `contentType` itself is guessed anew from the name where it is application/octet-stream.
    contentType: (part.headers.get("content-type") as StructuredHeader).value,
    parameters: { ...(part.headers.get("content-type") as StructuredHeader).params },
    cid: part.cid,
    disposition: part.contentDisposition,
    description: decodedOrNone(part.headers.get("content-description")),
    octets: new Uint8Array(part.content),
  }));
  const hasHtml = mail.html !== undefined && mail.html !== false;
  return {
    from: addresses(mail.headers.get("from")),
    sender: addresses(mail.headers.get("sender")),
    to: addresses(mail.headers.get("to")),
    cc: addresses(mail.headers.get("cc")),
    replyTo: addresses(mail.headers.get("reply-to")),
    subject: mail.subject,
    date: mail.date?.toISOString(),
    messageId: mail.messageId,
    inReplyTo: identifiers(mail.inReplyTo),
    references: [mail.references ?? []].flat(),
    text: mail.text === "" && hasHtml ? undefined : mail.text,
    html: hasHtml ? mail.html as string : undefined,
    ...sorted(parts),
    fields,
    decoded: fields.map(([, value]) => libmime.decodeWords(value)),
  };
}

function decodedOrNone(value: unknown): string | undefined {
  return typeof value === "string" ? libmime.decodeWords(value) : undefined;
}

function addresses(field: unknown): readonly ParsedAddress[] {
  if (field === undefined) return [];
  return ([field].flat() as AddressObject[]).flatMap((one) => one.value).map(address);
}

function address(one: EmailAddress): ParsedAddress {
  return one.group === undefined ? mailbox(one) : { group: one.name, members: one.group.map(mailbox) };
}

function mailbox({ name, address }: EmailAddress): ParsedMailbox {
  return { name, address: address ?? "" };
}
