/**
 * `@upyo/smtp`. Its pool keeps connections and does not limit them, so that as many messages are handed over at a time as
 * there are sessions. It has no streams, and no way to compose without sending.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { SmtpTransport } from "@upyo/smtp";
import type { Client, Letter, LetterFile } from "./client.ts";

type Message = Parameters<SmtpTransport["send"]>[0];
type Address = Message["sender"];

function address(text: string): Address {
  return { address: text as Address["address"] };
}

function octets({ content }: LetterFile): Uint8Array | Promise<Uint8Array> {
  if ("path" in content) return readFile(content.path);
  if ("octets" in content) return content.octets;
  throw new Error("It has no streams");
}

function message({ from, to, subject, text, html, files }: Letter): Message {
  return {
    sender: address(from),
    recipients: to.map(address),
    ccRecipients: [],
    bccRecipients: [],
    replyRecipients: [],
    attachments: files.map((file) => ({
      inline: false,
      filename: file.name,
      content: octets(file),
      contentType: file.type as `${string}/${string}`,
      contentId: "",
    })),
    subject,
    content: html === undefined ? { text } : { text, html },
    priority: "normal",
    tags: [],
    headers: new Headers(),
  };
}

export const client: Client = {
  open({ host, port, secure }, { sessions }) {
    const transport = new SmtpTransport({
      host,
      port,
      secure: false,
      pool: true,
      poolSize: sessions,
      ...(secure === undefined ? {} : { auth: { user: secure.user, pass: secure.password } }),
    });
    return Promise.resolve({
      most: sessions,
      async send(letter) {
        const receipt = await transport.send(message(letter));
        if (!receipt.successful) throw new Error(receipt.errorMessages.join("; "));
      },
      close: () => transport.closeAllConnections(),
    });
  },
};
