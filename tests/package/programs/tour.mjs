/**
 * Uses the package as its readers do, on whatever runs it, and says in JSON what came of each thing. Its argument is JSON:
 * { folder, implicit, starttls }, the ports of two servers and a folder with `mail.asn`, `root.pem`, `dkim.pem`, `logo.png`.
 */
import process from "node:process";
import {
  AssignmentFile,
  compose,
  composer,
  ConfigError,
  dkim,
  fromFile,
  RejectedError,
  send,
  Session,
  SmtpClient,
  SmtpError,
  tlsProfile,
} from "@posthaste/smtp";
import { UPopMail } from "@posthaste/smtp/uniface";
import { readFileSync } from "node:fs";

const { folder, implicit, starttls } = JSON.parse(process.argv[2]);
const profiles = await AssignmentFile.load(`${folder}/mail.asn`);
const rootPem = readFileSync(`${folder}/root.pem`, "utf8");
const about = { from: "Ada <ada@example.com>", to: "bob@example.net" };
const auth = { user: "ada", password: "sesame" };
const told = {};

// A profile of an assignment file, and TLS from the first octet.
{
  // Not `await using`, which Node has from 24 on.
  const session = await Session.open(`TLS:localhost+${implicit}:smtp_profile`, { profiles });
  told.tls = session.tls.verified;
  const receipt = await session.send({
    ...about,
    subject: "Grüße über TLS",
    text: "Hällo",
    html: '<p><img src="cid:logo"></p>',
    attachments: [await fromFile(`${folder}/logo.png`, { cid: "logo" }), {
      filename: "a.bin",
      content: new Uint8Array(100_000).fill(7),
    }],
  });
  told.session = receipt.accepted;
  await session.close();
}

// STARTTLS with AUTH, in one call; DKIM.
const server = {
  host: "localhost",
  port: starttls,
  tls: "starttls",
  profile: tlsProfile({ caCertificate: rootPem }),
  auth,
};
{
  const signer = dkim({ domain: "example.com", selector: "s", key: readFileSync(`${folder}/dkim.pem`, "utf8") });
  const receipt = await send(server, { ...about, subject: "Signed", text: "Hi" }, {
    compose: composer({ sign: signer }),
  });
  told.send = receipt.accepted;
}

// Many messages over several sessions; one of them is refused.
{
  const client = new SmtpClient({ ...server, pool: { size: 2 } });
  const messages = Array.from({ length: 20 }, (_, i) => ({
    ...about,
    to: i === 7 ? "nobody@example.net" : about.to,
    subject: `Number ${i}`,
    text: "Hi",
  }));
  const deliveries = [];
  for await (const delivery of client.sendAll(messages)) deliveries.push(delivery);
  const failed = deliveries.filter(({ error }) => error !== undefined);
  await client.close();
  told.sendAll = deliveries.length;
  told.refused = failed.map(({ index, error }) => [index, error instanceof RejectedError, error.fate]);
}

// Status codes.
{
  const mail = new UPopMail({ profiles });
  const statuses = [await mail.logonSmtp(`TLS:localhost+${implicit}:smtp_profile`, "", "")];
  statuses.push(await mail.setFrom("ada@example.com"), await mail.setToList("bob@example.net"));
  statuses.push(await mail.setSubject("By status code"), await mail.setMessage("Hi", ""), await mail.send(""));
  statuses.push(await mail.logoffSmtp());
  told.uniface = statuses;
}

// Composing by itself, and errors that are typed.
told.compose = compose({ ...about, subject: "Only composed", text: "Hi" }).envelope.to.length;
const refused = await send({ ...server, auth: { ...auth, password: "wrong" } }, { ...about, text: "Hi" }).catch((e) =>
  e
);
told.wrongPassword = [refused instanceof SmtpError, refused.name, refused.code, refused.fate];
const untrusted = await Session.open(`TLS:localhost+${implicit}`).catch((e) => e);
told.untrusted = [untrusted.name, untrusted.code, untrusted.reason];
const missing = await AssignmentFile.load(`${folder}/missing.asn`).catch((e) => e);
told.missing = [missing instanceof ConfigError, missing.code];

console.log(JSON.stringify(told));
