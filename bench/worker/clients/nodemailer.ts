/**
 * nodemailer, with its pool and without: then each message has a connection of its own.
 *
 * @module
 */
import { Readable } from "node:stream";
import { Buffer } from "node:buffer";
import { createTransport } from "nodemailer";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Target } from "../../job.ts";
import type { Client, Letter, SenderOptions } from "./client.ts";

interface Options {
  [name: string]: unknown;
}

function connection({ host, port, secure }: Target): Options {
  if (secure === undefined) return { host, port, secure: false, ignoreTLS: true };
  return { host, port, secure: false, requireTLS: true, auth: { user: secure.user, pass: secure.password } };
}

function message({ files, ...fields }: Letter): Options {
  if (files.length === 0) return fields;
  const attachments = files.map(({ name, type, content }) => {
    const about = { filename: name, contentType: type };
    if ("path" in content) return { ...about, path: content.path };
    if ("octets" in content) return { ...about, content: Buffer.from(content.octets.buffer as ArrayBuffer) };
    return { ...about, content: Readable.from(content.stream(), { objectMode: false }) };
  });
  return { ...fields, attachments };
}

/** The parts of the library's types that are used. */
interface Transport {
  sendMail(message: Options): Promise<{ readonly rejected: readonly unknown[] }>;
  close(): void;
}

function opener(options: (asked: SenderOptions) => Options): Client["open"] {
  return (target, asked) => {
    const transport = createTransport({ ...connection(target), ...options(asked) }) as unknown as Transport;
    return Promise.resolve({
      async send(letter) {
        const { rejected } = await transport.sendMail(message(letter));
        if (rejected.length > 0) throw new Error(`Refused: ${rejected[0]}`);
      },
      close() {
        transport.close();
        return Promise.resolve();
      },
    });
  };
}

async function compose(letter: Letter): Promise<number> {
  const built = new MailComposer(message(letter)).compile();
  return (await built.build() as Uint8Array).length;
}

export const pooled: Client = {
  open: opener(({ sessions }) => ({ pool: true, maxConnections: sessions, maxMessages: Infinity })),
  compose,
};

export const direct: Client = { open: opener(() => ({})), compose };
