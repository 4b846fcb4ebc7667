/**
 * What signs a composed message as a whole, such as DKIM (RFC 6376).
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { allocate } from "../bytes/memory.ts";
import { InputError } from "../errors.ts";
import { has } from "../given.ts";
import { ComposedContent, type Content, wireForm } from "./content.ts";
import { LINE_LIMIT } from "./field.ts";

/** Makes fields that vouch for a message. */
export interface Signer {
  /**
   * Signs a message, which it may read as often as it likes.
   *
   * @returns the fields that go before the message, each ended by CRLF, in ASCII
   */
  sign(content: Content): Promise<string>;
}

/** Fields of printable ASCII, folded or not, each line ended by CRLF. */
const FIELDS = /^(?:[A-Za-z][!-9;-~]*:[\t -~]*\r\n(?:[\t ]+[!-~][\t -~]*\r\n)*)+$/;

/**
 * Checks what a signer has made.
 *
 * @throws {InputError} when it is no fields
 */
export function checkSignature(fields: unknown): string {
  if (typeof fields !== "string" || !FIELDS.test(fields)) {
    throw new InputError("sign", "a signer must give fields of ASCII, each line ended by CRLF");
  }
  if (fields.split("\r\n").some((line) => line.length > LINE_LIMIT)) {
    throw new InputError("sign", `a signer must give lines of at most ${LINE_LIMIT} characters`);
  }
  return fields;
}

/** A content behind fields; what is known of it goes along. */
export function withSignature(fields: string, content: Content): Content {
  const size = content.size === undefined ? undefined : fields.length + content.size;
  const form = wireForm(content);
  if (typeof form === "string") return new ComposedContent(fields + form, content, size);
  const head = encodeUtf8(fields);
  if (has(form, "pieces")) return new ComposedContent({ ...form, pieces: [head, ...form.pieces] }, content, size);
  const { paired, clean } = form;
  return new ComposedContent(
    {
      paired: paired === true,
      clean,
      release: form.release,
      async *stream(make = allocate) {
        yield head.slice();
        yield* form.stream(make);
      },
    },
    content,
    size,
  );
}
