/**
 * One message, in one call.
 *
 * @module
 */
import { given } from "../given.ts";
import { type Composed, releasing } from "../mime/compose.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import { composedWithin, isComposing } from "../session/composing.ts";
import { type Deadline, deadlineOf, until } from "../session/deadline.ts";
import { readSession, resolveCompose, SESSION_KEYS, type SessionOptions } from "../session/options.ts";
import type { Receipt } from "../session/receipt.ts";
import { checkSend, sendKeys, type SendOptions } from "../session/send_options.ts";
import { Session } from "../session/session.ts";
import { withDeadline } from "../session/within.ts";

const KEYS = { ...SESSION_KEYS, ...sendKeys() };

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
  const own = given(options, { place: "", what: "send", keys: KEYS }) as SessionOptions & SendOptions;
  const { signal, deadline: ms, recipients, onProgress, ...sessionOptions } = own;
  const sendOptions = { signal, deadline: ms, recipients, onProgress } as SendOptions;
  checkSend(sendOptions);
  const deadline = deadlineOf(sendOptions);
  const server = typeof target === "string" ? target : readSession(target);
  const compose = own.compose ?? (typeof server === "string" ? undefined : server.compose);
  const composing = resolveCompose(compose)(message);
  const composed = isComposing(composing) ? await composedWithin(composing, { signal, deadline }) : composing;
  const open = (signal: AbortSignal | undefined) => Session.open(server, { ...sessionOptions, signal });
  const sending = sendOne(composed, { open, deadline, options: sendOptions });
  return await releasing(composed, sending);
}

async function sendOne(
  composed: Composed,
  how: {
    open(signal: AbortSignal | undefined): Promise<Session>;
    readonly deadline: Deadline | undefined;
    readonly options: SendOptions;
  },
): Promise<Receipt> {
  const { deadline, options: { signal } } = how;
  const limit = { phase: "connect", doing: "opening a session", signal } as const;
  const session =
    await (deadline === undefined
      ? how.open(signal)
      : withDeadline({ ...limit, deadline }, how.open, (late) => late.abort()));
  try {
    return await session.sendComposed(composed, until(how.options, deadline));
  } finally {
    // Whoever waits no longer does not wait for replies that are owed for what was broken off, either.
    await session.close(until({ signal }, deadline));
  }
}
