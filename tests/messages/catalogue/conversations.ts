/**
 * Several authors, groups, the place in a conversation, mailing lists, and what programs say of themselves.
 *
 * @module
 */
import { type Case, each } from "./case.ts";
import { SCRIPTS, SPECIALS } from "./samples.ts";

const MEMBERS = [{ name: "Bob", address: "bob@example.net" }, "carol@example.org"];

const UNSUBSCRIBE = ["https://example.com/unsubscribe?u=1&t=abc", "mailto:leave@example.com?subject=leave"];

const CASES: readonly Case[] = [
  {
    name: "authors: three",
    message: {
      from: ["ada@example.com", { name: "Зоя", address: "zoya@example.com" }, "c@example.com"],
      sender: "ada@example.com",
    },
  },
  ...each("group", SCRIPTS, (group) => ({ to: { group, members: MEMBERS } })),
  ...each("group", SPECIALS, (group) => ({ to: { group, members: MEMBERS } })),
  { name: "group: none in it", message: { cc: { group: "undisclosed recipients", members: [] } } },
  { name: "group: a long name of ASCII", message: { to: { group: "word ".repeat(20) + "end", members: MEMBERS } } },
  {
    name: "group: among mailboxes, and several",
    message: {
      to: ["first@example.net", { group: "All", members: MEMBERS }, "last@example.net", {
        group: "Équipe",
        members: [],
      }],
      cc: [{ group: "Q, A", members: "eve@example.org" }, { name: "Zoë", address: "zoe@example.org" }],
      replyTo: { group: "Answers", members: MEMBERS },
    },
  },
  {
    name: "group: a hundred names in all scripts",
    message: {
      to: {
        group: "Everybody",
        members: Array.from({ length: 100 }, (_, index) => {
          // postal-mime 4.0.0 ends a group at a semicolon in a quoted string too: its tokenizer waits for that alone.
          const names = [...Object.values(SCRIPTS), ...Object.values(SPECIALS)].filter((name) => !name.includes(";"));
          return { name: names[index % names.length], address: `member.${index}@example.net` };
        }),
      },
    },
  },
  { name: "thread: an answer", message: { inReplyTo: "<1@example.net>", subject: "Re: a" } },
  { name: "thread: an answer to two", message: { inReplyTo: ["1@example.net", "<2@example.net>"] } },
  {
    name: "thread: a hundred before it",
    message: {
      inReplyTo: "<99@example.net>",
      references: Array.from({ length: 100 }, (_, index) => `<${index}@${"host".repeat(index % 9)}x.example.net>`),
    },
  },
  { name: "thread: a long identifier", message: { references: `<${"i".repeat(800)}@example.net> <2@example.net>` } },
  {
    name: "list: all of it",
    message: {
      list: {
        id: "news.example.com",
        name: "News",
        help: "https://example.com/help",
        unsubscribe: UNSUBSCRIBE,
        oneClick: true,
        subscribe: "mailto:join@example.com",
        post: "NO",
        owner: "mailto:owner@example.com",
        archive: `https://example.com/${"archive/".repeat(30)}`,
      },
    },
  },
  { name: "list: a name beyond ASCII", message: { list: { id: "<news.example.com>", name: "Neuigkeiten für alle" } } },
  {
    name: "list: many URLs",
    message: {
      list: { unsubscribe: Array.from({ length: 20 }, (_, index) => `https://example.com/unsubscribe/${index}`) },
    },
  },
  ...each(
    "autoSubmitted",
    {
      "generated": "auto-generated",
      "replied": "auto-replied",
      "notified": "auto-notified",
      "no": "no",
    } as const,
    (autoSubmitted) => ({ autoSubmitted }),
  ),
  {
    name: "dispositionNotificationTo: two",
    message: { dispositionNotificationTo: ["ada@example.com", { name: "Zoë", address: "zoe@example.com" }] },
  },
  {
    name: "structured: folded",
    message: { headers: { "X-Structured": { value: "a=b; ".repeat(30) + "c", structured: true }, "X-Text": "é" } },
  },
];

/** Messages that are part of something. */
export const CONVERSATIONS: readonly Case[] = CASES.map(({ name, message }) => ({
  name,
  message: { text: "a\n", ...message },
}));
