/**
 * Fields that a caller adds by name. Those that say what a message is, who it is from and where it goes stand once, and
 * are written from checked values: no second one can be added here.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { checkFieldName, checkFieldText, structuredField, unstructuredField } from "./field.ts";
import { checkMessageIds } from "./message_id.ts";
import { requireOwnContent } from "./own_keys.ts";

/** Names in lower case. `Content-` fields are refused too. */
const RESERVED = new Set([
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "resent-bcc",
  "subject",
  "date",
  "message-id",
  "mime-version",
  "return-path",
  "received",
]);

/**
 * Fields of one language or another, in which an encoded word would mean itself, or swallow an address (RFC 2047 section 5).
 */
const STRUCTURED =
  /^(?:list-.*|references|in-reply-to|auto-submitted|dkim-signature|arc-.*|feedback-id|resent-.*|disposition-notification-.*|return-receipt-to|errors-to)$/;

/** Fields of identifiers, each of which stands once (RFC 5322 section 3.6). */
const IDENTIFIERS = new Set(["references", "in-reply-to"]);

/**
 * Writes a caller's fields, each with its CRLF, in the caller's order.
 *
 * @throws {InputError}
 */
export function customFields(input: unknown, options: { readonly hasPriority: boolean }): string {
  let fields = "";
  const once = new Set<string>();
  for (const { name, value, place } of entries(input)) {
    const lower = name.toLowerCase();
    const taken = options.hasPriority && (lower === "x-priority" || lower === "importance");
    if (RESERVED.has(lower) || lower.startsWith("content-") || taken) {
      throw new InputError(place, `${name} cannot be set here: it is written from the message's own keys`);
    }
    if (IDENTIFIERS.has(lower)) {
      if (once.has(lower)) throw new InputError(place, `${name} stands once, with all identifiers in it`);
      once.add(lower);
      checkMessageIds(value, place);
    }
    fields += STRUCTURED.test(lower) ? structuredField(name, value, place) : unstructuredField(name, value, place);
  }
  return fields;
}

/** A field as the caller gives it. */
export interface Entry {
  readonly name: string;
  readonly value: string;
  readonly place: string;
}

/**
 * Takes names and values apart.
 *
 * @param at the place in the call, such as `headers`
 */
export function* entries(input: unknown, at = "headers"): Generator<Entry> {
  if (typeof input !== "object" || input === null) {
    throw new InputError(at, "must be an object of names and values, or an array of [name, value]");
  }
  if (Array.isArray(input)) {
    for (const [index, pair] of input.entries()) {
      const place = `${at}[${index}]`;
      if (!Array.isArray(pair) || pair.length !== 2) throw new InputError(place, "must be [name, value]");
      yield { name: checkFieldName(pair[0], place), value: checkFieldText(pair[1], place), place };
    }
    return;
  }
  requireOwnContent(input, at);
  for (const [key, values] of Object.entries(input)) {
    const name = checkFieldName(key, at);
    const place = `${at}.${name}`;
    if (!Array.isArray(values)) yield { name, value: checkFieldText(values, place), place };
    else {for (const [index, value] of values.entries()) {
        yield { name, value: checkFieldText(value, `${place}[${index}]`), place: `${place}[${index}]` };
      }}
  }
}
