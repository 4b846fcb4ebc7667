/**
 * A client for programs that send now and then, or a great deal: it logs on when there is something to send, stays logged
 * on as long as it pays, and logs on again when the server has hung up.
 *
 * @module
 */
import { ClosedError } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import type { Compose } from "../mime/composer.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import { isComposing } from "../session/composing.ts";
import { deadlineOf } from "../session/deadline.ts";
import type { Observe } from "../session/observation.ts";
import { checkOptions } from "../session/options.ts";
import {
  DEFAULT_SEND_OPTIONS,
  readSend,
  readWait,
  type SendOptions,
  type WaitOptions,
} from "../session/send_options.ts";
import { type ClientOptions, type ClientTarget, resolveHosts } from "./client_options.ts";
import type { ClientReceipt } from "./client_receipt.ts";
import { Composings } from "./composings.ts";
import { Deliveries } from "./deliveries.ts";
import { type Delivery, type Messages, resolveSendAll, type SendAllOptions } from "./delivery.ts";
import { Job } from "./job.ts";
import { Pool } from "./pool.ts";
import { watched } from "./watched.ts";

/**
 * Sends messages over sessions that it keeps.
 *
 * @example
 * ```ts
 * import { oauth2, SmtpClient } from "@posthaste/smtp";
 *
 * const getToken = () => Promise.resolve("an access token");
 * await using client = new SmtpClient({
 *   host: "smtp.office365.com",
 *   port: 587,
 *   auth: oauth2("svc@example.com", getToken),
 * });
 * const receipt = await client.send({ from: "svc@example.com", to: "bob@example.net", text: "Hello" });
 * for (const { recipient, reply } of receipt.rejected) console.warn(recipient, reply.text);
 * ```
 *
 * @example Several sessions, a rate, and a second host for when the first cannot be reached
 * ```ts
 * import { SmtpClient } from "@posthaste/smtp";
 *
 * await using client = new SmtpClient({
 *   hosts: ["smtps://mail.example.com", "smtps://spare.example.com"],
 *   auth: { user: "ada", password: "secret" },
 *   pool: { size: 4, messagesPerSession: 500, messagesPerSecond: 50 },
 * });
 * await client.send({ from: "ada@example.com", to: "bob@example.net", text: "Hello" });
 * ```
 */
export class SmtpClient implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #compose: Compose;
  readonly #observe: Observe | undefined;
  readonly #composings = new Composings();
  #closing: Promise<void> | undefined;

  /**
   * Connects to nothing yet.
   *
   * @param target connection string, URL, or options that name a host; see {@link Session.open}. Or several of them, in
   *   order of preference, over the options beside them
   * @throws {ConfigError} what cannot be understood or would be unsafe; {@link TypeError} {@link RangeError} options that
   *   cannot be; {@link UnsupportedError} `RUNTIME_UNSUPPORTED` where there are no sockets. The files of a TLS profile are
   *   read with each session
   */
  constructor(target: ClientTarget, options: ClientOptions = {}) {
    const hosts = resolveHosts(target, options);
    const [first] = hosts.map(({ session }) => checkOptions(session));
    this.#compose = first!.compose;
    this.#observe = first!.observe;
    this.#pool = new Pool(hosts);
  }

  /**
   * Sends a message. One whose session ends before anything of its content was taken, and without a word about it, goes
   * to another session without the caller noticing, within the bounds of `pool.tries`; one that a server may have taken is
   * never sent a second time. Where the server takes fewer recipients in a transaction than the message has, it goes out
   * in several, with one receipt; with `recipients: "all"`, which is all or none, that is an error.
   *
   * @throws {UnsupportedError} `TOO_MANY_RECIPIENTS` the message cannot be split, and the server declares that it takes
   *   fewer recipients (RCPTMAX, RCPTDOMAINMAX of RFC 9422); nothing was sent
   * @throws as {@link Session.open} and {@link Session.send}; where a message went out in several transactions, only when
   *   none of them was taken
   */
  send(message: Message | RawMessage, options: SendOptions = DEFAULT_SEND_OPTIONS): Promise<ClientReceipt> {
    return new Promise((receipt, error) => {
      this.#requireOpen();
      const own = readSend(options);
      const deadline = deadlineOf(own);
      const submit = (composed: Composed) => {
        const settle = watched(composed, { receipt, error }, this.#observe);
        this.#pool.submit(new Job({ composed, options: own, deadline, settle }));
      };
      const composed = this.#compose(message);
      if (!isComposing(composed)) return submit(composed);
      const { signal } = own;
      this.#composings.add(composed, { signal, deadline }, { composed: submit, failed: error });
    });
  }

  /**
   * Sends many messages in constant memory, and gives what became of each in order of completion. Messages are taken from
   * the source when there is room for them and when somebody iterates; a caller who is slow to take deliveries slows the
   * source down. A message that fails is a delivery with an error, and the others go on.
   *
   * The iteration ends with an error only where that is about the whole, after the deliveries of what was under way: what
   * the source or `onProgress` throws, the reason of `signal`, a {@link ClosedError} when the client was closed meanwhile.
   * Leaving it early, by `break` or an error, takes back the messages that wait for a session, waits for those that were
   * handed to one, and closes the source, for which that has half a minute.
   *
   * @throws {TypeError} {@link RangeError} at once: options that cannot be, a source that is none
   *
   * @example
   * ```ts
   * import { type Message, progressBar, SmtpClient } from "@posthaste/smtp";
   *
   * async function* messages(): AsyncGenerator<Message> {
   *   for (let i = 0; i < 1_000_000; i++) {
   *     yield { from: "ada@example.com", to: `r${i}@example.net`, subject: `No ${i}`, text: "Hello" };
   *   }
   * }
   * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { pool: { size: 4 } });
   * const again: number[] = [];
   * const options = { window: 200, total: 1_000_000, onProgress: progressBar() };
   * for await (const { index, receipt, fate } of client.sendAll(messages(), options)) {
   *   if (receipt === undefined && (fate === "unsent" || fate === "deferred")) again.push(index);
   * }
   * ```
   */
  sendAll(messages: Messages, options: SendAllOptions = {}): AsyncIterableIterator<Delivery, undefined> {
    const resolved = resolveSendAll(messages, options);
    const isClosed = () => this.#closing !== undefined;
    const [pool, compose, composings, observe] = [this.#pool, this.#compose, this.#composings, this.#observe];
    return new Deliveries({ messages, pool, compose, composings, observe, options: resolved, isClosed });
  }

  /**
   * Finds out whether the server can be reached and takes the credentials; sends nothing.
   *
   * @throws as {@link Session.open}
   */
  verify(options: WaitOptions = {}): Promise<void> {
    return new Promise((resolve, error) => {
      this.#requireOpen();
      const settle = { receipt: () => resolve(), error };
      const { signal } = readWait(options);
      const own = signal === undefined ? DEFAULT_SEND_OPTIONS : { ...DEFAULT_SEND_OPTIONS, signal };
      this.#pool.submit(new Job({ composed: undefined, options: own, deadline: undefined, settle }));
    });
  }

  /** Waits for the messages under way and waiting, then logs off. Never rejects; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#composings.none().then(() => this.#pool.close());
    return this.#closing;
  }

  /** As {@link SmtpClient.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError("idle", "The client is closed");
  }
}
