// The demo's client. The same file runs on Deno and on Node: client.js FOLDER PORT
import { Buffer } from "node:buffer";
import process from "node:process";
import { AssignmentFile, Session } from "@posthaste/smtp";

const [folder, port] = process.argv.slice(2);

const profiles = await AssignmentFile.load(`${folder}/mail.asn`);
const session = await Session.open(`TLS:localhost+${port}:demo_profile`, { profiles });
console.log(`Logged on: ${session.tls?.protocol ?? "TLS"}, ${[...session.extensions.keys()].join(" ")}`);

const from = "Ada Lovelace <ada@example.com>";
const to = ["Bob <bob@example.net>", "Zoë <zoe@example.net>"];

const first = await session.send({ from, to, subject: "Grüße", text: "Hello,\n.this line starts with a dot.\n" });
console.log(`Sent: ${first.reply.code} ${first.reply.text}`);

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const second = await session.send({
  from,
  to,
  subject: "With a picture",
  text: "There is a picture in the HTML.",
  html: '<p>Look: <img src="cid:dot@example.com" alt="a dot"></p>',
  attachments: [{ filename: "dot.png", content: png, cid: "dot@example.com" }],
});
console.log(`Sent: ${second.reply.code} ${second.reply.text}`);

const SIZE = 50 * 1024 * 1024;
async function* large() {
  for (let left = SIZE, n = 0; left > 0; left -= 65536) yield new Uint8Array(65536).fill(n++);
}
const third = await session.send({
  from,
  to: "bob@example.net",
  subject: "50 MB",
  text: "The attachment is made while it is sent.",
  attachments: [{ filename: "large.bin", content: { size: SIZE, open: large } }],
}, { onProgress: showProgress });
console.log(`Sent: ${third.reply.code} ${third.reply.text}, to ${third.accepted.join(", ")}`);

/** A bar on a terminal; elsewhere a line for each tenth. */
function showProgress({ octets, total }) {
  const done = Math.floor((octets / total) * 40);
  if (done === showProgress.shown) return;
  showProgress.shown = done;
  const bar = `[${"█".repeat(done)}${" ".repeat(40 - done)}] ${Math.round((octets / total) * 100)} %`;
  if (process.stdout.isTTY) process.stdout.write(`\r${bar}${done === 40 ? "\n" : ""}`);
  else if (done % 8 === 0) console.log(bar);
}

await session.close();
console.log("Logged off");
