/**
 * Mistakes that a server tells in a reply: what servers are known to say.
 *
 * The replies of Google and Microsoft, Yahoo, Zoho and Postfix stand in the issues of the projects that are named beside
 * them; identifiers in them are made up.
 *
 * @module
 */
import type { SessionOptions } from "../../lib/session/options.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { failing, MESSAGE, type Mistake } from "./mistake.ts";

/** The command that is refused: a verb, `.` for the content, or nothing for the greeting. */
export type Answered = "" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | ".";

interface Told {
  readonly heading: string;
  readonly name: string;
  readonly to: Answered;
  /** Lines with LF between them. */
  readonly reply: string;
  readonly options?: SessionOptions;
  /** Default: as the class of the refusal says. */
  readonly code?: string;
}

/** What is logged on with. */
export const PASSWORD = { auth: { user: "ada@example.com", password: "secret" } } as const;
const TOKEN = { auth: { user: "ada@example.com", token: "secret" } } as const;

/** Has a server say it, and sends a message. */
export function refusedWith(
  to: Answered,
  reply: string,
  { host = "mail.example.com", ...options }: SessionOptions = {},
): Promise<unknown> {
  const lines = reply.replaceAll("\n", "\r\n");
  const runtime = new ScriptedRuntime((wire) => {
    new ScriptedServer(wire, {
      ...(to === "" && { greeting: lines }),
      extensions: ["PIPELINING", "SIZE 1000", "AUTH PLAIN LOGIN XOAUTH2"],
      reply: (line) => {
        const isIt = to === "." ? line === "." : to !== "" && line.startsWith(to);
        // A server that knows no EHLO is tried with HELO.
        return isIt || (to === "EHLO" && line.startsWith("HELO")) ? lines : undefined;
      },
    });
  });
  return failing({ host, tls: "implicit", ...options, runtime }, (session) => session.send(MESSAGE));
}

const PHASES = { "": "greeting", EHLO: "ehlo", AUTH: "auth", MAIL: "mail", RCPT: "rcpt", ".": "final" } as const;

function mistake({ heading, name, to, reply, options, code }: Told): Mistake {
  const isPassing = reply.startsWith("4");
  const isMessage = to === "MAIL" || to === "RCPT" || to === ".";
  return {
    heading,
    name,
    make: () => refusedWith(to, reply, options),
    shows: {
      code: code ?? (to === "AUTH" ? "AUTH_FAILED" : isMessage ? "MESSAGE_REFUSED" : "REPLY_REFUSED"),
      phase: PHASES[to],
      fate: isMessage ? (isPassing ? "deferred" : "rejected") : "unsent",
      retryable: isPassing,
    },
  };
}

const APP_PASSWORD = "An app password is needed";
const MICROSOFT = "Microsoft does not let one log on";
const RELAY = "The server does not pass mail on";
const LATER = "Too much at a time, or greylisting";

