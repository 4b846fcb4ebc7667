/**
 * A program that comes from Uniface, with the operations and status codes of UPOPMAIL: STARTTLS and a password, a message
 * with text, HTML, a picture in it and an attachment, and what became of each recipient.
 *
 *     deno run --allow-net=smtp.myorg.com:587 --allow-read=folder examples/uniface_status_codes.ts smtp.myorg.com+587 folder
 *
 * In the folder stand `mail.asn`, `logo.png` and `statement.pdf`.
 *
 * @module
 */
import process from "node:process";
import { AssignmentFile } from "@posthaste/smtp";
import { describeStatus, UPopMail } from "@posthaste/smtp/uniface";

const [server, folder] = process.argv.slice(2);
const mail = new UPopMail({ profiles: await AssignmentFile.load(`${folder}/mail.asn`) });

// STARTTLS with the profile USYS$TLS_PARAMS, then AUTH LOGIN; the server must support both.
await mail.setSecurity("SMTP=UStartTLSSMTP;USE=MAND", "");
await mail.setSecurity("SMTP=UAuthLoginSMTP;USE=MAND", "user=ada;password=secret");

let status = await mail.logonSmtp(server, "", "");
if (status < 0) {
  console.error(`LogonSMTP: ${status}: ${describeStatus("logonSmtp", status)}`, mail.lastError);
  process.exit(1);
}

await mail.setFrom("Accounts <accounts@example.com>");
await mail.setToList("bob@example.net;nobody@example.net");
await mail.setBccList("archive@example.com");
await mail.setReplyTo("help@example.com");
await mail.setSubject("Your statement");
await mail.setPriority(2);
await mail.setMessageId("");
await mail.setMessage("Your statement is attached.", "");
await mail.setMessage('<p><img src="cid:logo.png" alt=""> Your statement is attached.</p>', "MIMEType=text/html");
await mail.addInlineFromFile(`${folder}/logo.png`);
status = await mail.addAttachmentFromFile(`${folder}/statement.pdf`);

if (status === 0) {
  status = await mail.send("MaxSize=10000000;IgnoreRcptError=TRUE");
  console.log(`Send: ${status}: ${describeStatus("send", status)}`);
  for (const { recipient, code, text } of (await mail.getRecipientDetails()).to) {
    console.log(`not to ${recipient}: ${code} ${text}`);
  }
}
if (status < 0) {
  const { code, text } = await mail.getSmtpResponse();
  console.error(`Status ${status}, server's last reply ${code} ${text}`, mail.lastError);
  process.exitCode = 1;
}
await mail.clearMail();
await mail.logoffSmtp();
