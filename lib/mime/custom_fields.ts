/**
 * Fields that a caller adds by name. Those that say what a message is, who it is from and where it goes stand once, and
 * are written from checked values: no second one can be added here.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { checkFieldName, checkFieldText, structuredField, unstructuredField } from "./field.ts";
import { checkMessageIds } from "./message_id.ts";
import { entriesOf, given } from "../given.ts";

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

/** Fields of identifiers (RFC 5322 section 3.6.4). */
const IDENTIFIERS = new Set(["references", "in-reply-to"]);

/**
 * Fields that stand once in a message (RFC 5322 section 3.6; RFC 2369 section 3, RFC 2919 section 3 and RFC 8058 section 3.1;
 * RFC 8098 section 2; RFC 8689 section 5): of two, each reader goes by another one.
 */
const ONCE =
  /^(?:references|in-reply-to|list-(?:id|help|unsubscribe(?:-post)?|subscribe|post|owner|archive)|disposition-notification-(?:to|options)|tls-required)$/;

/**
 * Writes a caller's fields, each with its CRLF, in the caller's order.
 *
 * @param written fields that are not reserved and that the message's own keys made: none of them may stand here as well
 * @throws {InputError}
 */
export function customFields(input: unknown, written: string): string {
  let fields = "";
  const once = new Set<string>();
  // What stands between values, folded ones too, are names.
  const taken = written.toLowerCase().split(/:.*\r\n(?: .*\r\n)*/);
  for (const { name, value, structured, place } of entries(input)) {
    const lower = name.toLowerCase();
    if (RESERVED.has(lower) || lower.startsWith("content-") || taken.includes(lower)) {
      throw new InputError(place, `${name} cannot be set here: it is written from the message's own keys`);
    }
    const isIdentifiers = IDENTIFIERS.has(lower);
    if (ONCE.test(lower)) {
      if (once.has(lower)) {
        throw new InputError(place, `${name} stands once${isIdentifiers ? ", with all identifiers in it" : ""}`);
      }
      once.add(lower);
    }
    if (isIdentifiers) checkMessageIds(value, place);
    if (lower === "tls-required" && value !== "No") {
      throw new InputError(place, 'takes "No" alone (RFC 8689 section 5)');
    }
    fields += structured || STRUCTURED.test(lower)
      ? structuredField(name, value, place)
      : unstructuredField(name, value, place);
  }
  return fields;
}

/** A field as the caller gives it. */
export interface Entry {
  readonly name: string;
  readonly value: string;
  /** Whether the caller says so. */
  readonly structured: boolean;
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
      yield entry(checkFieldName(pair[0], place), pair[1], place);
    }
    return;
  }
  for (const [key, values] of entriesOf(input, at)) {
    const name = checkFieldName(key, at);
    const place = `${at}.${name}`;
    if (!Array.isArray(values)) yield entry(name, values, place);
    else for (const [index, value] of values.entries()) yield entry(name, value, `${place}[${index}]`);
  }
}

const valueKeys = () => ({ value: undefined, structured: undefined });

function entry(name: string, value: unknown, place: string): Entry {
  if (typeof value !== "object" || value === null) {
    return { name, value: checkFieldText(value, place), structured: false, place };
  }
  const own = given(value, { place, what: "a value", keys: valueKeys });
  if (own.structured !== true) throw new InputError(`${place}.structured`, "must be true, or the value a string");
  const at = `${place}.value`;
  return { name, value: checkFieldText(own.value, at), structured: true, place: at };
}
