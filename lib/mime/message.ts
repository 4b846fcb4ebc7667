/**
 * A message as a caller writes it down.
 *
 * @module
 */
import type { AddressInput } from "../address/mailbox.ts";
import type { Attachment } from "./attachment.ts";
import type { EnvelopeOption } from "./envelope_option.ts";
import { ownKeys } from "./own_keys.ts";
import type { Priority } from "./priority.ts";
import type { Part } from "./reusable.ts";

/** One mailbox, several, or a string that holds a list. */
export type AddressList = AddressInput | readonly AddressInput[];

/** Fields beyond those that have a name in {@link Message}; a value array makes a field for each value. */
export type CustomFields =
  | Readonly<Record<string, string | readonly string[]>>
  | readonly (readonly [name: string, value: string])[];

/**
 * A message to be composed. It is data: nothing in it is opened by name, and a key that is not listed here is an error.
 */
export interface Message {
  /** Who wrote it (RFC 5322 section 3.6.2). */
  readonly from: AddressInput;
  /** Who sends it, when that is somebody else. */
  readonly sender?: AddressInput;
  readonly replyTo?: AddressList;
  readonly to?: AddressList;
  readonly cc?: AddressList;
  /** Recipients that no field names. */
  readonly bcc?: AddressList;
  readonly subject?: string;
  /** Line ends of any kind; sent as UTF-8. */
  readonly text?: string | Part<"text">;
  /** As `text`; with both, the reader shows the one it likes better. */
  readonly html?: string | Part<"text">;
  readonly attachments?: readonly (Attachment | Part<"attachment">)[];
  readonly headers?: CustomFields;
  /** Default: now. */
  readonly date?: Date;
  /** With or without angle brackets. Default: a new one in the domain of `from`. */
  readonly messageId?: string;
  /** 1 is highest, `high` is 1, `normal` is 3, `low` is 5. Default: no field. */
  readonly priority?: Priority;
  /** Where the message goes, when not to those it names. */
  readonly envelope?: EnvelopeInput;
}

/** The envelope, where it differs from the fields. */
export interface EnvelopeInput {
  /** The reverse-path; `null` for the empty one, to which nothing is ever returned. Default: `sender`, else `from`. */
  readonly from?: AddressInput | null;
  /** The forward-paths. Default: `to`, `cc` and `bcc`. */
  readonly to?: AddressList;
  /** What is asked of the server for this message, such as `[dsn({ notify: ["failure"] })]`. Default: nothing. */
  readonly options?: readonly EnvelopeOption[];
}

const ABOUT = {
  place: "",
  what: "a message",
  keys: {
    from: undefined,
    sender: undefined,
    replyTo: undefined,
    to: undefined,
    cc: undefined,
    bcc: undefined,
    subject: undefined,
    text: undefined,
    html: undefined,
    attachments: undefined,
    headers: undefined,
    date: undefined,
    messageId: undefined,
    priority: undefined,
    envelope: undefined,
  },
};

/** What stands in a message, each key read once and none of it checked yet. */
export type MessageKeys = { readonly [key in keyof typeof ABOUT.keys]: unknown };

/**
 * Takes what a caller gives as a message.
 *
 * @throws {InputError} when it is no object, or has a key that no message has
 */
export function readKeys(input: unknown): MessageKeys {
  return ownKeys(input, ABOUT);
}
