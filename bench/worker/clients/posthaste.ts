/**
 * This library: the source on Deno, the built npm package elsewhere.
 *
 * @module
 */
import { compose, fromFile, type Message, Session, type SessionOptions, SmtpClient } from "@posthaste/smtp";
import type { Target } from "../../job.ts";
import type { Client, Letter, LetterFile, SenderOptions } from "./client.ts";

type Attachment = NonNullable<Message["attachments"]>[number];

async function attachment({ name, type, content }: LetterFile): Promise<Attachment> {
  if ("path" in content) return await fromFile(content.path, { filename: name, contentType: type });
  const source = "octets" in content ? content.octets : content.stream();
  return { filename: name, contentType: type, content: source };
}

function message(letter: Letter): Message | Promise<Message> {
  const { files, ...fields } = letter;
  if (files.length === 0) return fields;
  return Promise.all(files.map(attachment)).then((attachments) => ({ ...fields, attachments }));
}

/** As many messages in flight in each session as the case wants. */
function sessionOptions({ host, port, secure }: Target, { inFlight, sessions }: SenderOptions): SessionOptions {
  const options: SessionOptions = { host, port, window: Math.ceil(inFlight / sessions) };
  if (secure === undefined) return { ...options, tls: "off" };
  return { ...options, tls: "starttls", auth: { user: secure.user, password: secure.password } };
}

/** Sends over a session or a client, which have this in common. */
async function sendOver(sender: Pick<Session, "send" | "close">, letter: Letter): Promise<void> {
  const made = message(letter);
  const { rejected } = await sender.send(made instanceof Promise ? await made : made);
  if (rejected.length > 0) throw new Error(`Refused: ${rejected[0].recipient}`);
}

export const client: Client = {
  async open(target, options) {
    const session = sessionOptions(target, options);
    const sender = options.sessions === 1
      ? await Session.open(session)
      : new SmtpClient(session, { pool: { size: options.sessions } });
    return { send: (letter) => sendOver(sender, letter), close: () => sender.close() };
  },

  async compose(letter) {
    const { content } = compose(await message(letter));
    if (content.octets !== undefined) return content.octets.length;
    let size = 0;
    for await (const piece of content.stream()) size += piece.length;
    return size;
  },
};
