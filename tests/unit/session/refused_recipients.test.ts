/** What an error says of the recipients that were refused before the session ended. */
import { afterEach, expect, test, vi } from "vitest";
import { openSession, raw, rejection, settle } from "./support.ts";

afterEach(() => void vi.useRealTimers());

const TO = ["a@x.test", "b@x.test", "c@x.test"];

test.each([
  ["by BDAT", ["PIPELINING", "CHUNKING"]],
  ["by DATA in a group", ["PIPELINING"]],
  ["by DATA, a command at a time", []],
])(
  "an error names who was refused, where it is not known whether the others have the message: %s",
  async (_, extensions) => {
    const { session, wire } = await openSession({
      extensions,
      reply: (line) =>
        line.includes("b@x.test") ? "550 5.1.1 not here" : line === "." || line.startsWith("BDAT") ? "" : undefined,
    });
    const sending = rejection(session.send(raw(...TO)));
    await settle();
    await settle();
    wire.finish();
    const rejected = [{ recipient: "b@x.test", reply: { code: 550, enhanced: "5.1.1", text: "not here" } }];
    expect(await sending).toMatchObject({ name: "ConnectionError", fate: "unknown", rejected });
  },
);

test.each([
  ["RCPT TO:<c", "in a group", ["PIPELINING"]],
  ["DATA", "in a group", ["PIPELINING"]],
  ["RCPT TO:<c", "a command at a time", []],
  ["DATA", "a command at a time", []],
])("an error names who was refused, where the session ends at %s: %s", async (at, _, extensions) => {
  const { session } = await openSession({
    extensions,
    reply: (line, { wire }) => {
      if (line.startsWith(at)) wire.finish();
      return line.startsWith(at) ? "" : line.includes("a@x.test") ? "550 5.1.1 not here" : undefined;
    },
  });
  const rejected = [{ recipient: "a@x.test", reply: { code: 550, enhanced: "5.1.1", text: "not here" } }];
  expect(await rejection(session.send(raw(...TO)))).toMatchObject({ fate: "unsent", rejected });
});

test("an error names who was refused, where the content waited for the envelope's replies", async () => {
  const { session, wire } = await openSession({
    extensions: ["PIPELINING", "CHUNKING"],
    reply: (line) => line.includes("b@x.test") ? "450 4.2.1 busy" : line.startsWith("BDAT") ? "" : undefined,
  });
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + 10_001);
  const sending = rejection(session.send(raw(...TO)));
  await settle();
  await settle();
  wire.finish();
  expect(await sending).toMatchObject({ fate: "unknown", rejected: [{ recipient: "b@x.test", reply: { code: 450 } }] });
  expect(wire.text.split("MAIL")[1]).toContain("BDAT");
  expect(wire.writes).toHaveLength(3);
});

test("an error names nobody, where nobody was refused", async () => {
  for (const extensions of [["PIPELINING", "CHUNKING"], ["PIPELINING"]]) {
    const { session, wire } = await openSession({
      extensions,
      reply: (line) => line === "." || line.startsWith("BDAT") ? "" : undefined,
    });
    const sending = rejection(session.send(raw(...TO)));
    await settle();
    wire.finish();
    const error = await sending;
    expect(error).toMatchObject({ fate: "unknown" });
    expect("rejected" in (error as object)).toBe(false);
  }
});

test("an error names nobody where the server is out of step: nobody knows what its replies are about", async () => {
  const { session } = await openSession({
    extensions: ["PIPELINING", "CHUNKING"],
    reply: (line) =>
      line.includes("b@x.test") ? "550 5.1.1 not here" : line.startsWith("BDAT") ? "what is no reply" : undefined,
  });
  const error = await rejection(session.send(raw(...TO))) as { readonly rejected?: unknown };
  expect(error).toMatchObject({ name: "ProtocolError", fate: "unknown" });
  expect(error.rejected).toBeUndefined();
});
