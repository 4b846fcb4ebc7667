/**
 * One connection to a server, from logging on to logging off.
 *
 * @module
 */
import { hello, type ServerState } from "../dialogue/opening.ts";
import { OpenTransaction } from "../dialogue/open_transaction.ts";
import { plainCommand, type SessionCommand } from "../dialogue/command.ts";
import { noop, quit, reset } from "../dialogue/upkeep.ts";
import { ClosedError, type ReplyInfo, type SmtpError } from "../errors.ts";
import { compose, type Composed, releasing } from "../mime/compose.ts";
import type { Compose } from "../mime/composer.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import type { TlsInfo } from "../runtime/runtime.ts";
import type { ServerLimits } from "../wire/extension.ts";
import { composedWithin, isComposing } from "./composing.ts";
import { deadlineOf, until } from "./deadline.ts";
import type { Driver } from "./driver.ts";
import { openSession } from "./open.ts";
import { DEFAULT_CLIENT_NAME, readSession, resolveOptions, type SessionOptions } from "./options.ts";
import type { Patience } from "./patience.ts";
import type { Receipt } from "./receipt.ts";
import { DEFAULT_SEND_OPTIONS, readSend, readWait, type SendOptions, type WaitOptions } from "./send_options.ts";
import type { Standing, Terms } from "./standing.ts";
import { overlaid, withTarget } from "./target.ts";
import { Transactions } from "./transactions.ts";

const PLAIN: Terms = { pipelining: true, chunking: true, compose, clientName: DEFAULT_CLIENT_NAME };

/**
 * A session with a server. It stays open for any number of messages; several may be sent without waiting for each other,
 * and go out in order.
 *
 * @example
 * ```ts
 * import { Session } from "@posthaste/smtp";
 *
 * await using session = await Session.open("TLS:smtp.example.com+465", { auth: { user: "ada", password: "secret" } });
 * await session.send({ from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi Bob" });
 * ```
 */
export class Session implements AsyncDisposable {
  readonly #driver: Driver;
  readonly #state: Standing;
  readonly #transactions: Transactions;
  readonly #compose: Compose;
  #closing: Promise<void> | undefined;

