import { Buffer } from "node:buffer";
import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { openSession, rejection } from "./support.ts";

const TEXT = ".Grüße an alle, die dies lesen, auch von anderswo\n..\nå\n".repeat(4);
const BASE: Message = { from: "a@example.com", to: "b@example.net", subject: "x" };

/** What is said of the content, in each MAIL command. */
function bodies(commands: readonly string[]): readonly (string | undefined)[] {
  return commands.filter((line) => line.startsWith("MAIL")).map((line) => / BODY=\w+/.exec(line)?.[0]);
}

test.each([
  ["DATA, one command at a time", ["8BITMIME", "SIZE"]],
  ["DATA", ["PIPELINING", "8BITMIME", "SIZE"]],
  ["BDAT", ["PIPELINING", "CHUNKING", "8BITMIME", "SIZE"]],
])("Session.send leaves texts as they are where the server offers 8BITMIME: %s", async (_what, extensions) => {
  const { session, server } = await openSession({ extensions });
  const messages: Message[] = [
    { ...BASE, text: TEXT },
    { ...BASE, text: TEXT, html: TEXT, attachments: [{ content: new Blob(["é"]).stream() }] },
    { ...BASE, text: `é${"A line of a text that is long\n".repeat(30_000)}` },
    { ...BASE, text: "plain", attachments: [{ content: "é" }] },
    { ...BASE, to: "bob@example.net", text: "é".repeat(600) },
  ];
  for (const message of messages) await session.send(message);
  expect(bodies(server.commands)).toEqual([" BODY=8BITMIME", " BODY=8BITMIME", " BODY=8BITMIME", undefined, undefined]);
  for (const [index, { content }] of server.taken.entries()) {
    const size = / SIZE=(\d+)/.exec(server.commands.filter((line) => line.startsWith("MAIL"))[index]!)?.[1];
    if (index !== 1) expect(Number(size)).toBe(encodeUtf8(content).length);
    expect(content.includes("Content-Transfer-Encoding: 8bit\r\n")).toBe(index < 3);
    expect((await simpleParser(Buffer.from(content))).text?.trimEnd()).toBe(
      (messages[index]!.text as string).trimEnd(),
    );
  }
  await session.close();
});

test("Session.send encodes texts for a server without 8BITMIME", async () => {
  const { session, server } = await openSession({ extensions: ["PIPELINING"] });
  await session.send({ ...BASE, text: TEXT });
  expect(bodies(server.commands)).toEqual([undefined]);
  expect(server.taken[0]!.content).toContain("Content-Transfer-Encoding: quoted-printable\r\n");
});

test("Session.send leaves texts and attachments as they are where the server offers BINARYMIME too", async () => {
  const extensions = ["PIPELINING", "CHUNKING", "8BITMIME", "BINARYMIME"];
  const { session, server } = await openSession({ extensions });
  await session.send({ ...BASE, text: TEXT, attachments: [{ content: "é\n" }] });
  await session.send({ ...BASE, text: TEXT });
  expect(bodies(server.commands)).toEqual([" BODY=BINARYMIME", " BODY=8BITMIME"]);
  expect(server.taken[0]!.content).toContain("Content-Transfer-Encoding: 8bit\r\n\r\n.Grüße");
  expect(server.taken[0]!.content).toContain("Content-Transfer-Encoding: binary\r\n\r\né\n\r\n--");
});

test("Session.send sends an enclosed stream to a server without 8BITMIME as long as it is ASCII", async () => {
  const enclose = (text: string): Message => ({
    ...BASE,
    text: "a",
    attachments: [{ message: { open: () => new Blob([text]).stream() } }],
  });
  const { session, server } = await openSession({ extensions: ["PIPELINING"] });
  await session.send(enclose("a: b\n\nc"));
  expect(bodies(server.commands)).toEqual([undefined]);
  expect(await rejection(session.send(enclose("a: b\n\né")))).toMatchObject({ name: "ContentError", fate: "unsent" });
  const other = await openSession({ extensions: ["PIPELINING", "8BITMIME"] });
  await other.session.send(enclose("a: b\n\né"));
  expect(bodies(other.server.commands)).toEqual([" BODY=8BITMIME"]);
  expect(other.server.taken[0]!.content).toContain("a: b\r\n\r\né\r\n");
});

test("Session.send refuses a message that encloses 8 bits where the server lacks 8BITMIME", async () => {
  const { session, server } = await openSession({ extensions: ["PIPELINING"] });
  const error = await rejection(session.send({ ...BASE, text: "a", attachments: [{ message: "a: b\n\né" }] }));
  expect(error).toMatchObject({ name: "UnsupportedError", feature: "8BITMIME", sessionUsable: true });
  expect(server.commands.some((line) => line.startsWith("MAIL"))).toBe(false);
});
