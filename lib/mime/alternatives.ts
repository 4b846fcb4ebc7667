/**
 * The same message in further types, for readers that know them (RFC 2046 section 5.1.4).
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { encodedPart, withCharset } from "./attachment.ts";
import { parseContentType } from "./content_type.ts";
import type { CustomFields } from "./message.ts";
import { textToCrlf } from "../bytes/line_ends.ts";
import { given } from "../given.ts";
import { parameterField } from "./parameter.ts";
import { encodeText, leaf, type Part } from "./part.ts";
import { partFields } from "./part_fields.ts";
import { type ContentInput, toSource } from "./source.ts";

/** What a message says, in one more type. */
export interface Alternative {
  /** A string is sent as UTF-8; of a `text` type its lines end as those of `text` do. */
  readonly content: ContentInput;
  /** Such as `application/ld+json`. */
  readonly contentType: string;
  /** As in an attachment. */
  readonly description?: string;
  /** As in an attachment. */
  readonly headers?: CustomFields;
}

const KEYS = { content: undefined, contentType: undefined, description: undefined, headers: undefined };

/**
 * Checks alternatives and makes their parts.
 *
 * @throws {InputError}
 */
export function readAlternatives(value: unknown): readonly Part[] {
  if (!Array.isArray(value)) throw new InputError("alternatives", "must be an array");
  return Array.from(value, (one, index) => alternativePart(one, `alternatives[${index}]`));
}

function alternativePart(input: unknown, place: string): Part {
  const own = given(input, { place, what: "an alternative", keys: KEYS });
  const { content } = own;
  const source = toSource(content, `${place}.content`);
  if (own.contentType === undefined) throw new InputError(`${place}.contentType`, "is required");
  const type = parseContentType(own.contentType, `${place}.contentType`);
  const isText = typeof content === "string";
  const parameters = withCharset(type, { isText, source, place: `${place}.contentType` });
  const head = parameterField(`Content-Type: ${type.type}`, parameters) + partFields(own, place);
  if (typeof content !== "string" || !type.type.startsWith("text/")) {
    return encodedPart(head, source, { type: type.type, place });
  }
  const { encoding, body, plain } = encodeText(textToCrlf(content));
  return leaf({ head, encoding, body }, plain);
}