  private constructor(driver: Driver, state: ServerState, terms: Terms) {
    this.#driver = driver;
    this.#compose = terms.compose;
    const { clientName, protocol } = terms;
    this.#state = {
      ...state,
      hello: () => (protocol?.hello ?? hello)(clientName),
      open: new OpenTransaction(),
      renew: (extensions) => {
        this.#state.extensions = extensions;
        this.#transactions.renew();
      },
    };
    this.#transactions = new Transactions(driver, this.#state, terms);
    driver.observation?.opened(driver.connection.tls, state.mechanism);
  }

  /**
   * Connects and logs on.
   *
   * @param target connection string such as `TLS:smtp.myorg.com+465:smtp_profile`, URL such as
   *   `smtps://ada:secret@mail.example.com`, or options that name a host
   * @throws {ConfigError} {@link TypeError} what was asked for cannot be understood or would be unsafe
   * @throws {ConnectionError} network or TLS; {@link TimeoutError} a limit ran out
   * @throws {AuthenticationError} {@link ReplyError} the server refused; {@link UnsupportedError} it cannot do what was
   *   asked for; {@link ProtocolError} it does not speak SMTP
   */
  static async open(target: string | SessionOptions, options: SessionOptions = {}): Promise<Session> {
    const own = readSession(options);
    const asked = typeof target === "string" ? withTarget(target, own) : overlaid(readSession(target), own);
    const resolved = await resolveOptions(asked);
    const { driver, state } = await openSession(resolved, asked.signal);
    return new Session(driver, state, resolved);
  }

  /** A session on a connection that was opened by another dialogue than the usual one. */
  static adopt(driver: Driver, state: ServerState): Session {
    return new Session(driver, state, PLAIN);
  }

  /** What the server offers: EHLO keyword, upper case, to its parameters. */
  get extensions(): ReadonlyMap<string, string> {
    return this.#state.extensions.keywords;
  }

  /** What the server says that it takes in a session and in a transaction (LIMITS, RFC 9422). */
  get limits(): ServerLimits {
    return this.#state.extensions.limits;
  }

  /** Text of the server's greeting. */
  get greeting(): string {
    return this.#state.greeting;
  }

  /** The SASL mechanism that the session was logged on with. */
  get mechanism(): string | undefined {
    return this.#state.mechanism;
  }

  /** What is known of the connection's TLS; `undefined` in clear text. */
  get tls(): TlsInfo | undefined {
    return this.#driver.connection.tls;
  }

  /** Why the session is over; `undefined` while it can be used. */
  get closed(): SmtpError | undefined {
    return this.#driver.over;
  }

  /** Messages that were asked for and have not ended. */
  get underWay(): number {
    return this.#transactions.underWay;
  }

  /**
   * Sends a message. Everything about it is checked before an octet is written. Where composing it takes time, it goes out
   * when it is composed.
   *
   * @throws {InputError} the message cannot be sent as it stands
   * @throws {RejectedError} the server refused the sender, all recipients or the content
   * @throws {UnsupportedError} the message needs what the server does not offer
   * @throws {SmtpError} of any other kind when the session ends on the way; `fate` says what became of the message
   */
  send(message: Message | RawMessage, options: SendOptions = DEFAULT_SEND_OPTIONS): Promise<Receipt> {
    let composed: Composed;
    let own: SendOptions;
    try {
      own = readSend(options);
      const composing = this.#compose(message);
      if (isComposing(composing)) return this.#sendLater(composing, own);
      composed = composing;
    } catch (error) {
      return Promise.reject(error);
    }
    return releasing(composed, this.#sendComposed(composed, own));
  }

  async #sendLater(composing: Promise<Composed>, options: SendOptions): Promise<Receipt> {
    const deadline = deadlineOf(options);
    const composed = await composedWithin(composing, { signal: options.signal, deadline });
    return await releasing(composed, this.#sendComposed(composed, until(options, deadline)));
  }

  /** Sends a message that was composed before; otherwise as {@link Session.send}. */
  sendComposed(composed: Composed, options: SendOptions = DEFAULT_SEND_OPTIONS): Promise<Receipt> {
    try {
      return this.#sendComposed(composed, readSend(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #sendComposed(composed: Composed, options: SendOptions): Promise<Receipt> {
    const { observation } = this.#driver;
    if (observation === undefined) return this.#transact(composed, options);
    return observation.message(composed, (message) => this.#transact(composed, options, message));
  }

  #transact(composed: Composed, options: SendOptions, message?: number): Promise<Receipt> {
    try {
      this.#requireOpen();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#transactions.send(composed, options, message);
  }

  /** Asks the server for a sign of life (NOOP). */
  async noop(options: WaitOptions = {}): Promise<void> {
    const patience = readWait(options);
    this.#requireOpen();
    await this.#driver.run(noop(), patience);
    this.#transactions.heard();
  }

  /** Makes the server forget whatever it keeps of a transaction (RSET). */
  async reset(options: WaitOptions = {}): Promise<void> {
    const patience = readWait(options);
    this.#requireOpen();
    await this.#driver.run(reset(this.#transactions.pipelining), patience);
  }

  /**
   * Says something to the server between messages, after those that were asked for before, and gives its answer, whatever
   * that is: a command line, or what `vrfy`, `expn`, `help`, `xforward` and `xclient` make.
   *
   * @param command a line is printable ASCII of at most 510 characters; none of those that a session is made of, such as
   *   `DATA`, `AUTH` or `QUIT`. A command whose answer is more than one reply ends the session
   * @throws {InputError} the line cannot be sent; {@link ProtocolError} the server waits for more, and the session is over
   *
   * @example
   * ```ts
   * import { Session } from "@posthaste/smtp";
   *
   * await using session = await Session.open("smtp://mail.example.com");
   * const { code, text } = await session.command("ETRN example.org");
   * ```
   */
  command(line: string, options?: WaitOptions): Promise<ReplyInfo>;
  /** As above, for a command that gives more than a reply. */
  command<T>(command: SessionCommand<T>, options?: WaitOptions): Promise<T>;
  async command(asked: string | SessionCommand<unknown>, options: WaitOptions = {}): Promise<unknown> {
    const command = typeof asked === "object" && asked !== null ? asked : plainCommand(asked);
    const patience = readWait(options);
    this.#requireOpen();
    const reply = await this.#transactions.inTurn(() => {
      const running = this.#driver.run(command.start(this.#state), patience);
      if (command.exclusive === true) this.#transactions.holdUntil(running);
      return running;
    }, patience);
    this.#transactions.heard();
    return reply;
  }

  /**
   * Logs off after the messages that are under way, and closes the connection, also when the server does not play along.
   * Never rejects, but for an option that cannot be: then nothing was done. A second call waits for the first.
   */
  async close(options: WaitOptions = {}): Promise<void> {
    await this.#end(readWait(options)).catch(() => {});
  }

  /** As {@link Session.close}, but rejects when the server did not answer QUIT as it should. */
  async logOff(options: WaitOptions = {}): Promise<void> {
    await this.#end(readWait(options));
  }

  #end(patience: Patience): Promise<void> {
    return this.#closing ??= this.#logOff(patience);
  }

  async #logOff(patience: Patience): Promise<void> {
    try {
      await this.#transactions.inTurn(() => this.#driver.run(quit(), patience), patience);
    } finally {
      this.#driver.shut();
    }
  }

  /** Closes the connection at once, without QUIT; what is under way ends with a {@link ClosedError}. */
  abort(): void {
    this.#driver.shut();
  }

  /** As {@link Session.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError("idle", "The session is closed");
  }
}