const TOLD: readonly Told[] = [
  {
    heading: "STARTTLS is needed",
    name: "Postfix, Exchange: STARTTLS first",
    to: "MAIL",
    reply: "530 5.7.0 Must issue a STARTTLS command first",
  },
  // nodemailer/nodemailer#1116
  {
    heading: APP_PASSWORD,
    name: "Google: a second factor",
    to: "AUTH",
    reply: "534-5.7.9 Application-specific password required. For more information, go to\n" +
      "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor a1b2c3 - gsmtp",
    options: { host: "smtp.gmail.com", ...PASSWORD },
  },
  // nodemailer/nodemailer#1656
  {
    heading: APP_PASSWORD,
    name: "Google: bad credentials",
    to: "AUTH",
    reply: "535-5.7.8 Username and Password not accepted. For more information, go to\n" +
      "535 5.7.8  https://support.google.com/mail/?p=BadCredentials a1b2c3 - gsmtp",
    options: { host: "smtp.gmail.com", ...PASSWORD },
  },
  // nodemailer/nodemailer#1112
  {
    heading: APP_PASSWORD,
    name: "Yahoo, AOL",
    to: "AUTH",
    reply: "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
    options: { host: "smtp.mail.yahoo.com", ...PASSWORD },
  },
  {
    heading: APP_PASSWORD,
    name: "iCloud",
    to: "AUTH",
    reply: "535 5.7.8 Error: authentication failed",
    options: { host: "smtp.mail.me.com", ...PASSWORD },
  },
  // nodemailer/nodemailer#1484
  {
    heading: MICROSOFT,
    name: "SMTP AUTH switched off",
    to: "AUTH",
    reply: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit " +
      "https://aka.ms/smtp_auth_disabled for more information. [AM0PR10CA0081.EURPRD10.PROD.OUTLOOK.COM]",
    options: { host: "smtp.office365.com", ...TOKEN },
  },
  // nodemailer/nodemailer#1714
  {
    heading: MICROSOFT,
    name: "no passwords",
    to: "AUTH",
    reply: "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. " +
      "[AM0PR10CA0081.EURPRD10.PROD.OUTLOOK.COM]",
    options: { host: "smtp.office365.com", ...PASSWORD },
  },
  {
    heading: MICROSOFT,
    name: "a policy",
    to: "AUTH",
    reply: "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. " +
      "Contact your administrator. [AM0PR10CA0081.EURPRD10.PROD.OUTLOOK.COM]",
    options: { host: "smtp.office365.com", ...PASSWORD },
  },
  // mageplaza/magento-2-smtp#108
  {
    heading: MICROSOFT,
    name: "unsuccessful",
    to: "AUTH",
    reply: "535 5.7.3 Authentication unsuccessful [AM0PR10CA0081.EURPRD10.PROD.OUTLOOK.COM]",
    options: { host: "smtp.office365.com", ...PASSWORD },
  },
  // miguelgrinberg/flasky#472
  {
    heading: "A log-on is needed",
    name: "Microsoft: anonymous mail",
    to: "MAIL",
    reply: "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM " +
      "[AM0PR10CA0081.EURPRD10.PROD.OUTLOOK.COM]",
  },
  {
    heading: "A log-on is needed",
    name: "Google: required",
    to: "MAIL",
    reply: "530-5.7.0 Authentication Required. For more information, go to\n" +
      "530 5.7.0  https://support.google.com/accounts/troubleshooter/2402620. a1b2c3 - gsmtp",
  },
  {
    heading: "Wrong user or password",
    name: "Postfix with Dovecot",
    to: "AUTH",
    reply: "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
    options: PASSWORD,
  },
  {
    heading: "Wrong user or password",
    name: "Zoho",
    to: "AUTH",
    reply: "535 Authentication Failed",
    options: PASSWORD,
  },
  {
    heading: "Wrong user or password",
    name: "an access token",
    to: "AUTH",
    reply: "535 5.7.8 Username and Password not accepted. gsmtp",
    options: TOKEN,
  },
  // nodemailer/nodemailer#1388
  {
    heading: "Too many log-ons",
    name: "Google",
    to: "AUTH",
    reply: "454 4.7.0 Too many login attempts, please try again later. a1b2c3 - gsmtp",
    options: PASSWORD,
  },
  {
    heading: RELAY,
    name: "Postfix",
    to: "RCPT",
    reply: "554 5.7.1 <bob@example.net>: Relay access denied",
  },
  // What Postfix says on a port that is for whoever has logged on.
  {
    heading: "A log-on is needed",
    name: "Postfix",
    to: "RCPT",
    reply: "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
  },
  { heading: RELAY, name: "Exim", to: "RCPT", reply: "550 relay not permitted" },
  {
    heading: RELAY,
    name: "Exchange, logged on",
    to: "RCPT",
    reply: "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    options: PASSWORD,
  },
  {
    heading: "The sender is not the account's",
    name: "Microsoft: send as",
    to: ".",
    reply: "554 5.2.252 SendAsDenied; ada@example.com not allowed to send as bob@example.com; STOREDRV.Submission." +
      "Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
    options: PASSWORD,
  },
  // swiftmailer/swiftmailer#1030
  {
    heading: "The sender is not the account's",
    name: "Microsoft: permissions",
    to: "MAIL",
    reply: "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    options: PASSWORD,
  },
  // mailcow/mailcow#253
  {
    heading: "The sender is not the account's",
    name: "Postfix",
    to: "RCPT",
    reply: "553 5.7.1 <ada@example.com>: Sender address rejected: not owned by user bob@example.com",
    options: PASSWORD,
  },
  // frappe/erpnext#19057
  {
    heading: "The sender is not the account's",
    name: "Zoho",
    to: ".",
    reply: "553 Relaying disallowed as ada@example.com",
    options: PASSWORD,
  },
  {
    heading: "The mailbox does not exist",
    name: "unknown",
    to: "RCPT",
    reply: "550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown in virtual mailbox table",
  },
  // cloudflare/cloudflare-docs#11542
  {
    heading: "SPF, DKIM, DMARC",
    name: "Google: unauthenticated",
    to: ".",
    reply: "550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n" +
      "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\n" +
      "550 5.7.26  https://support.google.com/mail/answer/81126#authentication a1b2c3 - gsmtp",
  },
  // docusealco/docuseal#524
  {
    heading: "SPF, DKIM, DMARC",
    name: "Yahoo",
    to: ".",
    reply:
      "550 5.7.9 This mail has been blocked because the sender is unauthenticated. Yahoo requires all senders to " +
      "authenticate with either SPF or DKIM.",
  },
  {
    heading: "The address is blocked",
    name: "no service",
    to: "",
    reply: "554 mx.example.net No SMTP service here",
  },
  {
    heading: "The address is blocked",
    name: "a block list",
    to: "RCPT",
    reply: "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
  },
  {
    heading: LATER,
    name: "connections",
    to: "",
    reply: "421 4.7.0 mx.example.net Error: too many connections from 192.0.2.1",
  },
  {
    heading: LATER,
    name: "a rate",
    to: "MAIL",
    reply: "450 4.7.1 Error: too much mail from 192.0.2.1",
  },
  {
    heading: LATER,
    name: "greylisting",
    to: "RCPT",
    reply: "450 4.2.0 <bob@example.net>: Recipient address rejected: Greylisted",
  },
  {
    heading: LATER,
    name: "policy",
    to: "RCPT",
    reply: "451 4.7.1 Please try again later",
  },
  {
    heading: LATER,
    name: "recipients",
    to: "RCPT",
    reply: "452 4.5.3 Error: too many recipients",
  },
  {
    heading: "A message that is too large",
    name: "after it was sent",
    to: ".",
    reply: "552 5.3.4 Message size exceeds fixed limit",
    code: "MESSAGE_TOO_LARGE",
  },
  {
    heading: "The name in EHLO is refused",
    name: "at once",
    to: "EHLO",
    reply: "501 5.5.2 Syntactically invalid EHLO argument(s)",
  },
  {
    heading: "The name in EHLO is refused",
    name: "later on",
    to: "RCPT",
    reply: "504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname",
  },
];

/** A server that offers AUTH in TLS only, as Postfix does with `smtpd_tls_auth_only`. */
const LATE_AUTH: Mistake = {
  heading: "AUTH is not offered",
  name: "a server that offers it in TLS only",
  make: () => {
    const runtime = new ScriptedRuntime((wire) => {
      new ScriptedServer(wire, { extensions: (secured) => secured ? ["AUTH PLAIN"] : ["STARTTLS"] });
    });
    return failing({ host: "mail.example.com", tls: "off", ...PASSWORD, allowInsecureAuth: true, runtime });
  },
  shows: { code: "EXTENSION_UNSUPPORTED", phase: "auth", retryable: false },
};

/** The table. */
export const REPLY_MISTAKES: readonly Mistake[] = [...TOLD.map(mistake), LATE_AUTH];
