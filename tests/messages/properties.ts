/**
 * What holds for all messages, each as a property that readers are given to.
 *
 * @module
 */
import fc from "fast-check";
import { flowed } from "../../lib/mime/flowed.ts";
import type { Message } from "../../mod.ts";
import type { PlainMessage } from "../support/parsers/asked.ts";
import type { ParserName } from "../support/parsers/parsed_message.ts";
import { BASE } from "./catalogue/case.ts";
import { contentType, filename, headers, listOf, mailbox, message, paragraphs, subject } from "./generators.ts";
import { expectReadBack, type Reader } from "./read_back.ts";
import { body } from "./scripts.ts";

/** A message, and the same written more plainly, where what should come back cannot be read off it. */
interface Rewritten {
  readonly message: Message;
  readonly as: PlainMessage;
}

/** Something that holds for all messages. */
export interface Property {
  readonly name: string;
  readonly messages: fc.Arbitrary<PlainMessage | Rewritten>;
  /** The same messages in every run; fast-check prints it, and the way to the smallest one that fails. */
  readonly seed: number;
  /** Messages in a run; an everyday run has fewer. */
  readonly runs: number;
  /** Default: all. */
  readonly parsers?: readonly ParserName[];
}

function named(some: Partial<PlainMessage>): PlainMessage {
  return { ...BASE, text: "a\n", ...some };
}

/** All of them. */
export const PROPERTIES: readonly Property[] = [
  { name: "every subject", messages: subject.map((subject) => named({ subject })), seed: 1, runs: 80 },
  {
    name: "every display name, of one and of many",
    messages: fc.tuple(mailbox, fc.array(mailbox, { minLength: 1, maxLength: 20 })).map(([from, to]) =>
      named({ from, to })
    ),
    seed: 2,
    runs: 50,
  },
  {
    name: "every value of the caller's fields",
    messages: headers.map((headers) => named({ headers })),
    seed: 3,
    runs: 80,
  },
  {
    name: "every filename",
    messages: filename.map((filename) =>
      named({ attachments: [{ filename, content: "x", contentType: "application/x-test" }] })
    ),
    seed: 4,
    runs: 80,
  },
  {
    name: "every parameter of a content type",
    messages: contentType.map((contentType) => named({ attachments: [{ content: "x", contentType }] })),
    seed: 5,
    runs: 50,
  },
  { name: "every text by itself", messages: body.map((text) => ({ ...BASE, text })), seed: 6, runs: 80 },
  {
    name: "every text beside every html",
    messages: fc.tuple(body, body).map(([text, html]) => ({ ...BASE, text, html })),
    seed: 7,
    runs: 50,
  },
  {
    name: "every list with groups",
    messages: listOf(8).map((to) => named({ to })),
    seed: 9,
    runs: 50,
  },
  {
    name: "every text that flows",
    messages: fc.oneof(
      paragraphs.map((text) => ({ message: { ...BASE, text: flowed(text) }, as: { ...BASE, text } })),
      // Cut anywhere: see `paragraphs` for what may not stand at the beginning of a line.
      paragraphs.map((text) => text.replace(/[ >]/g, "")).map((text) => ({
        message: { ...BASE, text: flowed(text, { delSp: true }) },
        as: { ...BASE, text },
      })),
    ),
    seed: 10,
    runs: 60,
    // Python's email package knows nothing of it.
    parsers: ["mailparser", "postal-mime"],
  },
  { name: "messages with some of everything", messages: message, seed: 8, runs: 50 },
];

/** Holds a property for so many times its messages. */
export async function holds(
  { messages, seed, runs, parsers }: Property,
  { readers, times }: { readonly readers: readonly Reader[]; readonly times: number },
): Promise<void> {
  const able = readers.filter(({ parser }) => parsers === undefined || parsers.includes(parser.name));
  const property = fc.asyncProperty(
    messages,
    (one) =>
      "message" in one
        ? expectReadBack(one.message, { readers: able, as: one.as })
        : expectReadBack(one, { readers: able }),
  );
  await fc.assert(property, { seed, numRuns: Math.ceil(runs * times) });
}
