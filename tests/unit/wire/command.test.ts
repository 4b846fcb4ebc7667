import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import {
  AUTH_LINE_LIMIT,
  COMMAND_LIMIT,
  commandLine,
  helloLine,
  mailLine,
  recipientLine,
} from "../../../lib/wire/command.ts";

// Read as text: a lone surrogate is among them, which a module loader may refuse.
const { characters } = JSON.parse(
  readFileSync(new URL("../../vectors/injection-strings.json", import.meta.url), "utf8"),
) as { readonly characters: readonly { readonly name: string; readonly json: string }[] };

const sinks: readonly [string, (text: string) => string][] = [
  ["EHLO's name", (text) => helloLine("EHLO", text)],
  ["HELO's name", (text) => helloLine("HELO", text)],
  ["an address literal", (text) => helloLine("EHLO", `[${text}]`)],
  ["MAIL's path", (text) => mailLine(text)],
  ["RCPT's path", (text) => recipientLine(text, { utf8: false })],
  ["a quoted local part", (text) => recipientLine(`"${text}"@example.com`, { utf8: false })],
  ["a line of AUTH", (text) => commandLine(`AUTH ${text}`)],
];

test.each(sinks)("%s refuses every character that could end a line or is not ASCII", (_sink, write) => {
  for (const { json } of characters) {
    for (const text of [json, `a${json}b`, `a@x>${json}RCPT TO:<evil@y`]) expect(() => write(text)).toThrow(InputError);
  }
});

test("a path with SMTPUTF8 goes out as UTF-8 with exactly one line end, or is refused", () => {
  let accepted = 0;
  for (const { json } of characters) {
    for (
      const write of [
        (path: string) => recipientLine(path, { utf8: true }),
        (path: string) => mailLine(path, { smtpUtf8: true }),
      ]
    ) {
      let octets: Uint8Array;
      try {
        octets = encodeUtf8(write(`a${json}@example.com`));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        continue;
      }
      accepted++;
      expect([...octets].filter((octet) => octet < 32 || octet === 127)).toEqual([13, 10]);
    }
  }
  expect(accepted).toBeGreaterThan(0);
});

test.each(["\u0080", "\u0085", "\u009f", "\u2028", "\u2029"])(
  "commandLine refuses %j with SMTPUTF8 too",
  (character) => {
    expect(() => commandLine(`VRFY ö${character}`, { utf8: true })).toThrow(InputError);
  },
);

test.each([
  ["a blank", "a b@example.com"],
  ["what looks like a parameter", "a@example.com> SIZE=1"],
  ["an angle bracket", "<a@example.com"],
  ["a quoted string without end", '"a@example.com'],
  ["a quoted string ended by an escape", '"a\\"@example.com'],
  ["a bracket behind a quoted string", '"a"> ORCPT=rfc822;evil@y@z'],
])("mailLine and recipientLine refuse %s in a path", (_what, path) => {
  expect(() => mailLine(path)).toThrow(InputError);
  expect(() => recipientLine(path, { utf8: false })).toThrow(InputError);
});

test("recipientLine takes blanks and brackets in a quoted string", () => {
  expect(recipientLine('"a> <\\"b"@example.com', { utf8: false })).toBe('RCPT TO:<"a> <\\"b"@example.com>\r\n');
});

test("mailLine writes the null reverse-path, and parameters in one order", () => {
  expect(mailLine("")).toBe("MAIL FROM:<>\r\n");
  expect(mailLine("ö@example.com", { smtpUtf8: true, body: "8BITMIME", size: 12 })).toBe(
    "MAIL FROM:<ö@example.com> SIZE=12 BODY=8BITMIME SMTPUTF8\r\n",
  );
});

test("commandLine limits a line in octets, its end included", () => {
  expect(commandLine("x".repeat(COMMAND_LIMIT - 2))).toHaveLength(COMMAND_LIMIT);
  expect(() => commandLine("x".repeat(COMMAND_LIMIT - 1))).toThrow(InputError);
  expect(() => commandLine("ö".repeat(COMMAND_LIMIT / 2), { utf8: true })).toThrow(InputError);
  expect(commandLine("x".repeat(AUTH_LINE_LIMIT - 2), { limit: AUTH_LINE_LIMIT })).toHaveLength(AUTH_LINE_LIMIT);
});

test("commandLine never shows a line in its error", () => {
  for (
    const [line, options] of [["AUTH PLAIN secret\r", {}], ["AUTH sécret", {}], [
      "AUTH ".padEnd(9000, "secret"),
      {},
    ]] as const
  ) {
    expect(() => commandLine(line, options)).toThrow(/^(?!.*s[eé]cret)/);
  }
});

test.each(["mail.example.com", "localhost", "[192.0.2.1]", "[IPv6:2001:db8::1]", "a_b"])(
  "helloLine takes %s",
  (name) => expect(helloLine("EHLO", name)).toBe(`EHLO ${name}\r\n`),
);

test.each(["", "a b", "[192.0.2.1", "192.0.2.1]", "[]", "ä.example", "x".repeat(256)])(
  "helloLine refuses %j",
  (name) => expect(() => helloLine("EHLO", name)).toThrow(InputError),
);
