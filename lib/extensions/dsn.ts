/**
 * Delivery status notifications (RFC 3461): who is told of what became of a message, and how.
 *
 * @module
 */
import { type Mailbox, parseAddress } from "../address/mailbox.ts";
import { toAddressXtext, toXtext } from "../bytes/xtext.ts";
import { InputError } from "../errors.ts";
import type { EnvelopeOption, EnvelopePaths } from "../mime/envelope_option.ts";
import { entriesOf, given } from "../given.ts";
import { envelopeOption } from "./envelope_option.ts";
import { requirePrintable, requireWord } from "./values.ts";

/** Of what the sender is told: of nothing, or of one or several events (RFC 3461 section 4.1). */
export type DsnNotify = "never" | readonly ("success" | "failure" | "delay")[];

/** What is asked for one recipient. */
export interface DsnRecipient {
  /** Default: what is asked for all. */
  readonly notify?: DsnNotify;
  /** The address that a notification names, where it is not the recipient's own: the one that the sender wrote to. */
  readonly originalRecipient?: string;
}

/** What is asked for a message. */
export interface DsnOptions {
  /** Default: nothing is said, and a server tells of failure, and of delay as it likes. */
  readonly notify?: DsnNotify;
  /** How much of the message comes back with a failure (RFC 3461 section 4.3). Default: the server decides. */
  readonly return?: "full" | "headers";
  /**
   * What a notification says to tell which sending it is about (RFC 3461 section 4.4): printable ASCII, at most 100
   * characters as xtext. Default: nothing.
   */
  readonly envelopeId?: string;
  /** Recipients who differ, by address; one that the message does not go to is an error. */
  readonly recipients?: Readonly<Record<string, DsnRecipient>>;
}

/** Characters of an ENVID (RFC 3461 section 4.4). */
const ENVELOPE_ID_LIMIT = 100;

const KEYS = { notify: undefined, return: undefined, envelopeId: undefined, recipients: undefined };
const RECIPIENT_KEYS = { notify: undefined, originalRecipient: undefined };
const RETURNS = { full: "FULL", headers: "HDRS" } as const;
const EVENTS = ["success", "failure", "delay"];

/** What is said of one recipient, ready for RCPT. */
interface Asked {
  readonly notify: string | undefined;
  readonly original: string | undefined;
}

/**
 * Asks for delivery status notifications. They go to the reverse-path. Each recipient's address goes along as the original
 * recipient (ORCPT), which a notification then names, whatever the mail was forwarded to; not where nobody is notified.
 *
 * @throws {InputError}
 *
 * @example
 * ```ts
 * import { dsn, send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: ["bob@example.net", "list@example.org"],
 *   text: "Hi",
 *   envelope: {
 *     options: [
 *       dsn({
 *         notify: ["success", "failure", "delay"],
 *         return: "headers",
 *         envelopeId: "order-4711",
 *         recipients: { "list@example.org": { notify: "never" } },
 *       }),
 *     ],
 *   },
 * });
 * ```
 */
export function dsn(options: DsnOptions = {}): EnvelopeOption {
  const own = given(options, { place: "dsn", what: "dsn", keys: KEYS });
  const mail: string[] = [];
  if (own.return !== undefined) mail.push(`RET=${requireWord(own.return, RETURNS, "dsn.return")}`);
  if (own.envelopeId !== undefined) mail.push(`ENVID=${envelopeId(own.envelopeId)}`);
  const everybody: Asked = { notify: notifyOf(own.notify, "dsn.notify"), original: undefined };
  const others = recipientsOf(own.recipients, everybody);
  return envelopeOption({
    extension: "DSN",
    check: (envelope) => checkRecipients(others, envelope),
    parametersFor: () => ({
      mail: mail.join(" "),
      recipient: (mailbox) => parametersOf(mailbox, others.get(mailbox.address) ?? everybody),
    }),
  });
}

function envelopeId(value: unknown): string {
  const id = toXtext(requirePrintable(value, "dsn.envelopeId"));
  if (id.length <= ENVELOPE_ID_LIMIT) return id;
  throw new InputError("dsn.envelopeId", `is longer than ${ENVELOPE_ID_LIMIT} characters as xtext`);
}

function notifyOf(value: unknown, place: string): string | undefined {
  if (value === undefined) return undefined;
  if (value === "never") return "NEVER";
  const isList = Array.isArray(value) && value.length > 0 && value.every((event) => EVENTS.includes(event));
  if (!isList) throw new InputError(place, `must be "never", or a list of ${EVENTS.join(", ")}`);
  return EVENTS.filter((event) => value.includes(event)).join(",").toUpperCase();
}

function recipientsOf(value: unknown, everybody: Asked): ReadonlyMap<string, Asked> {
  const recipients = new Map<string, Asked>();
  if (value === undefined) return recipients;
  for (const [key, each] of entriesOf(value, "dsn.recipients")) {
    const { address } = parseAddress(key, "dsn.recipients");
    const place = `dsn.recipients["${address}"]`;
    if (recipients.has(address)) throw new InputError(place, "stands there twice");
    const own = given(each, { place, what: "a recipient", keys: RECIPIENT_KEYS });
    const original = own.originalRecipient;
    recipients.set(address, {
      notify: notifyOf(own.notify, `${place}.notify`) ?? everybody.notify,
      original: original === undefined
        ? undefined
        : originalRecipient(parseAddress(original as string, `${place}.originalRecipient`)),
    });
  }
  return recipients;
}

function checkRecipients(others: ReadonlyMap<string, Asked>, { to }: EnvelopePaths): void {
  if (others.size === 0) return;
  const all = new Set(to.map(({ address }) => address));
  for (const address of others.keys()) {
    if (!all.has(address)) throw new InputError(`dsn.recipients["${address}"]`, "is no recipient of the message");
  }
}

function parametersOf(mailbox: Mailbox, { notify, original }: Asked): string {
  const parameters = notify === undefined ? [] : [`NOTIFY=${notify}`];
  if (original !== undefined) parameters.push(original);
  else if (notify !== "NEVER") parameters.push(originalRecipient(mailbox));
  return parameters.join(" ");
}

/** ORCPT (RFC 3461 section 4.2); an address outside ASCII in the form that is ASCII, so that every server takes it. */
function originalRecipient({ address, needsSmtpUtf8 }: Mailbox): string {
  return needsSmtpUtf8 ? `ORCPT=utf-8;${toAddressXtext(address)}` : `ORCPT=rfc822;${toXtext(address)}`;
}
