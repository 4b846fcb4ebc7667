/**
 * A message composed, looked at, and read back by parsers that nobody here wrote.
 *
 * @module
 */
import { expect } from "vitest";
import { compose } from "../../lib/mime/compose.ts";
import type { Composed, Content, Message } from "../../mod.ts";
import { asked, type PlainMessage } from "../support/parsers/asked.ts";
import { type Deviation, DEVIATIONS } from "../support/parsers/deviations.ts";
import { mailparser } from "../support/parsers/mailparser.ts";
import type { Parser } from "../support/parsers/parsed_message.ts";
import { postalMime } from "../support/parsers/postal_mime.ts";
import { expectSame } from "../support/parsers/same.ts";
import { Written } from "../support/parsers/written.ts";
import { checkedOctets } from "./octets.ts";

/** A parser, and what it is known to do otherwise. */
export interface Reader {
  readonly parser: Parser;
  readonly deviations: readonly Deviation[];
}

/** Those that need nothing but Node or Deno. */
export const EVERYDAY: readonly Reader[] = [mailparser, postalMime].map((parser) => ({
  parser,
  deviations: DEVIATIONS,
}));

/**
 * Composes the message, checks its octets, and expects of each reader what was asked for: `as`, or else the message. So it does
 * with the forms of 8 bits and of any octets, where there are such.
 */
export async function expectReadBack(
  message: Message,
  { readers, as }: { readonly readers: readonly Reader[]; readonly as?: PlainMessage },
): Promise<void> {
  const composed = compose(message);
  const eightBit = composed.form?.("8bit");
  for (const content of eightBit === undefined ? [composed.content] : [composed.content, eightBit]) {
    const octets = await checkedOctets({ content });
    const about = { written: new Written(octets), messageId: composed.messageId! };
    for (const { parser, deviations } of readers) {
      const parsed = await parser.parse(octets);
      await expectSame(as ?? message as PlainMessage, parsed, { ...about, parser: parser.name, deviations });
    }
  }
  const binary = composed.form?.("binary");
  if (binary !== undefined) await expectBinary(binary, { readers, as: as ?? message as PlainMessage, composed });
}

/** Reads the form of BINARYMIME by the parsers that take content for more than lines. */
async function expectBinary(
  content: Content,
  { readers, as, composed }: {
    readonly readers: readonly Reader[];
    readonly as: PlainMessage;
    readonly composed: Composed;
  },
): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.stream()) pieces.push(piece.slice());
  const octets = new Uint8Array(Buffer.concat(pieces));
  if (content.size !== undefined) expect(octets.length, "the declared size").toBe(content.size);
  const about = { written: new Written(octets), messageId: composed.messageId! };
  const { attachments, alternatives } = await asked(as);
  const hasEmpty = [...attachments, ...alternatives].some((part) => part.octets.length === 0);
  const able = readers.filter(({ parser }) =>
    // postal-mime writes LF behind each line; for what mailparser makes of empty parts see the deviations.
    parser.name !== "postal-mime" && !(hasEmpty && parser.name === "mailparser")
  );
  for (const { parser, deviations } of able) {
    await expectSame(as, await parser.parse(octets), { ...about, parser: parser.name, deviations });
  }
}
