/**
 * What can be asked of a server for one message, beside taking it from a sender to recipients: parameters of MAIL and RCPT
 * that belong to an extension (RFC 5321 section 2.2).
 *
 * Options bring all of their code along, also what they have in common: a program that asks for nothing has none of it.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import { InputError } from "../errors.ts";

/** Where a message comes from and goes to. */
export interface EnvelopePaths {
  /** `undefined` for the null reverse-path. */
  readonly from: Mailbox | undefined;
  /** The recipients, in the envelope's order. */
  readonly to: readonly Mailbox[];
}

/** A server, as far as options have to know it. */
export interface OptionServer {
  /** What it offers: EHLO keyword, upper case, to its parameters. */
  readonly keywords: ReadonlyMap<string, string>;
  /** Whether the session is in TLS, and the server's certificate and its name were verified. */
  readonly verified: boolean;
  /** Whether the message is to reach all of several recipients, or none. */
  readonly allOrNone: boolean;
}

/** Sends content otherwise than usual: a dialogue of a transaction, about which nothing is known on this floor. */
export type Deliver = (plan: never, sorted: never) => Generator<unknown, unknown, unknown>;

/** What options come to at a server. */
export interface GrantedOptions {
  /** What is added to MAIL. */
  readonly mail: string | undefined;
  /** What is added to RCPT, by the recipient's place; `undefined` where nothing is added to any. */
  readonly recipients: readonly (string | undefined)[] | undefined;
  /** What sends the content, where an option changes how; it cannot be sent by BDAT then. */
  readonly deliver: Deliver | undefined;
  /** Extensions that were preferred and cannot be had. */
  readonly notGranted: readonly string[] | undefined;
}

/** The options of an envelope, checked. */
export interface EnvelopeOptions {
  /**
   * What they come to.
   *
   * @param to the envelope's recipients, or some of them
   * @throws {UnsupportedError} `EXTENSION_UNSUPPORTED` for one that cannot be had and is required
   */
  grant(to: readonly Mailbox[], server: OptionServer): GrantedOptions;
}

/** Something asked of a server for one message; made by functions such as `dsn`, and by `envelopeOption`. */
export interface EnvelopeOption {
  /** EHLO keyword, upper case. */
  readonly extension: string;
  /** Whether the message goes out without it where it cannot be had. */
  readonly preferred: boolean;
  /**
   * Takes all options of an envelope, this one among them.
   * @internal
   */
  together(options: readonly unknown[], envelope: EnvelopePaths): EnvelopeOptions;
}

/**
 * Checks a caller's options.
 *
 * @throws {InputError}
 */
export function readOptions(input: unknown, envelope: EnvelopePaths): EnvelopeOptions | undefined {
  if (Array.isArray(input) && input.length === 0) return undefined;
  const first = Array.isArray(input) ? input[0] : undefined;
  if (typeof first?.together === "function") return (first as EnvelopeOption).together(input as unknown[], envelope);
  throw new InputError("envelope.options", "must be an array of options, such as [dsn({ ... })]");
}
