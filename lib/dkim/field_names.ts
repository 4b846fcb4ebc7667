/**
 * Which fields a signature covers, and which it keeps from being added.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { checkFieldName } from "../mime/field.ts";
import type { Fields } from "./header.ts";

/**
 * Signed where they are there: the fields of RFC 6376 section 5.4.1, what says how the body is read, what One-Click
 * unsubscription wants signed (RFC 8058 section 4), and fields that mean nothing unless they are signed.
 */
const SIGNED: readonly string[] = [
  "From",
  "Sender",
  "Reply-To",
  "Subject",
  "Date",
  "Message-ID",
  "To",
  "Cc",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "Content-ID",
  "Content-Description",
  "Content-Disposition",
  "In-Reply-To",
  "References",
  "Resent-Date",
  "Resent-From",
  "Resent-Sender",
  "Resent-To",
  "Resent-Cc",
  "Resent-Message-ID",
  "List-Id",
  "List-Help",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "List-Subscribe",
  "List-Post",
  "List-Owner",
  "List-Archive",
  "Auto-Submitted",
  "Autocrypt",
  "BIMI-Selector",
  "Feedback-ID",
];

/** Signed once more than they are there: what a reader sees and what the body is read by cannot be added. */
const OVERSIGNED: readonly string[] = [
  "From",
  "Sender",
  "Reply-To",
  "Subject",
  "To",
  "Cc",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "In-Reply-To",
  "References",
];

/**
 * The same, where they are there. A submission server adds the first two to a message that lacks them (RFC 6409 section 8);
 * a mailing list adds the others, which do harm only where the sender has said something else.
 */
const OVERSIGNED_IF_THERE: readonly string[] = ["Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"];

/** Fields that come, change and go on the way (RFC 6376 section 5.4), and those that nobody is to see. */
const NEVER_SIGNED = new Set([
  "return-path",
  "received",
  "bcc",
  "resent-bcc",
  "dkim-signature",
  "authentication-results",
]);

/** Fields that a list of a caller's may have. */
const MOST_NAMES = 100;

/** The names that a caller chose; `undefined` for the usual ones, of `oversign` those that are among `headers`. */
export interface FieldNames {
  readonly headers: readonly string[] | undefined;
  readonly oversign: readonly string[] | undefined;
}

/**
 * Checks a list of field names.
 *
 * @returns a copy; `undefined` where there is none
 * @throws {InputError}
 */
export function readFieldNames(value: unknown, place: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new InputError(place, "must be an array of field names");
  if (value.length > MOST_NAMES) throw new InputError(place, `has more than ${MOST_NAMES} names`);
  const seen = new Set<string>();
  return Array.from(value, (entry: unknown, i) => {
    const name = checkFieldName(entry, `${place}[${i}]`);
    if (name.includes(";")) throw new InputError(`${place}[${i}]`, 'a name with ";" cannot stand in a signature');
    if (NEVER_SIGNED.has(lower(name))) {
      throw new InputError(`${place}[${i}]`, `${name} cannot be signed: it changes, or is not there, when it arrives`);
    }
    if (seen.has(lower(name))) throw new InputError(`${place}[${i}]`, `${name} is named twice`);
    seen.add(lower(name));
    return name;
  });
}

/**
 * The names for `h=`, each as often as it is signed (RFC 6376 section 5.4.2): once for each field there is, and once more
 * to keep another one from being added.
 */
export function namesToSign({ headers, oversign }: FieldNames, fields: Fields): readonly string[] {
  const there = (name: string) => fields.get(lower(name))?.length ?? 0;
  const once = new Set((oversign ?? OVERSIGNED).map(lower));
  if (oversign === undefined) {
    for (const name of OVERSIGNED_IF_THERE) if (there(name) > 0) once.add(lower(name));
  }
  const names: string[] = [];
  for (const name of headers ?? SIGNED) {
    for (let count = there(name) + (once.delete(lower(name)) ? 1 : 0); count > 0; count--) names.push(name);
  }
  // A field that is only kept from being added is signed as well: else the one that there is could be replaced.
  for (const name of oversign ?? []) {
    if (once.has(lower(name))) { for (let count = there(name); count >= 0; count--) names.push(name); }
  }
  return names;
}

function lower(name: string): string {
  return name.toLowerCase();
}
