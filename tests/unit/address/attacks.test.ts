/** What somebody who chooses an address or a name may try: control characters, floods, confusion. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type AddressInput, parseAddress, parseMailbox, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { Tokens } from "../../../lib/address/tokens.ts";
import { InputError } from "../../../lib/errors.ts";
import { tries } from "../../support/effort.ts";

// Not imported: the test runner's own JSON reader gives up at a lone surrogate, which JSON.parse takes.
const vectors = new URL("../../vectors/injection-strings.json", import.meta.url);
const injection: { readonly characters: readonly { readonly name: string; readonly json: string }[] } = JSON.parse(
  readFileSync(vectors, "utf8"),
);

const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

const places: Record<string, (bad: string) => AddressInput> = {
  "before an address": (bad) => `${bad}a@x.test`,
  "behind an address": (bad) => `a@x.test${bad}`,
  "in a local part": (bad) => `a${bad}b@x.test`,
  "in a quoted local part": (bad) => `"a${bad}b"@x.test`,
  "behind a backslash": (bad) => `"a\\${bad}b"@x.test`,
  "in a domain": (bad) => `a@x${bad}y.test`,
  "in a literal": (bad) => `a@[1${bad}.2.3.4]`,
  "in a name": (bad) => `A${bad}B <a@x.test>`,
  "in a quoted name": (bad) => `"A${bad}B" <a@x.test>`,
  "in a comment": (bad) => `a@x.test (A${bad}B)`,
  "between tokens": (bad) => `A <a@x.test>${bad} `,
  "in an object's name": (bad) => ({ name: `A${bad}B`, address: "a@x.test" }),
  "in an object's address": (bad) => ({ address: `a@x.test${bad}` }),
};

const forbidden = injection.characters.filter(({ json }) => FORBIDDEN.test(json));

test.each(Object.keys(places))("parseMailbox and parseMailboxList refuse control characters %s", (place) => {
  expect(forbidden).toHaveLength(12);
  for (const { json, name } of forbidden) {
    for (const bad of [json, `>${json}RCPT TO:<evil@y.test>`, `${json}Bcc: evil@y.test`]) {
      const input = places[place](bad);
      expect(() => parseMailbox(input, "to"), name).toThrow(InputError);
      expect(() => parseMailboxList([input], "to"), name).toThrow(InputError);
      expect(() => parseMailboxList(input, "to"), name).toThrow(InputError);
      if (typeof input === "string") expect(() => parseAddress(input, "to"), name).toThrow(InputError);
    }
  }
});

test("InputError texts hold no control characters of the input", () => {
  for (const { json } of injection.characters) {
    for (const place of Object.values(places)) {
      try {
        parseMailbox(place(json), "to");
      } catch (error) {
        expect((error as Error).message).not.toMatch(FORBIDDEN);
      }
    }
  }
});

const FLOOD = 100_000;

test.each([...'()<>",;:@[]\\ .a-é/'])(
  "parseMailboxList ends soon on 100,000 of %j, and so does a single mailbox",
  (char) => {
    for (
      const text of [
        char.repeat(FLOOD),
        `a@x.test${char.repeat(FLOOD)}`,
        `${char.repeat(FLOOD)}a@x.test`,
        `${char} `.repeat(FLOOD),
      ]
    ) {
      expect(() => parseAddress(text, "to")).toThrow(InputError);
      expect(() => parseMailbox(text, "to")).toThrow(InputError);
      expect(settle(() => parseMailboxList(text, "to"))).toBe(true);
    }
  },
);

test.each(["()", '""', "a:;", "a:", "<", "a@b,", "(\\)", "\\(", "[x]", "@a,", "<@a:", "a.", '"" ', "xn--."])(
  "parseMailboxList ends soon on a list of %j",
  (piece) => {
    expect(settle(() => parseMailboxList(piece.repeat(FLOOD), "to"))).toBe(true);
  },
);

test("parseMailboxList bounds a list at 10,000 mailboxes and 1 MiB", () => {
  expect(parseMailboxList("a@b,".repeat(10_000), "to")).toHaveLength(10_000);
  expect(() => parseMailboxList("a@b,".repeat(10_001), "to")).toThrow("10000");
  expect(parseMailboxList(Array(10_000).fill("a@b"), "to")).toHaveLength(10_000);
  expect(() => parseMailboxList(Array(10_001).fill("a@b"), "to")).toThrow("10000");
  expect(() => parseMailboxList(`a@b${" ".repeat(2 ** 20)}`, "to")).toThrow("1048576");
  expect(() => parseMailboxList(`${"name ".repeat(1000)}<a@b>`, "to")).toThrow("2048");
});

test("parseMailbox and parseMailboxList bound how deep comments nest", () => {
  const nested = (depth: number) => `a@x.test ${"(".repeat(depth)}${")".repeat(depth)}`;
  expect(parseMailbox(nested(32), "to").address).toBe("a@x.test");
  expect(() => parseMailbox(nested(33), "to")).toThrow("deeper than 32");
  expect(() => parseMailboxList(nested(100_000), "to")).toThrow("deeper than 32");
  expect(() => parseMailboxList("a(".repeat(100_000), "to")).toThrow("deeper than 32");
  expect(() => parseMailboxList("(\\".repeat(100_000), "to")).toThrow("never closed");
});

test("parseMailboxList takes 100,000 groups in a row, and none in another", () => {
  expect(parseMailboxList("a:;,".repeat(100_000), "to")).toEqual([]);
  expect(() => parseMailboxList("a:".repeat(100_000), "to")).toThrow("a group may not stand in a group");
  let input: unknown = "a@x.test";
  for (let depth = 0; depth < 100_000; depth++) input = { group: "a", members: [input] };
  expect(() => parseMailboxList(input as AddressInput, "to")).toThrow("a group may not stand here");
});

/** Strings that look like addresses, with everything that means something thrown in. */
const pieces = fc.constantFrom(
  ...'()<>",;:@[]\\ .a1-_=?é＠。\r\n\0\u2028\ud800',
  "xn--",
  "IPv6:",
  "😀",
  "a@b.test",
  "Ada",
);
const hostile = fc.oneof(
  fc.array(pieces, { maxLength: 24 }).map((list) => list.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })).map(([a, b]) => `${a}@${b}`),
);

