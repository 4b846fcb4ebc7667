/**
 * Fields of a part that a caller adds: its description, and those that have no key.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { entries } from "./custom_fields.ts";
import { checkFieldText, structuredField, unstructuredField } from "./field.ts";

/** Names, in lower case, of what is written from an attachment's own keys, or means nothing in a part or too much. */
const RESERVED = new Set([
  "content-type",
  "content-transfer-encoding",
  "content-disposition",
  "content-id",
  "content-description",
  "mime-version",
  "bcc",
  "resent-bcc",
]);

/**
 * Writes the fields, each with its CRLF: the description encoded where it is not ASCII, other `Content-` fields as they are.
 *
 * @throws {InputError}
 */
export function partFields(own: { readonly description: unknown; readonly headers: unknown }, place: string): string {
  let fields = "";
  if (own.description !== undefined) {
    const at = `${place}.description`;
    fields += unstructuredField("Content-Description", checkFieldText(own.description, at), at);
  }
  if (own.headers === undefined) return fields;
  for (const { name, value, structured, place: at } of entries(own.headers, `${place}.headers`)) {
    const lower = name.toLowerCase();
    if (RESERVED.has(lower)) throw new InputError(at, `${name} cannot be set here: parts have it from their own keys`);
    fields += structured || lower.startsWith("content-")
      ? structuredField(name, value, at)
      : unstructuredField(name, value, at);
  }
  return fields;
}
