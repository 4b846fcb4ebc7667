/**
 * Header fields: subjects, names, addresses, dates, identifiers and fields of the caller's.
 *
 * @module
 */
import { type Case, each } from "./case.ts";
import { filled, SCRIPTS, SPECIALS } from "./samples.ts";

const SUBJECTS: Readonly<Record<string, string>> = {
  "empty": "",
  "a blank": " ",
  "leading and trailing blanks": "  a  ",
  "300 words": "word ".repeat(299) + "end",
  "one word of 500 characters": "x".repeat(500),
  "words of 500 characters": `${"x".repeat(500)} ${"y".repeat(500)}`,
  "a hundred blanks": `a${" ".repeat(100)}b`,
  "three hundred blanks at the fold": `${"a".repeat(60)}${" ".repeat(300)}b`,
  "2,000 characters of two octets": "é".repeat(2_000),
  "an emoji at the end": `${"a".repeat(200)} 😀`,
};

/** Columns of whole lines, the name and its colon included. */
const EDGES = [75, 76, 77, 78, 79, 80, 155, 156, 157, 996, 997, 998, 999, 1_000];

const edges: readonly Case[] = EDGES.flatMap((columns) => [
  { name: `subject: folded at ${columns} columns`, message: { subject: filled(columns, 9) } },
  {
    name: `subject: a last word that ends at ${columns} columns`,
    message: { subject: `${"a".repeat(columns - 18)} bcdefghi` },
  },
  { name: `custom field: folded at ${columns} columns`, message: { headers: { "X-Edge": filled(columns, 8) } } },
]);

/** A character of each length in UTF-8, after each number of ASCII characters up to a line's length. */
const offsets: readonly Case[] = [..."aéअ😀"].map((char) => ({
  name: `subject: a character of ${new TextEncoder().encode(char).length} octets at every folding offset`,
  message: {
    subject: Array.from({ length: 80 }, (_, at) => "-".repeat(at) + char.repeat(3)).join(" "),
    headers: Array.from({ length: 80 }, (_, at) => ["X-Offset", `${"a".repeat(at)}${char.repeat(30)}é`] as const),
  },
}));

/** Names of about the length at which they are written another way. */
const LONG_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  [20, 40, 58, 59, 60, 61, 62, 70, 75, 200, 1_000, 2_048].flatMap((length) => [
    [`${length} characters of ASCII`, filled(length)],
    [`${length} quotes`, '"'.repeat(length)],
    [`${length} quotes and blanks`, '" "'.repeat(Math.ceil(length / 3)).slice(0, length - 1) + "."],
    [`${length} characters of ASCII with a comma`, `,${filled(length, 1)}`],
    [`${length} characters of two octets`, "é".repeat(length)],
  ]),
);

const named = (name: string): Case["message"] => ({
  from: { name, address: "ada@example.com" },
  to: [{ name, address: "bob@example.net" }, "carol@example.net", { name, address: "dave@example.org" }],
});

