/**
 * The same program as `uniface_status_codes.ts`, written the way of this library: a message is an object, and what goes wrong
 * is an error.
 *
 *     deno run --allow-net=smtp.myorg.com:587 --allow-read=folder examples/uniface_idiomatic.ts smtp.myorg.com+587 folder
 *
 * @module
 */
import process from "node:process";
import { AssignmentFile, fromFile, type Message, Session } from "@posthaste/smtp";

const [server, folder] = process.argv.slice(2);

const statement: Message = {
  from: "Accounts <accounts@example.com>",
  to: ["bob@example.net", "nobody@example.net"],
  bcc: "archive@example.com",
  replyTo: "help@example.com",
  subject: "Your statement",
  priority: 2,
  text: "Your statement is attached.",
  html: '<p><img src="cid:logo.png" alt=""> Your statement is attached.</p>',
  attachments: [
    await fromFile(`${folder}/logo.png`, { cid: "logo.png" }),
    await fromFile(`${folder}/statement.pdf`),
  ],
};

try {
  // The profile USYS$TLS_PARAMS is used where none is named.
  const profiles = await AssignmentFile.load(`${folder}/mail.asn`);
  const auth = { user: "ada", password: "secret", mechanism: "LOGIN" } as const;
  await using session = await Session.open(server, { tls: "starttls", profiles, auth });

  const { rejected } = await session.send(statement, { recipients: "some" });
  console.log(`Sent, but not to ${rejected.length} of the recipients`);
  for (const { recipient, reply } of rejected) console.log(`not to ${recipient}: ${reply.code} ${reply.text}`);
} catch (error) {
  console.error("Not sent:", error);
  process.exitCode = 1;
}