test("parseMailbox gives a mailbox that parses to itself, or an InputError, for any string", () => {
  let accepted = 0;
  fc.assert(
    fc.property(hostile, (text) => {
      for (const parse of [parseAddress, parseMailbox, parseMailboxList]) {
        const result = attempt(() => parse(text, "to"));
        for (const mailbox of result === undefined ? [] : [result].flat()) {
          accepted++;
          expect(mailbox.address).not.toMatch(FORBIDDEN);
          expect(mailbox.name ?? "").not.toMatch(FORBIDDEN);
          expect(mailbox.domain).toMatch(/^[a-z0-9.-]+$|^\[[0-9a-zA-Z:.]+\]$/);
          expect(parseAddress(mailbox.address, "to")).toEqual({ ...mailbox, name: undefined });
          if (parse === parseAddress) expect(text.startsWith(`${mailbox.localPart}@`)).toBe(true);
        }
      }
    }),
    { seed: 5321, numRuns: tries(5000) },
  );
  expect(accepted).toBeGreaterThan(tries(100));
});

test("parseMailboxList looks at each token once: a text of n characters has n + 1 at most", () => {
  const text = fc.tuple(hostile, fc.nat({ max: 200 }), hostile).map(([piece, times, end]) => piece.repeat(times) + end);
  const next = vi.spyOn(Tokens.prototype, "next");
  let most = 0;
  fc.assert(
    fc.property(text, (text) => {
      next.mockClear();
      attempt(() => parseMailboxList(text, "to"));
      most = Math.max(most, next.mock.calls.length);
      expect(next.mock.calls.length).toBeLessThanOrEqual(text.length + 1);
    }),
    { seed: 5322, numRuns: tries(2_000) },
  );
  next.mockRestore();
  expect(most).toBeGreaterThan(100);
});

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return undefined;
  }
}

function settle(call: () => unknown): boolean {
  attempt(call);
  return true;
}