const ADDRESSES: readonly Case[] = [
  {
    name: "addresses: every field",
    message: {
      from: "Ada Lovelace <ada@example.com>",
      sender: { name: "Das Büro", address: "office@example.com" },
      replyTo: ["replies@example.com", { name: "More, replies", address: "more@example.com" }],
      to: { name: "Bob", address: "bob@example.net" },
      cc: [{ name: "Зоя", address: "zoya@example.org" }, { name: "", address: "eve@example.org" }],
      bcc: { name: "Nobody sees", address: "hidden@example.org" },
    },
  },
  {
    name: "addresses: 1,000 recipients with names in all scripts",
    message: {
      to: Array.from({ length: 1_000 }, (_, index) => {
        const names = [...Object.values(SCRIPTS), ...Object.values(SPECIALS)];
        return { name: names[index % names.length], address: `recipient.${index}@host-${index % 7}.example.net` };
      }),
    },
  },
  {
    name: "addresses: 1,000 recipients without names",
    message: { cc: Array.from({ length: 1_000 }, (_, index) => `r${index}@example.net`) },
  },
  {
    name: "addresses: the longest",
    message: {
      to: { name: "Long", address: `${"l".repeat(64)}@${"d".repeat(63)}.${"e".repeat(63)}.${"f".repeat(57)}.net` },
      cc: [`${"m".repeat(64)}@${"d".repeat(63)}.example`, `${"n".repeat(64)}@${"d".repeat(63)}.example`],
    },
  },
  {
    name: "addresses: unusual atoms",
    message: { to: ["!#$%&'*+-/=?^_`{|}~@example.net", "a.b.c+d=e@example.net", "0@1.example", "x'y@example.net"] },
  },
  { name: "addresses: literals", message: { to: [{ name: "L", address: "a@[192.0.2.1]" }, "b@[IPv6:2001:db8::1]"] } },
  {
    name: "addresses: domains of many scripts",
    message: {
      to: ["a@bücher.example", { name: "例", address: "b@例子.测试" }, "c@пример.испытание", "d@EXAMPLE.net"],
    },
  },
  {
    name: "addresses: quoted local parts",
    message: { to: [{ name: "Q", address: '"a b"@example.net' }, { name: "R", address: '"c,d"@example.net' }] },
  },
  {
    name: "addresses: local parts outside ASCII",
    message: {
      from: { name: "Jörg", address: "jörg@example.com" },
      to: [{ name: "用户", address: "用户@例子.广告" }, "पता@example.net", "bob@example.net"],
    },
  },
];

const OTHERS: readonly Case[] = [
  ...each("date", {
    "the epoch": new Date(0),
    "the first": new Date(Date.UTC(1900, 0, 1)),
    "the last": new Date(Date.UTC(9999, 11, 31, 23, 59, 59)),
    "a day of one digit": new Date(Date.UTC(2026, 1, 3, 4, 5, 6, 789)),
    "a leap day": new Date(Date.UTC(2028, 1, 29, 23, 59, 59)),
    "before the epoch": new Date(Date.UTC(1969, 11, 31, 23, 59, 59, 1)),
  }, (date) => ({ date })),
  ...each("messageId", {
    "plain": "part1.2026@example.com",
    "in brackets": "<a@b>",
    "unusual atoms": "!#$%&'*+-/=?^_`{|}~@x",
    "a literal": "a@[192.0.2.1]",
    "500 characters": `${"i".repeat(490)}@example.com`,
  }, (messageId) => ({ messageId })),
  ...each("priority", { "1": 1, "3": 3, "5": 5, "high": "high", "low": "low" } as const, (priority) => ({ priority })),
  ...each("custom field", SCRIPTS, (value) => ({ headers: { "X-Text": value } })),
  ...each("custom field", SPECIALS, (value) => ({ headers: { "X-Text": value } })),
  ...each("custom field", SUBJECTS, (value) => ({ headers: { "X-Text": value } })),
  { name: "custom field: several of a name", message: { headers: { "X-Tag": ["a", "b", "é"], "X-Other": "c" } } },
  { name: "custom field: in order", message: { headers: [["X-B", "1"], ["X-A", "2"], ["X-B", "3"]] } },
  {
    name: "custom field: names of every length",
    message: {
      headers: [1, 10, 50, 51, 52, 53, 54, 60, 75, 76].map((length) =>
        [`X${"n".repeat(length - 1)}`, "Grüße an alle"] as const
      ),
    },
  },
  {
    name: "custom field: every character of a name",
    message: { headers: { "!#$%&'*+-.^_`|~0aZ\"(),/;<=>?@[\\]{}": "x" } },
  },
];

/** Messages of fields. */
export const FIELDS: readonly Case[] = [
  ...each("subject", SCRIPTS, (subject) => ({ subject })),
  ...each("subject", SPECIALS, (subject) => ({ subject })),
  ...each("subject", SUBJECTS, (subject) => ({ subject })),
  ...edges,
  ...offsets,
  ...each("name", SCRIPTS, named),
  ...each("name", SPECIALS, named),
  ...each("name", LONG_NAMES, named),
  ...each("name", { "a leading blank": " a", "a trailing blank": "a ", "blanks around é": " é " }, named),
  ...ADDRESSES,
  ...OTHERS,
].map(({ name, message }) => ({ name, message: { text: "a\n", ...message } }));
