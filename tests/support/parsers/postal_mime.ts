/**
 * Messages as npm's postal-mime reads them.
 *
 * @module
 */
import PostalMime, { type Address, decodeWords, type Email, type Mailbox } from "postal-mime";
import {
  identifiers,
  type ParsedAddress,
  type ParsedMailbox,
  type ParsedMessage,
  type ParsedPart,
  type Parser,
  sorted,
} from "./parsed_message.ts";

/** npm's postal-mime. */
export const postalMime: Parser = {
  name: "postal-mime",
  async parse(octets: Uint8Array): Promise<ParsedMessage> {
    return common(await PostalMime.parse(octets, { forceRfc822Attachments: true }));
  },
};

function common(mail: Email): ParsedMessage {
  const parts = mail.attachments.map((part): ParsedPart => ({
    filename: part.filename ?? undefined,
    contentType: part.mimeType,
    parameters: undefined,
    cid: part.contentId?.replace(/^<|>$/g, ""),
    disposition: part.disposition ?? undefined,
    description: part.description,
    octets: typeof part.content === "string" ? new TextEncoder().encode(part.content) : new Uint8Array(part.content),
  }));
  const fields = mail.headers.map(({ key, value }) => [key, value] as const);
  return {
    from: mail.from === undefined ? [] : [address(mail.from)],
    sender: mail.sender === undefined ? [] : [address(mail.sender)],
    to: (mail.to ?? []).map(address),
    cc: (mail.cc ?? []).map(address),
    replyTo: (mail.replyTo ?? []).map(address),
    subject: mail.subject,
    date: mail.date,
    messageId: mail.messageId,
    inReplyTo: identifiers(mail.inReplyTo),
    references: identifiers(mail.references),
    text: mail.text?.replaceAll("\r\n", "\n"),
    html: mail.html?.replaceAll("\r\n", "\n"),
    ...sorted(parts),
    fields,
    decoded: fields.map(([, value]) => decodeWords(value)),
  };
}

function address(one: Address): ParsedAddress {
  return one.group === undefined ? mailbox(one) : { group: one.name, members: one.group.map(mailbox) };
}

function mailbox({ name, address }: Mailbox): ParsedMailbox {
  return { name, address };
}
