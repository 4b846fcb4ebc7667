/**
 * Messages that are composed already, and content that is made while it is sent.
 *
 *     deno run --allow-net=127.0.0.1:25 --allow-read=saved.eml examples/raw_and_streams.ts
 *
 * @module
 */
import { fromFile, Session } from "@posthaste/smtp";

// A relay on this machine, in clear text: written out, or it would be refused.
await using session = await Session.open("TCP:127.0.0.1+25");

const saved = await fromFile("saved.eml");
await session.send({
  raw: saved.content,
  envelope: { from: "ada@example.com", to: ["bob@example.net"] },
});

async function* rows(): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let i = 1; i <= 1_000_000; i++) yield encoder.encode(`${i};${i * i}\r\n`);
}
await session.send({
  from: "ada@example.com",
  to: "bob@example.net",
  subject: "A million rows",
  text: "They are made while they are sent.",
  attachments: [{ filename: "squares.csv", content: rows() }],
});
