/**
 * A message composed, looked at, and read back by parsers that nobody here wrote.
 *
 * @module
 */
import { compose } from "../../lib/mime/compose.ts";
import type { Message } from "../../mod.ts";
import type { PlainMessage } from "../support/parsers/asked.ts";
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
 * with the form of 8 bits, where there is one.
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
}
