/**
 * The status-code API: the operations of Uniface's UPOPMAIL for sending mail.
 *
 * @module
 */
import type { AddressInput } from "../address/mailbox.ts";
import type { Receipt } from "../session/receipt.ts";
import type { AddressItems } from "./address_items.ts";
import { requireObject, requireText, requireType } from "./arguments.ts";
import { driverStatus, fileStatus, inputStatus, sendStatus } from "./failure.ts";
import { type FilePart, inlineInformation, openFilePart, readFilePart, readInlinePart } from "./file_part.ts";
import { type AttachmentList, type HeaderList, readMail, withFiles } from "./mail.ts";
import { refuseCredentials } from "./logon.ts";
import { Mailer } from "./mailer.ts";
import { readBody, readFrom, readList, readMessageId, readMessagePriority, readSubject } from "./message_values.ts";
import { Operations, readNow } from "./operations.ts";
import { type OptionList, sizeOption } from "./option_list.ts";
import { checkOptions, type UPopMailOptions } from "./options.ts";
import { PreparedMessage, type PreparedValues } from "./prepared.ts";
import { noDetails, type RecipientDetails } from "./recipient_details.ts";
import type { InlineInformation, SmtpResponse } from "./results.ts";
import type { DriverParameters } from "./security_driver.ts";
import { changeContext, describeDriver, type SecurityInformation } from "./security_operations.ts";
import { readSendOptions, type SendOptionList } from "./send_options.ts";
import { STATUS } from "./status.ts";

/**
 * Sends mail by operations that return a status: below 0 what `STATUS_MEANINGS` says, else success. Whatever a server, a
 * network, a file or a user's input does, no operation throws; an argument of the wrong type is a `TypeError`. Operations
 * that were not waited for are done one after the other. A value that is refused changes nothing.
 *
 * @example
 * ```ts
 * import { AssignmentFile } from "@posthaste/smtp";
 * import { UPopMail } from "@posthaste/smtp/uniface";
 *
 * const mail = new UPopMail({ profiles: await AssignmentFile.load("mail.asn") });
 * await mail.setSecurity("SMTP=UAuthLoginSMTP;USE=MAND", "user=ada;password=secret");
 * if (await mail.logonSmtp("TLS:smtp.myorg.com+465:smtp_profile", "", "") < 0) console.error(mail.lastError);
 * await mail.setFrom("ada@example.com");
 * await mail.setToList("bob@example.net;eve@example.org");
 * await mail.setMessage("<p>Hi both</p>", "MIMEType=text/html");
 * if (await mail.send("MaxSize=0;IgnoreRcptError=TRUE") > 0) console.error(await mail.getRecipientDetails());
 * await mail.logoffSmtp();
 * ```
 */
export class UPopMail implements AsyncDisposable {
  readonly #options: UPopMailOptions;
  readonly #mailer: Mailer;
  readonly #message = new PreparedMessage();
  readonly #operations: Operations;

  /**
   * Connects to nothing yet.
   *
   * @throws {TypeError} {@link RangeError} for an option that does not exist or has a value it does not take
   */
  constructor(options: UPopMailOptions = {}) {
    this.#options = checkOptions(options);
    this.#mailer = new Mailer(this.#options);
    this.#operations = new Operations((error) => this.#mailer.noteError(error));
  }

  /** Status of the last operation. */
  get lastStatus(): number {
    return this.#operations.lastStatus;
  }

