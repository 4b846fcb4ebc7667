/**
 * The status-code API: the operations of Uniface's UPOPMAIL for sending mail.
 *
 * @module
 */
import { InputError, ReplyError } from "../errors.ts";
import { compose, type Composed } from "../mime/compose.ts";
import type { Receipt } from "../session/receipt.ts";
import { replyText } from "../wire/reply.ts";
import { driverStatus, sendStatus, StatusError } from "./failure.ts";
import { type AttachmentList, type HeaderList, readMail } from "./mail.ts";
import { Mailer } from "./mailer.ts";
import { checkOptions, requireObject, requireText, type UPopMailOptions } from "./options.ts";
import { type DriverParameters, isSmtpKeyword, readDriver } from "./security_driver.ts";
import { STATUS } from "./status.ts";

/** What `getSecurity` tells of a driver. */
export interface SecurityInformation {
  /** 0; -1: no such driver; -2: bad keyword. */
  readonly status: number;
  /** As they were given to `setSecurity`; empty unless the status is 0. Parameters are never told. */
  readonly driverProperties: string;
  /** `INUSE=TRUE` while a connection stands that the driver has helped to open, else `INUSE=FALSE`; empty as above. */
  readonly runtimeInfo: string;
}

/** What the server said last. */
export interface SmtpResponse {
  /** 200 to 599; 0 when the server has not said anything. */
  readonly code: number;
  /** The reply without its code, on one line; an enhanced status code stands at its beginning. */
  readonly text: string;
}

/**
 * Sends mail by operations that return a status: 0, or below 0 what `STATUS_MEANINGS` says. Whatever a server, a network,
 * a file or a user's input does, no operation throws; an argument of the wrong type is a `TypeError`. Operations that
 * were not waited for are done one after the other.
 *
 * @example
 * ```ts
 * import { AssignmentFile } from "@posthaste/smtp";
 * import { UPopMail } from "@posthaste/smtp/uniface";
 *
 * const mail = new UPopMail({ profiles: await AssignmentFile.load("mail.asn") });
 * await mail.setSecurity("SMTP=UAuthLoginSMTP;USE=MAND", "user=ada;password=secret");
 * if (await mail.logonSmtp("TLS:smtp.myorg.com+465:smtp_profile", "", "") < 0) console.error(mail.lastError);
 * await mail.sendMail("", { TO: "bob@example.net", FROM: "ada@example.com", SUBJECT: "Hello" }, "Hi Bob", "", 0);
 * await mail.logoffSmtp();
 * ```
 */
export class UPopMail implements AsyncDisposable {
  readonly #options: UPopMailOptions;
  readonly #mailer: Mailer;
  #tail: Promise<unknown> = Promise.resolve();
  #lastStatus = 0;
  #lastError: Error | undefined;

  /**
   * Connects to nothing yet.
   *
   * @throws {TypeError} {@link RangeError} for an option that does not exist or has a value it does not take
   */
  constructor(options: UPopMailOptions = {}) {
    this.#options = checkOptions(options);
    this.#mailer = new Mailer(this.#options);
  }

  /** Status of the last operation. */
  get lastStatus(): number {
    return this.#lastStatus;
  }

  /** What is behind the status of the last operation: mostly an `SmtpError` or `InputError`; `undefined` after success. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Receipt for the last message, `undefined` when it was not sent; `rejected` has the recipients that the server refused. */
  get lastReceipt(): Receipt | undefined {
    return this.#mailer.receipt;
  }

  /** Whether `logonSmtp` has succeeded and `logoffSmtp` has not been called; the connection may be lost meanwhile. */
  get loggedOn(): boolean {
    return this.#mailer.loggedOn;
  }

