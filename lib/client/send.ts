/**
 * One message, in one call.
 *
 * @module
 */
import { compose, type Composed, releasing } from "../mime/compose.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import type { SessionOptions } from "../session/options.ts";
import type { Receipt } from "../session/receipt.ts";
import { type SendOptions, Session } from "../session/session.ts";

/**
 * Logs on, sends one message, and logs off. For more than one, a {@link Session} saves the logging on.
 *
 * @param target connection string, URL, or options that name a host; see {@link Session.open}
 * @throws as {@link Session.open} and {@link Session.send}; a message that cannot be sent as it stands is refused before
 *   anything is connected
 *
 * @example
 * ```ts
 * import { send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "Ada <ada@example.com>",
 *   to: "bob@example.net",
 *   subject: "Hello",
 *   text: "Hi Bob",
 * });
 * ```
 */
export async function send(
  target: string | SessionOptions,
  message: Message | RawMessage,
  options: SessionOptions & SendOptions = {},
): Promise<Receipt> {
  const { deadline, recipients, onProgress, ...sessionOptions } = options;
  const composed = compose(message);
  const sendOptions = { signal: options.signal, deadline, recipients, onProgress };
  return await releasing(composed, sendOne(composed, { target, sessionOptions, sendOptions }));
}

async function sendOne(
  composed: Composed,
  how: { target: string | SessionOptions; sessionOptions: SessionOptions; sendOptions: SendOptions },
): Promise<Receipt> {
  const session = await Session.open(how.target, how.sessionOptions);
  try {
    return await session.sendComposed(composed, how.sendOptions);
  } finally {
    await session.close();
  }
}
