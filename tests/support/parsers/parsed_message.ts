/**
 * What any parser makes of a message, in one form.
 *
 * @module
 */

/** A mailbox; without a display name its name is empty. */
export interface ParsedMailbox {
  readonly name: string;
  readonly address: string;
}

/** A group of mailboxes. */
export interface ParsedGroup {
  readonly group: string;
  readonly members: readonly ParsedMailbox[];
}

/** What stands in an address field. */
export type ParsedAddress = ParsedMailbox | ParsedGroup;

/** A part that is neither the text nor the HTML. */
export interface ParsedPart {
  readonly filename: string | undefined;
  /** In lower case, without parameters. */
  readonly contentType: string;
  /** Of the content type, names in lower case; `undefined` where the parser does not tell them. */
  readonly parameters: Readonly<Record<string, string>> | undefined;
  /** Without angle brackets. */
  readonly cid: string | undefined;
  readonly disposition: string | undefined;
  readonly description: string | undefined;
  readonly octets: Uint8Array;
}

/** A message, part by part. Line ends in `text` and `html` are LF, whatever they were. */
export interface ParsedMessage {
  readonly from: readonly ParsedAddress[];
  readonly sender: readonly ParsedAddress[];
  readonly to: readonly ParsedAddress[];
  readonly cc: readonly ParsedAddress[];
  readonly replyTo: readonly ParsedAddress[];
  readonly subject: string | undefined;
  /** As ISO 8601 writes it. */
  readonly date: string | undefined;
  /** Identifiers keep their angle brackets. */
  readonly messageId: string | undefined;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  readonly text: string | undefined;
  readonly html: string | undefined;
  /** Parts beside text and HTML that say the same: without a disposition, name and identifier. */
  readonly alternatives: readonly ParsedPart[];
  readonly attachments: readonly ParsedPart[];
  /** Every field of the message's own header section, in its order: its name, and its value unfolded and not decoded. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The values of `fields`, in the same order, decoded as unstructured text is (RFC 2047). */
  readonly decoded: readonly string[];
}

/** A program that reads messages, and that nobody here wrote. */
export interface Parser {
  readonly name: ParserName;
  parse(octets: Uint8Array): Promise<ParsedMessage>;
}

/** `python` is the `email` package's policy `default`, `compat32` its old one, which is still what most programs use. */
export type ParserName = "mailparser" | "postal-mime" | "python" | "compat32" | "gmime";

/** Sorts parts: those without disposition, name and identifier are alternatives. */
export function sorted(
  parts: readonly ParsedPart[],
): { readonly alternatives: readonly ParsedPart[]; readonly attachments: readonly ParsedPart[] } {
  const isAlternative = (part: ParsedPart) =>
    part.disposition === undefined && part.filename === undefined && part.cid === undefined;
  return { alternatives: parts.filter(isAlternative), attachments: parts.filter((part) => !isAlternative(part)) };
}

/** The identifiers of a field. */
export function identifiers(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.match(/<[^<>\s]+>/g) ?? [];
}