  /**
   * Connects, and runs the security context. The connection stays open for any number of messages.
   *
   * @param networkConnectionString `{TCP:|TLS:}host{+port}{:profile}`
   * @param userName must be empty, and so must `password`: credentials are given with {@link UPopMail.setSecurity}
   * @returns 0, -2, -3, -7, -8 or -9
   */
  async logonSmtp(networkConnectionString: string, userName: string, password: string): Promise<number> {
    requireText({ networkConnectionString, userName, password });
    return await this.#operate(async () => {
      if (userName !== "" || password !== "") {
        throw new InputError(userName === "" ? "password" : "userName", "must be empty; use setSecurity");
      }
      await this.#mailer.logOn(networkConnectionString);
    }, () => STATUS.INVALID);
  }

  /**
   * Logs off, and closes the connection, whatever the server says to it.
   *
   * @returns 0, -8 or -9
   */
  logoffSmtp(): Promise<number> {
    return this.#operate(() => this.#mailer.logOff(), () => STATUS.NETWORK);
  }

  /**
   * Appends a security driver to the context, or removes the context (`SMTP=`). A call that is refused changes nothing.
   *
   * After a logoff, and after a logon that ended with -7 or -8, the context is kept for another logon, and the next driver
   * begins a new one. One driver authenticates: later ones are then left out (RFC 4954 section 4).
   *
   * @param driverProperties `SMTP=EntryPoint{;USE=MAND|OPT}`, at most 255 octets
   * @param driverParameters `key=value;key=value`, keys in any case, at most 4,095 octets; a value that holds a `;` needs
   *   an object instead
   * @returns 0, -1, -2 or -8
   */
  async setSecurity(driverProperties: string, driverParameters: DriverParameters): Promise<number> {
    requireText({ driverProperties });
    if (typeof driverParameters !== "string") requireText(requireObject(driverParameters, "driverParameters"));
    return await this.#operate(() => {
      const { context } = this.#mailer;
      if (context.locked) {
        const reason = "the security context is locked until logoffSmtp";
        throw new StatusError(STATUS.CONTEXT_LOCKED, new InputError("setSecurity", reason));
      }
      const given = { properties: driverProperties, parameters: driverParameters };
      const driver = readDriver(given, context.beginsAnew);
      if (driver === undefined) context.clear();
      else context.add(driver);
    }, driverStatus);
  }

  /**
   * Tells of a driver in the context.
   *
   * @param driverNumber from 1, in the order of the calls of {@link UPopMail.setSecurity}
   * @param keyword `SMTP=`, in any case
   */
  async getSecurity(driverNumber: number, keyword: string): Promise<SecurityInformation> {
    if (typeof driverNumber !== "number") throw new TypeError("driverNumber: must be a number");
    requireText({ keyword });
    let [driverProperties, runtimeInfo] = ["", ""];
    const status = await this.#operate(() => {
      if (!isSmtpKeyword(keyword)) throw new InputError("keyword", 'must be "SMTP="');
      const { drivers } = this.#mailer.context;
      const driver = drivers[driverNumber - 1];
      if (driver === undefined) {
        const reason = `is none of the ${drivers.length} drivers' in the context`;
        throw new StatusError(STATUS.NO_SUCH_DRIVER, new InputError("driverNumber", reason));
      }
      driverProperties = driver.properties;
      runtimeInfo = `INUSE=${this.#mailer.isInUse(driver) ? "TRUE" : "FALSE"}`;
    }, () => STATUS.INVALID);
    return { status, driverProperties, runtimeInfo };
  }

  /**
   * Sends a message. When not logged on, a connection to the server is opened for it with the security context, and closed
   * behind it. Everything about the message is checked before anything is connected or written.
   *
   * Recipients that the server refuses do not keep the message from the others; {@link UPopMail.lastReceipt} has them.
   *
   * @param server `host{+port}`, or any other network connection string; ignored while logged on
   * @param headerList labels TO, FROM, CC, BCC, SUBJECT, PRIORITY and REPLY
   * @param text plain text, with line ends of any kind
   * @param attachmentList paths of files (`a.pdf;b.pdf`, or an array), or attachments with their content
   * @param mailSize octets that the message may have as it is composed; 0: any number
   * @returns 0, -1, -2, -6, -7, -8, -9, -12 or -15
   */
  async sendMail(
    server: string,
    headerList: HeaderList,
    text: string,
    attachmentList: AttachmentList = "",
    mailSize: number = 0,
  ): Promise<number> {
    requireText({ server, text });
    if (typeof headerList !== "string") requireObject(headerList, "headerList");
    if (typeof attachmentList !== "string" && !Array.isArray(attachmentList)) {
      throw new TypeError("attachmentList: must be a string or an array");
    }
    if (typeof mailSize !== "number") throw new TypeError("mailSize: must be a number");
    return await this.#operate(async () => {
      this.#mailer.receipt = undefined;
      if (!Number.isSafeInteger(mailSize) || mailSize < 0) {
        throw new InputError("mailSize", "must be a whole number of octets, or 0 for no limit");
      }
      const composed = compose(await readMail({ headerList, text, attachmentList }, this.#options.runtime));
      checkSize(composed, mailSize);
      await this.#mailer.send(composed, server);
    }, sendStatus);
  }

  /** The server's last reply: to the last operation that it answered, its refusal where the operation failed by one. */
  getSmtpResponse(): Promise<SmtpResponse> {
    return this.#inTurn(() => {
      const { response } = this.#mailer;
      return { code: Number(response.slice(0, 3)), text: response.slice(4) };
    });
  }

  /** Logs off if logged on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(() => this.#mailer.logOff().catch(() => {}));
  }

  /** Does something after what was asked for before, and turns its outcome into a status. */
  #operate(work: () => void | Promise<void>, statusOf: (error: unknown) => number): Promise<number> {
    return this.#inTurn(async () => {
      this.#lastStatus = STATUS.SUCCESS;
      this.#lastError = undefined;
      try {
        await work();
      } catch (error) {
        const known = error instanceof StatusError;
        const reason = known ? error.reason : error;
        this.#lastStatus = known ? error.status : statusOf(error);
        this.#lastError = reason instanceof Error ? reason : new Error(String(reason));
        if (reason instanceof ReplyError) this.#mailer.response = replyText(reason.reply);
      }
      return this.#lastStatus;
    });
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }
}

/** Content of an unknown size cannot be told to be within the limit before it is sent: then it is not sent. */
function checkSize({ content: { size } }: Composed, limit: number): void {
  if (limit === 0 || (size !== undefined && size <= limit)) return;
  const reason = size === undefined
    ? "an attachment's size is not known beforehand, so that the limit cannot be kept"
    : `the message has ${size} octets, and ${limit} are allowed`;
  throw new StatusError(STATUS.TOO_LARGE, new InputError("mailSize", reason));
}
