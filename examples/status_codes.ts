/**
 * The operations of the original system with their status codes.
 *
 *     deno run --allow-net=smtp.myorg.com:587 --allow-read examples/status_codes.ts
 *
 * @module
 */
import { AssignmentFile } from "@posthaste/smtp";
import { UPopMail } from "@posthaste/smtp/uniface";

const mail = new UPopMail({ profiles: await AssignmentFile.load("mail.asn") });

// STARTTLS with the profile USYS$TLS_PARAMS, then AUTH LOGIN; the server must support both.
await mail.setSecurity("SMTP=UStartTLSSMTP;USE=MAND", "");
await mail.setSecurity("SMTP=UAuthLoginSMTP;USE=MAND", "user=ada;password=secret");

const status = await mail.logonSmtp("smtp.myorg.com+587", "", "");
if (status < 0) {
  console.error(`LogonSMTP: ${status}`, mail.lastError);
} else {
  const headers = { FROM: "ada@example.com", TO: "bob@example.net;eve@example.org", SUBJECT: "Hello" };
  console.log("SendMail:", await mail.sendMail("", headers, "Hi both", "", 0));
  console.log("Server:", mail.getSmtpResponse());
  console.log("LogoffSMTP:", await mail.logoffSmtp());
}
