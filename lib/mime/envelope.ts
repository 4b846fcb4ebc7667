/**
 * The envelope (RFC 5321 section 2.3.1): where a message goes and where its failure is told.
 *
 * @module
 */
import { type AddressInput, type Mailbox, type MailboxList, parseMailbox, parseMailboxes } from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { type EnvelopeOptions, readOptions } from "./envelope_option.ts";
import { given } from "../given.ts";

/** Reverse-path and forward-paths. */
export interface Envelope {
  /** `undefined` for the null reverse-path. */
  readonly from: Mailbox | undefined;
  /** Each address once, in the caller's order; 1 to 10,000. */
  readonly to: readonly Mailbox[];
  /** What is asked of the server beside; `undefined` for nothing. */
  readonly options?: EnvelopeOptions | undefined;
}

/** Forward-paths of a message at most. */
const RECIPIENT_LIMIT = 10_000;

const keys = () => ({ from: undefined, to: undefined, options: undefined });

/** What the fields say, each asked for where the envelope does not say it. */
export interface FieldsEnvelope {
  readonly from: Mailbox | undefined;
  readonly to: readonly Mailbox[] | undefined;
}

/**
 * Checks an envelope and fills it up from the message's fields.
 *
 * @param input the caller's `envelope`, or `undefined`
 * @throws {InputError}
 */
export function readEnvelope(input: unknown, fields: FieldsEnvelope): Envelope {
  const own = input === undefined ? keys() : given(input, { place: "envelope", what: "an envelope", keys });
  const from = own.from === null
    ? undefined
    : own.from === undefined
    ? fields.from
    : parseMailbox(own.from as AddressInput, "envelope.from");
  if (from === undefined && own.from !== null) {
    throw new InputError("envelope.from", "is required; null for the null reverse-path");
  }
  const named = own.to === undefined ? fields.to : parseMailboxes(own.to as MailboxList, "envelope.to");
  const place = own.to === undefined && named !== undefined ? "to" : "envelope.to";
  const to = withoutRepeats(named ?? []);
  if (to.length === 0) throw new InputError(place, "at least one recipient is required");
  if (to.length > RECIPIENT_LIMIT) throw new InputError(place, `at most ${RECIPIENT_LIMIT} recipients`);
  return { from, to, options: own.options === undefined ? undefined : readOptions(own.options, { from, to }) };
}

/** Domains are already in one case; local parts differ by case (RFC 5321 section 2.4). */
function withoutRepeats(mailboxes: readonly Mailbox[]): readonly Mailbox[] {
  if (mailboxes.length < 2) return mailboxes;
  const seen = new Set<string>();
  return mailboxes.filter(({ address }) => !seen.has(address) && seen.add(address));
}
