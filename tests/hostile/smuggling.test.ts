/** Whatever a caller's content holds, no server finds a second message in what leaves. */
import { expect, test } from "vitest";
import { InputError } from "../../lib/errors.ts";
import type { Message } from "../../lib/mime/message.ts";
import type { RawMessage } from "../../lib/mime/raw.ts";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { CARELESS, SMUGGLING, type Smuggling } from "./smuggling.ts";

const envelope = { from: "a@example.com", to: "b@example.net" };
const EVIL = "MAIL FROM:<evil@example.org>";

async function* singly(text: string): AsyncGenerator<Uint8Array> {
  for (const octet of new TextEncoder().encode(text)) yield Uint8Array.of(octet);
}

function messageOf({ form, sequence }: Smuggling): Message | RawMessage {
  const body = ["hello", EVIL, "RCPT TO:<victim@example.net>", "DATA", "Subject: smuggled", "bye"].join(sequence);
  const raw = `Subject: x\r\n\r\n${body}`;
  switch (form) {
    case "raw":
      return { raw, envelope };
    case "raw, octet by octet":
      return { raw: singly(raw), envelope };
    case "attachment":
      return { ...envelope, text: "see there", attachments: [{ filename: "a.txt", content: body }] };
    default:
      return { ...envelope, [form]: body };
  }
}

test.each(SMUGGLING)("$name", async (one) => {
  let server: ScriptedServer | undefined;
  const runtime = new ScriptedRuntime((wire) => {
    const extensions = ["8BITMIME", ...one.way === "BDAT" ? ["PIPELINING", "CHUNKING"] : []];
    server = new ScriptedServer(wire, { extensions });
  });
  const session = await Session.open({ host: "mail.example", tls: "off", runtime });
  const error = await session.send(messageOf(one)).then(() => undefined, (error) => error);
  await session.close();
  const { wire, commands, taken } = server!;
  const wrote = wire.text;
  // Nothing is rewritten that is not a line end: a NUL is refused, not dropped. In a stream it is found on the way.
  const isRefused = one.sequence.includes("\0") && one.form.startsWith("raw");
  expect(error === undefined).toBe(!isRefused);
  if (error instanceof InputError) expect(wrote).not.toContain("MAIL");
  expect(commands.filter((line) => line.startsWith("MAIL"))).toHaveLength(error instanceof InputError ? 0 : 1);
  expect(taken).toHaveLength(isRefused ? 0 : 1);
  expect(wrote).not.toMatch(/(^|[^\r])\n|\r(?!\n)/);
  expect(wrote).not.toContain("\0");
  if (one.way === "BDAT") return;
  // The right end stands once, where the content ends, and nothing that a careless server takes for it stands before it.
  const [content, ...behind] = wrote.split("\r\n.\r\n");
  expect(behind).toHaveLength(isRefused ? 0 : 1);
  for (const end of CARELESS) expect(content).not.toContain(end);
});
