/**
 * Raw messages read by parsers that nobody here wrote.
 *
 * @module
 */
import { expect } from "vitest";
import { compose } from "../../lib/mime/compose.ts";
import type { Asked } from "../support/parsers/asked.ts";
import { comparable, found } from "../support/parsers/same.ts";
import { Written } from "../support/parsers/written.ts";
import { checkLines } from "./octets.ts";
import type { Reader } from "./read_back.ts";

const NOTHING: Asked = {
  ...{
    from: [],
    sender: [],
    to: [],
    cc: [],
    replyTo: [],
    inReplyTo: [],
    references: [],
    alternatives: [],
    attachments: [],
  },
  ...{ subject: undefined, date: undefined, messageId: undefined, text: undefined, html: undefined, custom: [] },
};

/** Sends the message on as its own fields say. */
export function expectToGo(raw: string | Uint8Array, to: readonly string[]): void {
  expect(compose({ raw }).envelope.to.map(({ address }) => address)).toEqual(to);
}

/** Sends the message on as it is, and expects each reader to say what `reads` does, its deviations aside. */
export async function expectRead(
  raw: string | Uint8Array,
  { readers, reads }: { readonly readers: readonly Reader[]; readonly reads: Partial<Asked> },
): Promise<void> {
  const { content } = compose({ raw, envelope: { from: "ada@example.com", to: "bob@example.net" } });
  const octets = content.octets!;
  checkLines(octets, content.body);
  expect(octets.length).toBe(content.size);
  const written = new Written(octets);
  for (const { parser, deviations } of readers) {
    let expected: Asked = { ...NOTHING, ...reads };
    for (const { parser: names, changes } of deviations) {
      const about = { message: { from: "ada@example.com" }, written };
      if (names.includes(parser.name)) expected = { ...expected, ...changes(expected, about) };
    }
    const parsed = found(await parser.parse(octets));
    expect(picked(parsed, reads), parser.name).toEqual(picked(expected, reads));
  }
}

function picked(from: Asked, keys: Partial<Asked>): unknown {
  return Object.fromEntries(
    Object.entries(comparable(from) as Asked).filter(([key]) => Object.hasOwn(keys, key)),
  );
}
