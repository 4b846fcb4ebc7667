/**
 * Sends in clear, over TLS and over STARTTLS with an authority of its own, and says in JSON what came of each; its argument
 * is a JSON array of session options, with the authority as `ca`.
 */
import process from "node:process";
import { AssignmentFile, fromFile, send, tlsProfile } from "@posthaste/smtp";

const message = { from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi Bob" };
const told = [];
const tell = (promise) => promise.then(() => told.push("ok"), ({ code, message }) => told.push(`${code} ${message}`));

for (const { ca, ...options } of JSON.parse(process.argv[2])) {
  await tell(send({ ...options, ...(ca && { profile: tlsProfile({ caCertificate: ca }) }) }, message));
}
if (process.argv[3]) {
  await tell(AssignmentFile.load(process.argv[3]));
  await tell(fromFile(process.argv[3]));
}
console.log(JSON.stringify(told));
