import { expect, test } from "vitest";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { envelopeOption, type EnvelopeOptionAbout, prefer } from "../../../lib/extensions/envelope_option.ts";
import { mtPriority } from "../../../lib/extensions/mt_priority.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { EnvelopeOption } from "../../../lib/mime/envelope_option.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { commandsOf, thrownBy } from "./support.ts";

test("prefer leaves out what cannot be had, and names it", () => {
  const options = [
    prefer(dsn()),
    mtPriority(1),
    prefer(envelopeOption({ extension: "X-A", parametersFor: () => "no" })),
  ];
  expect(commandsOf(options, { keywords: { "MT-PRIORITY": "", "X-A": "" } })).toEqual({
    lines: ["MAIL FROM:<a@example.com> MT-PRIORITY=1", "RCPT TO:<b@example.net>"],
    notGranted: ["DSN", "X-A"],
  });
  expect(commandsOf([prefer(mtPriority(1))], { keywords: { "MT-PRIORITY": "" } }).notGranted).toEqual([]);
});

test("prefer makes another option, and leaves the one that it is given as it is", () => {
  const option = mtPriority(1);
  expect([prefer(option).preferred, prefer(prefer(option)).preferred, option.preferred]).toEqual([true, true, false]);
  for (const none of [undefined, null, {}, { ...option, together: undefined }, "DSN"]) {
    expect(thrownBy(() => prefer(none as unknown as EnvelopeOption))).toMatchObject({ field: "prefer" });
  }
});

test("envelopeOption makes an option of anybody's own, for each recipient", () => {
  const seen: unknown[] = [];
  const option = envelopeOption({
    extension: "X-OWN",
    check: ({ from, to }) => seen.push(from?.address, to.length),
    parametersFor: (offer) => {
      seen.push(offer);
      return {
        mail: "X-A X-B=1",
        recipient: ({ address }) => address.startsWith("b") ? `X-FOR=${address}` : undefined,
      };
    },
  });
  const about = { keywords: { "X-OWN": "one two" }, to: ["b@example.net", "c@example.net"], verified: true };
  expect(commandsOf([option], about).lines).toEqual([
    "MAIL FROM:<a@example.com> X-A X-B=1",
    "RCPT TO:<b@example.net> X-FOR=b@example.net",
    "RCPT TO:<c@example.net>",
  ]);
  expect(seen).toEqual(["a@example.com", 2, { parameters: "one two", verified: true, allOrNone: false }]);
});

test.each([
  "A=1\r\nRCPT TO:<evil@evil.test>",
  "A=1> SIZE=2\n",
  " A",
  "A ",
  "A  B",
  "A=",
  "A==",
  "A=é",
  "A=\0",
  "=A",
  "A".repeat(1025),
])("envelopeOption refuses parameters that are none: %j", (text) => {
  for (const parameters of [{ mail: text }, { recipient: () => text }]) {
    const option = envelopeOption({ extension: "X-OWN", parametersFor: () => parameters });
    const error = thrownBy(() => commandsOf([prefer(option)], { keywords: { "X-OWN": "" } }));
    expect(error).toMatchObject({ name: "InputError", field: "envelope.options" });
  }
});

test.each([
  ["extension", { extension: "dsn", parametersFor: () => ({}) }],
  ["extension", { extension: "A B", parametersFor: () => ({}) }],
  ["extension", { parametersFor: () => ({}) }],
  ["parametersFor", { extension: "DSN" }],
])("envelopeOption refuses an option without what it needs: %s", (field, about) => {
  expect(thrownBy(() => envelopeOption(about as unknown as EnvelopeOptionAbout))).toMatchObject({ field });
});

const own = dsn();
const refused: readonly (readonly [field: string, options: unknown])[] = [
  ["envelope.options", own],
  ["envelope.options", "DSN"],
  ["envelope.options", null],
  ["envelope.options", { 0: own, length: 1 }],
  ["envelope.options", [{ extension: "DSN", preferred: false }]],
  ["envelope.options", [null, own]],
  ["envelope.options[1]", [own, { extension: "DSN", preferred: false }]],
  ["envelope.options[1]", [own, { ...mtPriority(1), together: () => ({}) }]],
  ["envelope.options[1]", [own, prefer(dsn({ notify: "never" }))]],
];

test.each(refused)("compose refuses options that are none, and names %s", (field, options) => {
  const message = { from: "a@example.com", to: "b@example.net", text: "Hi", envelope: { options } } as Message;
  expect(thrownBy(() => compose(message))).toMatchObject({ name: "InputError", field });
  const raw = { raw: "Hi", envelope: { from: null, to: "b@example.net", options } } as RawMessage;
  expect(thrownBy(() => compose(raw))).toMatchObject({ name: "InputError", field });
});

test("compose takes options beside an envelope that the fields say, and a list of none", () => {
  const message = { from: "a@example.com", to: "b@example.net", text: "Hi" };
  const { envelope } = compose({ ...message, envelope: { options: [own] } });
  expect([envelope.from?.address, envelope.to[0]?.address, typeof envelope.options?.grant]).toEqual([
    "a@example.com",
    "b@example.net",
    "function",
  ]);
  expect(compose({ ...message, envelope: { options: [] } }).envelope.options).toBeUndefined();
});

test("compose keeps the options it was given, whatever happens to the list later", () => {
  const options = [mtPriority(1)];
  const { envelope } = compose({ raw: "Hi", envelope: { from: null, to: "b@example.net", options } });
  options[0] = mtPriority(9);
  const server = { keywords: new Map([["MT-PRIORITY", ""]]), verified: false, allOrNone: false };
  expect(envelope.options!.grant(envelope.to, server).mail).toBe("MT-PRIORITY=1");
});
