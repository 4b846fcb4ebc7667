/**
 * A newsletter, one message for each reader, over several sessions and with a progress bar. What failed for a reason that
 * may pass is written down for another run; what the server may have taken is not.
 *
 *     deno run --allow-net=mail.example.com:465,spare.example.com:465 examples/bulk.ts
 *
 * @module
 */
import { type Message, progressBar, SmtpClient } from "@posthaste/smtp";

const readers = Array.from({ length: 10_000 }, (_, i) => ({ name: `Reader ${i}`, address: `reader${i}@example.net` }));

function* letters(): Generator<Message> {
  for (const reader of readers) {
    yield {
      from: "Ada <ada@example.com>",
      to: reader,
      subject: "What is new",
      text: `Dear ${reader.name},\n\nnothing happened this week.\n`,
    };
  }
}

await using client = new SmtpClient({
  hosts: ["smtps://mail.example.com", "smtps://spare.example.com"],
  auth: { user: "ada", password: "secret" },
  pool: { size: 4, messagesPerSession: 500, messagesPerSecond: 100 },
});

const stop = new AbortController();
const again: string[] = [];
const options = { window: 200, total: readers.length, signal: stop.signal, onProgress: progressBar() };
for await (const { index, error, fate } of client.sendAll(letters(), options)) {
  if (error === undefined) continue;
  const { address } = readers[index]!;
  if (fate === "unsent" || fate === "deferred") again.push(address);
  else console.error(`${address}: ${fate ?? "cannot be sent"}: ${error}`);
  // Something is wrong with more than a few readers.
  if (again.length > 100) stop.abort(new Error("too many failures"));
}
console.log(again.join("\n"));
