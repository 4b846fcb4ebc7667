/**
 * What stands between the operations and a server: the security context, the session, and what was heard last.
 *
 * @module
 */
import type { Trace } from "../dialogue/running.ts";
import { ClosedError, InputError } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import type { Receipt } from "../session/receipt.ts";
import type { Session } from "../session/session.ts";
import { replyText } from "../wire/reply.ts";
import { StatusError } from "./failure.ts";
import { logOn } from "./logon.ts";
import type { UPopMailOptions } from "./options.ts";
import { SecurityContext } from "./security_context.ts";
import type { SecurityDriver } from "./security_driver.ts";
import { STATUS } from "./status.ts";

/** The state of one `UPopMail`. */
export class Mailer {
  readonly context: SecurityContext = new SecurityContext();
  /** The server's last reply as one line, such as `250 2.0.0 Ok`; empty when it has not said anything. */
  response = "";
  /** What became of the last message that was to be sent; `undefined` when it was not. */
  receipt: Receipt | undefined;
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
    if (session === undefined) {
      throw new StatusError(STATUS.NOT_LOGGED_ON, new ClosedError("idle", "Not logged on"));
    }
    this.#session = undefined;
    try {
      await session.logOff();
    } finally {
      this.context.release();
    }
  }

  /** Sends a message over the standing connection, or over one of its own. Throws also as {@link Mailer.logOn}. */
  async send(composed: Composed, server: string): Promise<void> {
    if (this.#session !== undefined) return await this.#send(composed, this.#session);
    const session = await this.#open(server);
    try {
      await this.#send(composed, session);
    } finally {
      // What the server says to QUIT is not what it said to the message.
      const { response } = this;
      await session.close();
      this.response = response;
      this.context.release();
    }
  }

  async #send(composed: Composed, session: Session): Promise<void> {
    this.receipt = await session.sendComposed(composed);
    this.response = replyText(this.receipt.reply);
  }

  async #open(connectionString: string): Promise<Session> {
    this.response = "";
    const log: Trace = (direction, text) => {
      if (direction === "server") this.response = text;
      this.#options.log?.(direction, text);
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
