/**
 * A message as a caller writes it down.
 *
 * @module
 */
import type { AddressInput, AddressList, MailboxList } from "../address/mailbox.ts";
import type { Alternative } from "./alternatives.ts";
import type { AttachedMessage, Attachment, NamedAttachment } from "./attachment.ts";
import type { AutoSubmitted } from "./auto_submitted.ts";
import type { CalendarInput } from "./calendar.ts";
import type { EnvelopeOption } from "./envelope_option.ts";
import type { MailingList } from "./list_fields.ts";
import { given } from "../given.ts";
import type { Priority } from "./priority.ts";
import type { Part } from "./reusable.ts";

/**
 * A field's value. Text is encoded as it needs (RFC 2047); a structured value is ASCII, written as it is and folded at blanks
 * only: for fields with a syntax of their own, in which an encoded word would mean itself. Known ones, such as
 * `DKIM-Signature`, are always written so.
 */
export type CustomFieldValue = string | { readonly value: string; readonly structured: true };

/** Fields beyond those that have a name in {@link Message}; a value array makes a field for each value. */
export type CustomFields =
  | Readonly<Record<string, CustomFieldValue | readonly CustomFieldValue[]>>
  | readonly (readonly [name: string, value: CustomFieldValue])[];

/**
 * A message to be composed. It is data: nothing in it is opened by name, and a key that is not listed here is an error.
 */
export interface Message {
  /** Who wrote it; where they are several, `sender` is required (RFC 5322 section 3.6.2). No groups. */
  readonly from: MailboxList;
  /** Who sends it, when that is somebody else: one mailbox. Failures are told to it. */
  readonly sender?: AddressInput;
  /** Where answers go, instead of to `from`. */
  readonly replyTo?: AddressList;
  /** A group stands in the field with its name, and its members are recipients: `{ group: "Team", members: [...] }`. */
  readonly to?: AddressList;
  /** Who else is to see it. */
  readonly cc?: AddressList;
  /** Recipients that no field names. Of a group, the members. */
  readonly bcc?: AddressList;
  /** What it is about; any text on one line. */
  readonly subject?: string;
  /**
   * The messages that this one answers, by identifier, mostly one (RFC 5322 section 3.6.4): a string, with blanks between
   * several, or an array; with or without angle brackets. {@link threadOf} makes it, and `references`, from a parent.
   */
  readonly inReplyTo?: string | readonly string[];
  /** The conversation so far, oldest first, as `inReplyTo`. Default: `inReplyTo`, where that is one identifier. */
  readonly references?: string | readonly string[];
  /** Line ends of any kind; sent as UTF-8. */
  readonly text?: string | Part<"text">;
  /** As `text`; with both, the reader shows the one it likes better. */
  readonly html?: string | Part<"text">;
  /** The same in Markdown (`text/markdown`, RFC 7763), beside `text` or in its place; readers prefer it to `text`. */
  readonly markdown?: string | Part<"text">;
  /** The same in AMP for Email (`text/x-amp-html`), between `text` and `html`, at least one of which stands beside it. */
  readonly amp?: string | Part<"text">;
  /** An invitation (`text/calendar`, RFC 6047) behind `html`, with a copy of it among the attachments. */
  readonly calendar?: CalendarInput;
  /** The same in further types, behind all of these; the last one is what readers like best, if they know it. */
  readonly alternatives?: readonly Alternative[];
  /** Files, parts that the HTML shows, and messages that are passed on. */
  readonly attachments?: readonly (Attachment | AttachedMessage | NamedAttachment | Part<"attachment">)[];
  /** Further header fields, such as `X-Campaign`. */
  readonly headers?: CustomFields;
  /** Default: now. */
  readonly date?: Date;
  /** With or without angle brackets. Default: a new one in the domain of `from`. */
  readonly messageId?: string;
  /** 1 is highest, `high` is 1, `normal` is 3, `low` is 5. Default: no field. */
  readonly priority?: Priority;
  /** The mailing list that it goes to. */
  readonly list?: MailingList;
  /**
   * That no human sends it (RFC 3834 section 5): responders then do not answer. What is `auto-replied` should go out with
   * `envelope: { from: null }`, so that two responders do not answer each other.
   */
  readonly autoSubmitted?: AutoSubmitted;
  /** Who asks to be told that it was displayed (RFC 8098 section 2.1), which a reader may refuse. No groups. */
  readonly dispositionNotificationTo?: MailboxList;
  /** Where the message goes, when not to those it names. */
  readonly envelope?: EnvelopeInput;
}

/** The envelope, where it differs from the fields. */
export interface EnvelopeInput {
  /** The reverse-path; `null` for the empty one, to which nothing is ever returned. Default: `sender`, else `from`. */
  readonly from?: AddressInput | null;
  /** The forward-paths, without groups. Default: `to`, `cc` and `bcc`. */
  readonly to?: MailboxList;
  /** What is asked of the server for this message, such as `[dsn({ notify: ["failure"] })]`. Default: nothing. */
  readonly options?: readonly EnvelopeOption[];
}

const ABOUT = {
  place: "",
  what: "a message",
  keys: () => ({
    from: undefined,
    sender: undefined,
    replyTo: undefined,
    to: undefined,
    cc: undefined,
    bcc: undefined,
    subject: undefined,
    inReplyTo: undefined,
    references: undefined,
    text: undefined,
    html: undefined,
    markdown: undefined,
    amp: undefined,
    calendar: undefined,
    alternatives: undefined,
    attachments: undefined,
    headers: undefined,
    date: undefined,
    messageId: undefined,
    priority: undefined,
    list: undefined,
    autoSubmitted: undefined,
    dispositionNotificationTo: undefined,
    envelope: undefined,
  }),
};

/** What stands in a message, each key read once and none of it checked yet. */
export type MessageKeys = { readonly [key in keyof ReturnType<typeof ABOUT.keys>]: unknown };

/**
 * Takes what a caller gives as a message.
 *
 * @throws {InputError} when it is no object, or has a key that no message has
 */
export function readKeys(input: unknown): MessageKeys {
  return given(input, ABOUT);
}
