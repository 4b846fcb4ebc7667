import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dsn, type DsnNotify, type DsnOptions } from "../../../lib/extensions/dsn.ts";
import { compose } from "../../../lib/mime/compose.ts";
import vectors from "../../vectors/dsn-xtext.json" with { type: "json" };
import { commandsOf, thrownBy } from "./support.ts";

// Read as text: a lone surrogate is among them, which a module loader may refuse.
const { characters } = JSON.parse(
  readFileSync(new URL("../../vectors/injection-strings.json", import.meta.url), "utf8"),
) as { readonly characters: readonly { readonly name: string; readonly json: string }[] };

function linesOf(options: DsnOptions, ...to: readonly string[]): readonly string[] {
  return commandsOf([dsn(options)], { keywords: { DSN: "" }, to: to.length === 0 ? ["b@example.net"] : to }).lines;
}

test("dsn writes the commands of RFC 3461 section 10.1", () => {
  const { lines } = commandsOf([
    dsn({
      return: "headers",
      envelopeId: "QQ314159",
      recipients: {
        "Bob@Example.COM": { notify: ["success"] },
        "Carol@Ivory.EDU": { notify: ["failure"] },
        "Dana@Ivory.EDU": { notify: ["success", "failure"] },
        "Fred@Bombs.AF.MIL": { notify: "never" },
      },
    }),
  ], {
    keywords: { DSN: "" },
    from: "Alice@Example.ORG",
    to: ["Bob@Example.COM", "Carol@Ivory.EDU", "Dana@Ivory.EDU", "Fred@Bombs.AF.MIL"],
  });
  // A domain is written in lower case everywhere.
  expect(lines).toEqual(vectors.commands.map(({ line }) => line.replace(/@[^ >]*/g, (domain) => domain.toLowerCase())));
});

test("dsn names each recipient as the original one, unless it is told another or nobody is notified", () => {
  expect(linesOf({})).toEqual(["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.net> ORCPT=rfc822;b@example.net"]);
  expect(linesOf({ recipients: { "b@example.net": { originalRecipient: '"a b+c="@example.org' } } })[1])
    .toBe('RCPT TO:<b@example.net> ORCPT=rfc822;"a+20b+2Bc+3D"@example.org');
  expect(linesOf({ notify: "never" })[1]).toBe("RCPT TO:<b@example.net> NOTIFY=NEVER");
  const both = { "b@example.net": { originalRecipient: "list@example.org" } };
  expect(linesOf({ notify: "never", recipients: both })[1])
    .toBe("RCPT TO:<b@example.net> NOTIFY=NEVER ORCPT=rfc822;list@example.org");
  expect(linesOf({ notify: ["delay"] }, "pelé@example.com")[1])
    .toBe("RCPT TO:<pelé@example.com> NOTIFY=DELAY ORCPT=utf-8;pel\\x{E9}@example.com");
});

test("dsn finds a recipient by its address as it is sent", () => {
  const recipients = { "Bob@BÜCHER.example": { notify: "never" as const } };
  expect(linesOf({ notify: ["success"], recipients }, "Bob@bücher.example", "bob@bücher.example").slice(1)).toEqual([
    "RCPT TO:<Bob@xn--bcher-kva.example> NOTIFY=NEVER",
    "RCPT TO:<bob@xn--bcher-kva.example> NOTIFY=SUCCESS ORCPT=rfc822;bob@xn--bcher-kva.example",
  ]);
});

const refused: readonly (readonly [field: string, options: unknown])[] = [
  ["dsn.envelopeId", { envelopeId: "x".repeat(101) }],
  ["dsn.envelopeId", { envelopeId: "+".repeat(34) }],
  ["dsn.envelopeId", { envelopeId: "" }],
  ["dsn.envelopeId", { envelopeId: 7 }],
  ["dsn.envelopeId", { envelopeId: "é" }],
  ["dsn.notify", { notify: "NEVER" }],
  ["dsn.notify", { notify: "failure" }],
  ["dsn.notify", { notify: [] }],
  ["dsn.notify", { notify: ["never", "success"] }],
  ["dsn.notify", { notify: ["BOGUS"] }],
  ["dsn.notify", { notify: null }],
  ["dsn.return", { return: "SOME" }],
  ["dsn.return", { return: "toString" }],
  ["dsn.orcpt", { orcpt: "evil@evil.test" }],
  ["dsn", []],
  ["dsn", null],
  ["dsn.recipients", { recipients: "b@example.net" }],
  ["dsn.recipients", { recipients: new Map([["b@example.net", {}]]) }],
  ["dsn.recipients", { recipients: { "no address": {} } }],
  ['dsn.recipients["b@example.net"]', { recipients: { "b@example.net": {}, "b@EXAMPLE.net": {} } }],
  ['dsn.recipients["b@example.net"]', { recipients: { "b@example.net": "never" } }],
  ['dsn.recipients["b@example.net"].notify', { recipients: { "b@example.net": { notify: [7] } } }],
  ['dsn.recipients["b@example.net"].return', { recipients: { "b@example.net": { return: "full" } } }],
  ['dsn.recipients["b@example.net"].originalRecipient', {
    recipients: { "b@example.net": { originalRecipient: "rfc822;a@example.org" } },
  }],
  ['dsn.recipients["b@example.net"].originalRecipient', {
    recipients: { "b@example.net": { originalRecipient: "A <a@example.org>" } },
  }],
];

test.each(refused)("dsn refuses what cannot be, and names %s", (field, options) => {
  expect(thrownBy(() => dsn(options as DsnOptions))).toMatchObject({ name: "InputError", field });
});

test("dsn refuses every control character, wherever a caller's text goes, and tells where", () => {
  for (const { json } of characters) {
    for (const text of [`${json}`, `a${json}b`, `a${json}RCPT TO:<evil@evil.test>`]) {
      const position = text.search(/[^ -~]/);
      if (position >= 0) {
        expect(thrownBy(() => dsn({ envelopeId: text }))).toMatchObject({ field: "dsn.envelopeId", position });
      }
      for (
        const options of [
          { notify: text as DsnNotify },
          { notify: [text] as unknown as DsnNotify },
          { recipients: { [text]: {} } },
          { recipients: { "b@example.net": { originalRecipient: text } } },
        ]
      ) expect(thrownBy(() => dsn(options))).toMatchObject({ name: "InputError" });
    }
  }
  expect(characters.length).toBeGreaterThan(10);
});

test("dsn refuses, when a message is composed, a recipient that the message does not go to", () => {
  const options = [dsn({ recipients: { "c@example.net": { notify: "never" } } })];
  const envelope = { from: "a@example.com", to: "b@example.net", options };
  expect(thrownBy(() => compose({ raw: "Hi", envelope }))).toMatchObject({
    name: "InputError",
    field: 'dsn.recipients["c@example.net"]',
  });
});

test("dsn takes what an object was made over, and no key for anything else", () => {
  expect(linesOf(Object.create({ notify: "never" }) as DsnOptions)[1]).toBe("RCPT TO:<b@example.net> NOTIFY=NEVER");
  expect(
    linesOf({ recipients: JSON.parse('{"__proto__@example.net": {"notify": "never"}}') }, "__proto__@example.net")[1],
  )
    .toBe("RCPT TO:<__proto__@example.net> NOTIFY=NEVER");
});
