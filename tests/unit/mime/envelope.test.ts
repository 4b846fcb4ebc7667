import { expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { BASE } from "./support.ts";

function paths(message: Partial<Message>): readonly [string | undefined, readonly string[]] {
  const { from, to } = compose({ ...BASE, ...message }).envelope;
  return [from?.address, to.map((one) => one.address)];
}

test("compose sends to To, Cc and Bcc in order, each address once", () => {
  const message = {
    to: "B <b@example.com>, c@example.com",
    cc: ["d@example.com", "c@EXAMPLE.com", "C@example.com"],
    bcc: { address: "b@example.com" },
  };
  expect(paths(message)).toEqual([
    "ada@example.com",
    ["b@example.com", "c@example.com", "d@example.com", "C@example.com"],
  ]);
});

test("compose sends from the sender, if there is one", () => {
  expect(paths({ sender: "office@example.org" })[0]).toBe("office@example.org");
});

test("compose takes an envelope instead of the fields, in part or whole", () => {
  expect(paths({ envelope: { from: null } })).toEqual([undefined, ["bob@example.net"]]);
  expect(paths({ envelope: { from: "bounce@example.org" }, bcc: "x@example.com" }))
    .toEqual(["bounce@example.org", ["bob@example.net", "x@example.com"]]);
  expect(paths({ envelope: { to: ["x@example.com", "y@example.com"] }, cc: "c@example.com" }))
    .toEqual(["ada@example.com", ["x@example.com", "y@example.com"]]);
});

test("compose refuses a message without sender or recipient, and names the field", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["from", { to: "b@example.com" }],
    ["from", { from: [], to: "b@example.com" }],
    ["sender", { from: "a@example.com, b@example.com", to: "b@example.com" }],
    ["to", { from: "a@example.com" }],
    ["to", { from: "a@example.com", to: [], cc: [] }],
    ["envelope.to", { ...BASE, envelope: { to: [] } }],
    ["envelope", { ...BASE, envelope: [] }],
    ["message", null],
    ["message", "From: a"],
    ["a message", []],
  ];
  for (const [field, message] of cases) {
    const expected = expect.objectContaining({ name: "InputError", field });
    expect(() => compose(message as Message), JSON.stringify(message)).toThrow(expected);
  }
});

test("compose takes 10,000 recipients and no more", () => {
  const many = (count: number, key: string) =>
    Array.from({ length: count }, (_, index) => `${key}${index}@example.com`);
  expect(paths({ to: many(9_000, "a"), bcc: many(1_000, "b") })[1]).toHaveLength(10_000);
  expect(() => paths({ to: many(9_000, "a"), bcc: many(1_001, "b") })).toThrow(
    expect.objectContaining({ field: "to" }),
  );
});
