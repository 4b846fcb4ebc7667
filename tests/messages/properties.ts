/**
 * What holds for all messages, each as a property that readers are given to.
 *
 * @module
 */
import fc from "fast-check";
import type { PlainMessage } from "../support/parsers/asked.ts";
import { BASE } from "./catalogue/case.ts";
import { contentType, filename, headers, mailbox, message, subject } from "./generators.ts";
import { expectReadBack, type Reader } from "./read_back.ts";
import { body } from "./scripts.ts";

/** Something that holds for all messages. */
export interface Property {
  readonly name: string;
  readonly messages: fc.Arbitrary<PlainMessage>;
  /** The same messages in every run; fast-check prints it, and the way to the smallest one that fails. */
  readonly seed: number;
  /** Messages in an everyday run. */
  readonly runs: number;
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
  { name: "messages with some of everything", messages: message, seed: 8, runs: 50 },
];

/** Holds a property for so many times its messages. */
export async function holds(
  { messages, seed, runs }: Property,
  { readers, times }: { readonly readers: readonly Reader[]; readonly times: number },
): Promise<void> {
  const property = fc.asyncProperty(messages, (one) => expectReadBack(one, { readers }));
  await fc.assert(property, { seed, numRuns: Math.ceil(runs * times) });
}
