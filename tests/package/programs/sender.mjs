/**
 * Holds a client, and sends a message for each line of standard input: its subject. Says what became of it and how long it
 * took, in JSON. Its argument is the client's options.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { SmtpClient } from "@posthaste/smtp";

const client = new SmtpClient(JSON.parse(process.argv[2]));
const about = { from: "ada@example.com", to: "bob@example.net", text: "Hi Bob" };

for await (const subject of createInterface({ input: process.stdin })) {
  const start = Date.now();
  const told = await client.send({ ...about, subject }).then(
    () => ({ result: "sent" }),
    ({ name, fate, message }) => ({ result: name, fate, message }),
  );
  console.log(JSON.stringify({ subject, ...told, ms: Date.now() - start }));
}
await client.close();
