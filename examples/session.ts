/**
 * A connection string, a TLS profile from an assignment file, one session for many messages.
 *
 *     deno run --allow-net=smtp.myorg.com:465 --allow-read=. examples/session.ts
 *
 * In the folder that it is run in stand `mail.asn`, what that names, `logo.png` and `report.pdf`.
 *
 * @module
 */
import { AssignmentFile, ConfigError, fromFile, type Message, RejectedError, Session } from "@posthaste/smtp";

const messages: readonly Message[] = [
  { from: "Ada <ada@example.com>", to: "bob@example.net", subject: "First", text: "Hi Bob" },
  {
    from: "Ada <ada@example.com>",
    to: ["bob@example.net", "eve@example.org"],
    bcc: "archive@example.com",
    subject: "Second",
    html: '<p>With a picture: <img src="cid:logo"></p>',
    attachments: [await fromFile("logo.png", { cid: "logo" }), await fromFile("report.pdf")],
  },
];

try {
  const profiles = await AssignmentFile.load("mail.asn");
  await using session = await Session.open("TLS:smtp.myorg.com+465:smtp_profile", { profiles });
  for (const message of messages) {
    try {
      const { reply, rejected } = await session.send(message);
      console.log(`${message.subject}: ${reply.text}`);
      for (const { recipient, reply } of rejected) console.warn(`not to ${recipient}: ${reply.code} ${reply.text}`);
    } catch (error) {
      // The server refused this message; the session goes on.
      if (!(error instanceof RejectedError) || !error.sessionUsable) throw error;
      console.warn(`${message.subject}: ${error.message}`);
    }
  }
} catch (error) {
  if (error instanceof ConfigError) console.error(`Mend ${error.source}, line ${error.line}: ${error.message}`);
  else throw error;
}
