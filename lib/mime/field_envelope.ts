/**
 * The envelope that a composed message's own fields tell, as `sendmail -t` reads it.
 *
 * @module
 */
import { checkText } from "../address/characters.ts";
import { readAddressList } from "../address/header_list.ts";
import { type Group, type Mailbox, mailboxesOf } from "../address/mailbox.ts";
import { InputError } from "../errors.ts";
import { headerSection } from "./blind_copies.ts";
import type { FieldsEnvelope } from "./envelope.ts";
import { type HeaderField, readHeaderSection } from "./header_section.ts";

/** UTF-16 code units of a field, as of a list of a caller's. */
const FIELD_LIMIT = 1024 * 1024;
/** Mailboxes of a field. */
const MAILBOX_LIMIT = 10_000;

/** Reads what it is asked for, when it is asked; a message's lines end in CRLF. */
export function envelopeOfFields(octets: Uint8Array): FieldsEnvelope {
  let read: Addressing | undefined;
  return {
    get from(): Mailbox {
      return readSender(read ??= addressing(octets));
    },
    get to(): readonly Mailbox[] {
      return readRecipients(read ??= addressing(octets));
    },
  };
}

/** The fields that tell of one sending. */
interface Addressing {
  /** `Resent-`, where it was sent on. */
  readonly prefix: "" | "Resent-";
  readonly fields: readonly HeaderField[];
}

function addressing(octets: Uint8Array): Addressing {
  const section = headerSection(octets);
  const fields = section.length === 0 ? [] : readHeaderSection(section);
  const resent = fields.findIndex(isResent);
  if (resent === -1) return { prefix: "", fields };
  // Whoever sends a message on puts the own fields before all others. A block ends where a name comes again.
  const block = new Map<string, HeaderField>();
  for (let at = resent; at < fields.length && isResent(fields[at]); at++) {
    const name = fields[at].name.toLowerCase();
    if (block.has(name)) break;
    block.set(name, fields[at]);
  }
  return { prefix: "Resent-", fields: [...block.values()] };
}

function isResent({ name }: HeaderField): boolean {
  return /^resent-/i.test(name);
}

function named({ prefix, fields }: Addressing, name: string): readonly HeaderField[] {
  const wanted = `${prefix}${name}`.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted);
}

/** @throws {InputError} */
function readSender(addressing: Addressing): Mailbox {
  for (const name of ["Sender", "From"]) {
    const [field, again] = named(addressing, name);
    if (again !== undefined) throw fieldError(again, "the field stands twice, and each may name another sender");
    if (field === undefined) continue;
    const [mailbox, ...others] = readField(field, false) as readonly Mailbox[];
    if (mailbox === undefined) throw fieldError(field, "no mailbox in it");
    if (others.length === 0) return mailbox;
    const missing = name === "From" ? `; with several authors ${addressing.prefix}Sender is required` : "";
    throw fieldError(field, `${others.length + 1} mailboxes, and only one may be the sender${missing}`);
  }
  throw new InputError("raw", `no ${addressing.prefix}From field tells who the message is from; give envelope.from`);
}

/** @throws {InputError} */
function readRecipients(addressing: Addressing): readonly Mailbox[] {
  const fields = ["To", "Cc", "Bcc"].flatMap((name) => named(addressing, name));
  // An empty Bcc is allowed, and old programs write such a To or Cc.
  const recipients = fields.flatMap((field) => mailboxesOf(readField(field, true)));
  if (recipients.length > 0) return recipients;
  const names = ["To", "Cc", "Bcc"].map((name) => `${addressing.prefix}${name}`).join(", ");
  throw new InputError("raw", `no recipient in the fields ${names}; give envelope.to`);
}

function readField(field: HeaderField, groups: boolean): readonly (Mailbox | Group)[] {
  const place = placeOf(field);
  try {
    // A folded line may begin with a TAB, which is a blank like any other between words.
    checkText(field.value.replaceAll("\t", " "), { field: place, limit: FIELD_LIMIT });
    return readAddressList(field.value, { field: place, limit: MAILBOX_LIMIT, groups });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw fieldError(field, error.message.slice(place.length + 2), error.position);
  }
}

function placeOf({ name }: HeaderField): string {
  return `raw.${name}`;
}

function fieldError(field: HeaderField, reason: string, position?: number): InputError {
  return new InputError(placeOf(field), `in line ${field.line}: ${reason}`, position);
}
