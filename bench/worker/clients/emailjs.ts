/**
 * emailjs, which has one connection and a queue.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { Message, SMTPClient } from "emailjs";
import type { Client, Letter } from "./client.ts";

type Headers = ConstructorParameters<typeof Message>[0];

function message({ files, html, to, ...fields }: Letter): Headers {
  const attachment = files.map(({ name, type, content }) => {
    const about = { name, type };
    if ("path" in content) return { ...about, path: content.path };
    // It takes text; `encoded` says that it is base64 already.
    if ("octets" in content) {
      return { ...about, data: Buffer.from(content.octets.buffer as ArrayBuffer).toString("base64"), encoded: true };
    }
    return { ...about, stream: Readable.from(content.stream(), { objectMode: false }) };
  });
  const alternative = html === undefined ? [] : [{ data: html, alternative: true }];
  return { ...fields, to: [...to], attachment: [...alternative, ...attachment] } as unknown as Headers;
}

export const client: Client = {
  open({ host, port, secure }, { sessions }) {
    if (sessions > 1) return Promise.reject(new Error("It has no pool"));
    const smtp = new SMTPClient({
      host,
      port,
      timeout: 60_000,
      ...(secure === undefined ? {} : { tls: true, user: secure.user, password: secure.password }),
    });
    return Promise.resolve({
      async send(letter) {
        await smtp.sendAsync(message(letter) as Parameters<typeof smtp.sendAsync>[0]);
      },
      close() {
        smtp.smtp.close(true);
        return Promise.resolve();
      },
    });
  },

  async compose(letter) {
    return Buffer.byteLength(await new Message(message(letter)).readAsync());
  },
};
