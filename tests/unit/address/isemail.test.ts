/**
 * What is done with each of the 164 tests of isemail 3.05, category by category. `parseAddress` stands for the envelope,
 * `parseMailbox` for one mailbox as people write it, `parseMailboxList` for a list or a header field.
 */
import { expect, test } from "vitest";
import isemail from "../../vectors/isemail.json" with { type: "json" };
import { type Mailbox, parseAddress, parseMailbox, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { InputError } from "../../../lib/errors.ts";

interface Expected {
  /** Taken by all three, and sent as it stands. */
  readonly asItStands: readonly number[];
  /** Taken by the two that read text, and what is left of it then, where that is not `test@iana.org`. */
  readonly inText: { readonly [id: number]: string | undefined };
  /** Taken in lists alone, and what is left of it. */
  readonly inLists: { readonly [id: number]: string };
  /** Refused by all three: part of the reason that a list gives. */
  readonly refused: { readonly [reason: string]: readonly number[] };
}

/** 62 characters. */
const LONG = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghik";

const TABLE: { readonly [category: string]: Expected } = {
  VALID_CATEGORY: {
    asItStands: [5, 8, 9, 10, 11, 14, 19, 21, 22, 25, 29, 32, 100, 101],
    inText: {},
    inLists: {},
    refused: {},
  },
  DNSWARN: { asItStands: [12, 13, 27, 33, 37, 38, 167, 168], inText: {}, inLists: {}, refused: {} },
  RFC5321: {
    asItStands: [23, 24, 42, 43, 45, 46, 48, 55, 61, 68, 72, 75, 77, 79, 81, 166],
    inText: {},
    inLists: {},
    refused: {},
  },
  CFWS: {
    asItStands: [],
    inText: {
      90: undefined,
      92: undefined,
      96: `${LONG}lm@iana.org`,
      98: `test@${LONG}.${LONG}.${LONG.slice(0, -1)}jk.abcdefghijklmnopqrstuvwxyzabcdefghijk.abcdefghijklmnopqrstu`,
      157: undefined,
      158: undefined,
    },
    inLists: {},
    // Folding is undone before a field is parsed.
    refused: { "U+000D is not allowed": [88, 144, 148, 153] },
  },
  DEPREC: {
    asItStands: [],
    inText: {
      85: undefined,
      86: "test@iana.com",
      87: "test.test@iana.org",
      93: undefined,
      95: "test@[255.255.255.255]",
      97: `test@${LONG}l.com`,
      165: "test.test@iana.org",
    },
    inLists: { 54: "test.test@iana.org", 56: "test.test@iana.org" },
    refused: {
      "U+0000 is not allowed": [58],
      "U+0007 is not allowed": [138, 139, 140],
      "U+000A is not allowed": [134],
      "U+000D is not allowed": [89, 149],
      "U+007F is not allowed": [124, 125, 126],
      // RFC 5321 section 4.1.3 has "::" stand for two groups or more.
      "an address literal is": [71],
    },
  },
  RFC5322: {
    asItStands: [],
    inText: {},
    inLists: {},
    refused: {
      "longer than 64 octets": [26, 59, 60],
      "longer than 63 octets": [28],
      "longer than 254 octets": [39],
      "longer than 253 octets": [40, 41],
      "an address literal is": [
        ...[63, 64, 65, 66, 67, 69, 70, 73, 74, 76, 78, 80, 82, 83, 84, 112, 117, 120, 121, 159],
      ],
      "U+0007 is not allowed": [115],
      "U+0009 is not allowed": [116],
      '"/" is not allowed in a domain': [161],
    },
  },
  ERR: {
    asItStands: [],
    inText: {},
    inLists: {},
    refused: {
      "no mailbox in it": [1],
      'an address needs an "@"': [2, 17, 18],
      'nothing stands before the "@"': [3, 6, 7, 15],
      "the domain is empty": [4],
      "a dot at an end, or two in a row": [16, 34, 35, 36],
      '"\\" is not allowed outside quotes': [20],
      '"]" is not allowed outside quotes': [113],
      "more than letters, digits and inner": [30, 31, 102],
      'the """ is never closed': [44, 47, 49, 50, 103, 107],
      'the "[" is never closed': [106, 118, 119],
      "a comment is never closed": [91, 104, 105, 108, 109, 110],
      "two words in an address need a dot": [51, 52, 53, 62, 94],
      "an address literal is": [114],
      'a "\\" needs an ASCII character': [160],
      "U+0000 is not allowed": [57],
      "U+0007 is not allowed": [136, 137],
      "U+000A is not allowed": [99, 132, 133, 135],
      "U+007F is not allowed": [122, 123],
      "U+000D is not allowed": [
        ...[127, 128, 129, 130, 131, 141, 142, 143, 145, 146, 147, 150, 151, 152, 154, 155, 156],
      ],
    },
  },
};

/** The address that is read, or the error's text. */
function read(parse: () => Mailbox | readonly Mailbox[]): string {
  try {
    return [parse()].flat().map(({ address }) => address).join();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return `refused: ${(error as Error).message}`;
  }
}

const addresses = new Map(isemail.tests.map(({ id, address }) => [id, address]));

function readAll(id: number): { readonly envelope: string; readonly mailbox: string; readonly list: string } {
  const text = addresses.get(id)!;
  return {
    envelope: read(() => parseAddress(text, "to")),
    mailbox: read(() => parseMailbox(text, "to")),
    list: read(() => parseMailboxList(text, "to")),
  };
}

for (const [category, { asItStands, inText, inLists, refused }] of Object.entries(TABLE)) {
  test(`isemail's ${category} tests end as the table says`, () => {
    const texts = Object.keys(inText).map(Number);
    const lists = Object.keys(inLists).map(Number);
    const named = [...asItStands, ...texts, ...lists, ...Object.values(refused).flat()].sort((a, b) => a - b);
    expect(named).toEqual(isemail.tests.filter((one) => one.category === category).map(({ id }) => id));
    const refusal = expect.stringMatching(/^refused: to: /);
    for (const id of asItStands) {
      const address = addresses.get(id)!;
      expect(readAll(id), `${id}`).toEqual({ envelope: address, mailbox: address, list: address });
    }
    for (const id of texts) {
      const address = inText[id] ?? "test@iana.org";
      expect(readAll(id), `${id}`).toEqual({ envelope: refusal, mailbox: address, list: address });
    }
    for (const id of lists) {
      expect(readAll(id), `${id}`).toEqual({ envelope: refusal, mailbox: refusal, list: inLists[id] });
    }
    for (const [reason, ids] of Object.entries(refused)) {
      const list = expect.stringContaining(reason);
      for (const id of ids) expect(readAll(id), `${id}`).toEqual({ envelope: refusal, mailbox: refusal, list });
    }
  });
}

test("isemail's categories are all in the table, and the envelope takes none that it may not", () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(isemail.categories).sort());
  for (const [category, { asItStands }] of Object.entries(TABLE)) {
    if (!isemail.envelopeMayAccept.includes(category)) expect(asItStands).toEqual([]);
  }
  expect(isemail.tests).toHaveLength(164);
});
