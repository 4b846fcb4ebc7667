/**
 * What the server refused, in its own words.
 *
 * @module
 */
import type { RefusedRecipient, ReplyInfo } from "./reply_info.ts";
import { type Phase, SmtpError, type SmtpErrorCode, type SmtpErrorOptions } from "./smtp_error.ts";

/** The server refused a command; transient or permanent by the reply's first digit. */
export class ReplyError extends SmtpError {
  /** The name of the class. */
  override readonly name: string = "ReplyError";
  /** What the server said. */
  readonly reply: ReplyInfo;
  /** The command it answered, without any secret; `GREETING` where it greeted so. */
  readonly command: string;

  /** Made by this library; tests of a program may make one too. */
  constructor(
    code: SmtpErrorCode,
    phase: Phase,
    message: string,
    about: { readonly reply: ReplyInfo; readonly command: string },
    options: SmtpErrorOptions = {},
  ) {
    const transient = about.reply.code < 500;
    super(code, phase, message, { ...options, retryable: options.retryable ?? transient });
    this.reply = about.reply;
    this.command = about.command;
  }

  /** Whether the server said that a later attempt may succeed (4yz). */
  get transient(): boolean {
    return this.reply.code >= 400 && this.reply.code < 500;
  }
}

/** The server refused the credentials or broke off the authentication (RFC 4954). */
export class AuthenticationError extends ReplyError {
  /** The name of the class. */
  override readonly name = "AuthenticationError";
  /** The SASL mechanism that was tried. */
  readonly mechanism: string;

  /** Made by this library; tests of a program may make one too. */
  constructor(
    mechanism: string,
    message: string,
    about: { readonly reply: ReplyInfo; readonly command: string },
    options: SmtpErrorOptions = {},
  ) {
    super("AUTH_FAILED", "auth", message, about, options);
    this.mechanism = mechanism;
  }
}

/** The server refused the message: its sender, every recipient, or its content. */
export class RejectedError extends ReplyError {
  /** The name of the class. */
  override readonly name = "RejectedError";
  /** The recipients that were refused by themselves, each with its reply; empty where the sender, or the content for all, was. */
  override readonly rejected: readonly RefusedRecipient[];

  /** Made by this library; tests of a program may make one too. */
  constructor(
    phase: Phase,
    message: string,
    about: {
      readonly reply: ReplyInfo;
      readonly command: string;
      readonly rejected?: readonly RefusedRecipient[];
      readonly code?: SmtpErrorCode | undefined;
    },
    options: SmtpErrorOptions = {},
  ) {
    super(about.code ?? "MESSAGE_REFUSED", phase, message, about, {
      fate: about.reply.code < 500 ? "deferred" : "rejected",
      ...options,
    });
    this.rejected = about.rejected ?? [];
  }
}