  /** What is behind the status of the last operation: mostly an `SmtpError` or `InputError`; `undefined` after success. */
  get lastError(): Error | undefined {
    return this.#operations.lastError;
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
   * @param userName must be empty, and so must `password`: credentials go to {@link UPopMail.setSecurity}
   * @returns 0, -2, -3, -7, -8 or -9
   */
  async logonSmtp(networkConnectionString: string, userName: string, password: string): Promise<number> {
    requireText({ networkConnectionString, userName, password });
    return await this.#operations.run(async () => {
      refuseCredentials({ userName, password });
      await this.#mailer.logOn(networkConnectionString);
    }, inputStatus);
  }

  /** Logs off, and closes the connection, whatever the server says to it. Returns 0, -8 or -9. */
  logoffSmtp(): Promise<number> {
    return this.#operations.run(() => this.#mailer.logOff(), () => STATUS.NETWORK);
  }

  /**
   * Appends a security driver to the context, or removes the context (`SMTP=`).
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
    const given = { properties: driverProperties, parameters: driverParameters };
    return await this.#operations.run(() => changeContext(this.#mailer.context, given), driverStatus);
  }

  /**
   * Tells of a driver in the context.
   *
   * @param driverNumber from 1, in the order of the calls of {@link UPopMail.setSecurity}
   * @param keyword `SMTP=`, in any case
   */
  async getSecurity(driverNumber: number, keyword: string): Promise<SecurityInformation> {
    requireType(driverNumber, { name: "driverNumber", types: ["number"] });
    requireText({ keyword });
    let information = { driverProperties: "", runtimeInfo: "" };
    const status = await this.#operations.run(() => {
      information = describeDriver(this.#mailer, { number: driverNumber, keyword });
    }, inputStatus);
    return { status, ...information };
  }

  /**
   * Sends a message of plain text in one call; a message that is prepared is left alone. When not logged on, a connection to
   * the server is opened for it with the security context, and closed behind it. Everything about the message is checked
   * before anything is connected or written. Recipients that the server refuses do not keep the message from the others.
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
    requireText({ server });
    requireType(mailSize, { name: "mailSize", types: ["number"] });
    const mail = readNow(() => readMail({ headerList, text, attachmentList }));
    const rules = readNow(() => ({ limit: sizeOption(mailSize, "mailSize"), recipients: "some" as const, server }));
    return await this.#operations.run(async () => {
      await this.#mailer.send(() => withFiles(mail(), this.#options.runtime), rules);
    }, sendStatus);
  }

  /** Sets who the message is from: one mailbox; empty for nobody. Returns 0 or -2. */
  setFrom(from: AddressInput): Promise<number> {
    return this.#set(() => readFrom(from));
  }

  /** Sets the recipients that the field To names: an array, or a list split at `;` or `,`; empty for none. Returns 0 or -2. */
  setToList(to: AddressItems): Promise<number> {
    return this.#set(() => readList("to", to));
  }

  /** Sets the recipients that the field Cc names, as {@link UPopMail.setToList}. Returns 0 or -2. */
  setCcList(cc: AddressItems): Promise<number> {
    return this.#set(() => readList("cc", cc));
  }

  /** Sets the recipients that nothing in the message names, as {@link UPopMail.setToList}. Returns 0 or -2. */
  setBccList(bcc: AddressItems): Promise<number> {
    return this.#set(() => readList("bcc", bcc));
  }

  /** Sets where answers go, as {@link UPopMail.setToList}; empty for whom the message is from. Returns 0 or -2. */
  setReplyTo(replyTo: AddressItems): Promise<number> {
    return this.#set(() => readList("replyTo", replyTo));
  }

  /** Sets the subject: text without control characters; empty for none. Returns 0 or -2. */
  setSubject(subject: string): Promise<number> {
    return this.#set(() => readSubject(subject));
  }

  /** Sets the priority: 1, the highest, to 5, as a number or a digit; empty for none. Returns 0 or -2. */
  setPriority(priority: number | string): Promise<number> {
    return this.#set(() => readMessagePriority(priority));
  }

  /**
   * Sets the message's identifier, with or without angle brackets (RFC 5322 section 3.6.4). Empty, and without this call, each
   * sending makes a new one; `lastReceipt.messageId` tells it. Returns 0 or -2.
   */
  setMessageId(messageId: string): Promise<number> {
    return this.#set(() => readMessageId(messageId));
  }

  /**
   * Sets the text, or with the other type the HTML; with both, the reader shows the one it likes better. The same type again
   * replaces what was set before, and an empty text takes it away.
   *
   * @param mimeType `text/plain` or `text/html`, as `MIMEType=text/html`, as `{ MIMEType: "text/html" }` or alone
   * @returns 0 or -2
   */
  setMessage(text: string, mimeType: OptionList = ""): Promise<number> {
    return this.#set(() => readBody(text, mimeType));
  }

  /**
   * Adds a file as an attachment. It has to be there now, and is read each time that the message is sent.
   *
   * @param options `FileName`, the name that recipients see, by default the path's last component, and `MIMEType`, by
   *   default by the name's extension
   * @returns 0, -1 or -2
   */
  addAttachmentFromFile(path: string, options: OptionList = ""): Promise<number> {
    return this.#attach(() => readFilePart(path, options));
  }

  /**
   * Adds a file that the HTML shows, such as `<img src="cid:logo.png">`; otherwise as {@link UPopMail.addAttachmentFromFile}.
   *
   * @param contentId `logo` or `logo@example.com`, once in a message; by default the file's name, where that has none but
   *   letters, digits and such characters as `.`, `-` and `_`
   */
  async addInlineFromFile(path: string, contentId: string = "", options: OptionList = ""): Promise<InlineInformation> {
    let cid = "";
    const status = await this.#attach(() => {
      const part = readInlinePart(readFilePart(path, options), contentId);
      cid = part.cid!;
      return part;
    });
    return inlineInformation(status, cid);
  }

  /**
   * Sends the prepared message over the standing connection. It stays prepared until {@link UPopMail.clearMail}.
   *
   * @param options `MaxSize=1000000;IgnoreRcptError=TRUE`, an object with these keys, or the size alone. `MaxSize`: octets
   *   that the message may have as it is composed; 0, the default: any number
   * @param ignoreRcptError `true`: recipients that the server refuses do not keep the message from the others, and the status
   *   is their number. `false`, the default: one that is refused keeps it from everybody, and the status is -2
   * @returns 0 or above, or -1, -2, -6, -8, -9, -12 or -15
   */
  async send(options: SendOptionList = "", ignoreRcptError?: boolean): Promise<number> {
    const rules = readNow(() => readSendOptions(options, ignoreRcptError));
    return await this.#operations.run(async () => {
      return (await this.#mailer.send(() => this.#message.toMail(), rules)).rejected.length;
    }, sendStatus);
  }

  /** Forgets the prepared message, and what {@link UPopMail.getRecipientDetails} tells. Returns 0. */
  clearMail(): Promise<number> {
    return this.#operations.run(() => {
      this.#message.clear();
      this.#mailer.details = noDetails();
    }, inputStatus);
  }

  /** The recipients of the last message that the server refused, each with its reply, whatever the status was. */
  getRecipientDetails(): Promise<RecipientDetails> {
    return this.#operations.inTurn(() => this.#mailer.details);
  }

  /** The server's last reply: to the last operation that it answered, its refusal where the operation failed by one. */
  getSmtpResponse(): Promise<SmtpResponse> {
    return this.#operations.inTurn(() => {
      const { response } = this.#mailer;
      return { code: Number(response.slice(0, 3)), text: response.slice(4) };
    });
  }

  /** Logs off if logged on. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#operations.inTurn(() => this.#mailer.logOff().catch(() => {}));
  }

  async #set(read: () => PreparedValues): Promise<number> {
    const values = readNow(read);
    return await this.#operations.run(() => this.#message.set(values()), inputStatus);
  }

  async #attach(read: () => FilePart): Promise<number> {
    const part = readNow(read);
    return await this.#operations.run(async () => {
      this.#message.attach(await openFilePart(part(), this.#options.runtime));
    }, fileStatus);
  }
}
