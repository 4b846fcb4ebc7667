/**
 * What stands between the operations and a server: the security context, the session, and what was heard last.
 *
 * @module
 */
import { ClosedError, InputError, ReplyError } from "../errors.ts";
import { type Composed, releasing } from "../mime/compose.ts";
import type { Receipt } from "../session/receipt.ts";
import type { Session } from "../session/session.ts";
import { replyText } from "../wire/reply.ts";
import { checkSize, composeBy } from "./composing.ts";
import { StatusError } from "./failure.ts";
import { logOn } from "./logon.ts";
import type { Mail } from "./mail.ts";
import type { UPopMailOptions } from "./options.ts";
import { detailsOf, noDetails, type RecipientDetails, refusedBy } from "./recipient_details.ts";
import { SecurityContext } from "./security_context.ts";
import type { SecurityDriver } from "./security_driver.ts";
import { STATUS } from "./status.ts";
import type { Log } from "../session/log.ts";

/** How a message is sent. */
export interface MailingRules {
  /** Octets that it may have; 0: any number. */
  readonly limit: number;
  /** `all`: to every recipient, or to none. */
  readonly recipients: "some" | "all";
  /** Where a connection of its own is opened to when nobody is logged on; without it that is status -8. */
  readonly server?: string;
}

/** The state of one `UPopMail`. */
export class Mailer {
  readonly context: SecurityContext = new SecurityContext();
  /** The server's last reply as one line, such as `250 2.0.0 Ok`; empty when it has not said anything. */
  response = "";
  /** What became of the last message that was to be sent; `undefined` when it was not. */
  receipt: Receipt | undefined;
  /** The recipients of it that the server refused. */
  details: RecipientDetails = noDetails();
  readonly #options: UPopMailOptions;
  #session: Session | undefined;

  constructor(options: UPopMailOptions) {
    this.#options = options;
  }

  /** Whether somebody has logged on and not off; the connection may be lost all the same. */
  get loggedOn(): boolean {
    return this.#session !== undefined;
  }

  /** Whether the standing connection was opened with the driver's help. */
  isInUse(driver: SecurityDriver): boolean {
    return this.#session !== undefined && this.#session.closed === undefined && this.context.isInUse(driver);
  }

  /** Keeps what the server said last, when an operation failed by it. */
  noteError(error: Error): void {
    if (error instanceof ReplyError) this.response = replyText(error.reply);
  }

  /** Logs on. Throws a {@link StatusError}. */
  async logOn(connectionString: string): Promise<void> {
    if (this.#session !== undefined) {
      throw new StatusError(STATUS.ALREADY_LOGGED_ON, new InputError("logonSmtp", "is logged on already"));
    }
    this.#session = await this.#open(connectionString);
  }

  /** Logs off, and closes the connection also when the server does not answer as it should, which is thrown. */
  async logOff(): Promise<void> {
    const session = this.#session;
    if (session === undefined) throw notLoggedOn();
    this.#session = undefined;
    try {
      await session.logOff();
    } finally {
      this.context.release();
    }
  }

  /**
   * Composes a message and sends it, over the standing connection or over one of its own. Throws also as
   * {@link Mailer.logOn}.
   *
   * @param read makes the message; it is not asked for when there is no connection to send it over
   */
  async send(read: () => Mail | Promise<Mail>, rulesFor: () => MailingRules): Promise<Receipt> {
    this.receipt = undefined;
    this.details = noDetails();
    const rules = rulesFor();
    if (this.#session === undefined && rules.server === undefined) throw notLoggedOn();
    const mail = await read();
    const composed = await composeBy(mail.message, this.#options.compose);
    const work = this.#deliver(composed, rules).catch((error: unknown) => {
      this.details = detailsOf(refusedBy(error), mail.lists);
      throw error;
    });
    this.receipt = await releasing(composed, work);
    this.details = detailsOf(this.receipt.rejected, mail.lists);
    this.response = replyText(this.receipt.reply);
    return this.receipt;
  }

  async #deliver(composed: Composed, { limit, recipients, server }: MailingRules): Promise<Receipt> {
    checkSize(composed, limit);
    if (this.#session !== undefined) return await this.#session.sendComposed(composed, { recipients });
    const session = await this.#open(server!);
    try {
      return await session.sendComposed(composed, { recipients });
    } finally {
      // What the server says to QUIT is not what it said to the message.
      const { response } = this;
      await session.close();
      this.response = response;
      this.context.release();
    }
  }

  async #open(connectionString: string): Promise<Session> {
    this.response = "";
    const log: Log = (direction, text, about) => {
      if (direction === "server") this.response = text;
      this.#options.log?.(direction, text, about);
    };
    try {
      const options = { ...this.#options, drivers: this.context.drivers, log };
      const { session, used } = await logOn(connectionString, options);
      this.context.lock(used);
      return session;
    } catch (error) {
      if ((error as StatusError).status !== STATUS.NETWORK) this.context.release();
      throw error;
    }
  }
}

function notLoggedOn(): StatusError {
  return new StatusError(STATUS.NOT_LOGGED_ON, new ClosedError("idle", "Not logged on"));
}
