/**
 * Providers of mailboxes.
 *
 * @module
 */
import type { Provider } from "./entry.ts";

/** Providers of mailboxes, by name. */
export type MailboxProvider =
  | "gmail"
  | "google-workspace"
  | "microsoft365"
  | "outlook"
  | "yahoo"
  | "aol"
  | "icloud"
  | "fastmail"
  | "zoho"
  | "zoho-business"
  | "zoho-eu"
  | "gmx"
  | "gmx-com"
  | "webde"
  | "t-online"
  | "mailbox-org"
  | "posteo"
  | "mailru"
  | "yandex"
  | "qq"
  | "netease163"
  | "netease126"
  | "naver"
  | "seznam"
  | "proton";

/** Providers of mailboxes. */
export const MAILBOXES: Readonly<Record<MailboxProvider, Provider>> = {
  gmail: {
    title: "Gmail",
    host: "smtp.gmail.com",
    port: 465,
    tls: "implicit",
    auth: "An app password (the account needs two-step verification), or OAuth 2 (XOAUTH2).",
    limits: { messageSize: 25_000_000, recipientsPerMessage: 100, recipientsPerDay: 500 },
    source: "Google: Gmail sending limits; Send email from a printer, scanner, or app",
    asOf: 2025,
  },
  "google-workspace": {
    title: "Google Workspace",
    host: "smtp.gmail.com",
    port: 465,
    tls: "implicit",
    auth: "An app password, or OAuth 2 (XOAUTH2); an administrator may forbid the former.",
    limits: { messageSize: 25_000_000, recipientsPerMessage: 100, messagesPerDay: 2_000 },
    source: "Google Workspace Admin Help: Gmail sending limits in Google Workspace",
    asOf: 2025,
  },
  microsoft365: {
    title: "Microsoft 365",
    host: "smtp.office365.com",
    port: 587,
    tls: "starttls",
    auth: "OAuth 2 (XOAUTH2); SMTP AUTH must be enabled for the mailbox, and passwords are being switched off.",
    limits: { recipientsPerDay: 10_000, messagesPerMinute: 30, connections: 3 },
    source: "Microsoft: Exchange Online limits; Authenticated client SMTP submission",
    asOf: 2025,
  },
  outlook: {
    title: "Outlook.com",
    host: "smtp-mail.outlook.com",
    port: 587,
    tls: "starttls",
    auth: "OAuth 2 (XOAUTH2) alone: passwords are no longer taken.",
    limits: {},
    source: "Microsoft Support: POP, IMAP, and SMTP settings for Outlook.com",
    asOf: 2025,
  },
  yahoo: {
    title: "Yahoo Mail",
    host: "smtp.mail.yahoo.com",
    port: 465,
    tls: "implicit",
    auth: "An app password, or OAuth 2 (XOAUTH2).",
    limits: { messageSize: 25_000_000 },
    source: "Yahoo Help: IMAP server settings for Yahoo Mail",
    asOf: 2025,
  },
  aol: {
    title: "AOL Mail",
    host: "smtp.aol.com",
    port: 465,
    tls: "implicit",
    auth: "An app password, or OAuth 2 (XOAUTH2).",
    limits: { messageSize: 25_000_000 },
    source: "AOL Help: Use IMAP to add AOL Mail to an email app",
    asOf: 2025,
  },
  icloud: {
    title: "iCloud Mail",
    host: "smtp.mail.me.com",
    port: 587,
    tls: "starttls",
    auth: "An app-specific password; the user is the whole address.",
    limits: { messageSize: 20_000_000, recipientsPerMessage: 500, messagesPerDay: 1_000, recipientsPerDay: 1_000 },
    source: "Apple Support: iCloud Mail server settings; Mailbox size and message sending limits in iCloud",
    asOf: 2025,
  },
  fastmail: {
    title: "Fastmail",
    host: "smtp.fastmail.com",
    port: 465,
    tls: "implicit",
    auth: "An app password; the user is the whole address.",
    limits: {},
    source: "Fastmail Help: Server names and ports",
    asOf: 2025,
  },
  zoho: {
    title: "Zoho Mail",
    host: "smtp.zoho.com",
    port: 465,
    tls: "implicit",
    auth:
      "The password, or an application-specific one with two-factor authentication; smtp.zoho.com is for personal accounts and organizations that do not pay.",
    limits: {},
    source: "Zoho Mail Help: IMAP and SMTP configuration",
    asOf: 2025,
  },
  "zoho-business": {
    title: "Zoho Mail for organizations",
    host: "smtppro.zoho.com",
    port: 465,
    tls: "implicit",
    auth: "The password, or an application-specific one with two-factor authentication.",
    limits: {},
    source: "Zoho Mail Help: IMAP and SMTP configuration",
    asOf: 2025,
  },
  "zoho-eu": {
    title: "Zoho Mail (European Union)",
    host: "smtp.zoho.eu",
    port: 465,
    tls: "implicit",
    auth:
      "The password, or an application-specific one with two-factor authentication; organizations that pay use smtppro.zoho.eu.",
    limits: {},
    source: "Zoho Mail Help: IMAP and SMTP configuration",
    asOf: 2025,
  },
  gmx: {
    title: "GMX (gmx.net, gmx.de)",
    host: "mail.gmx.net",
    port: 587,
    tls: "starttls",
    auth: "The password; sending by SMTP must be switched on in the settings.",
    limits: {},
    source: "GMX Hilfe: Serverdaten für POP3 und IMAP",
    asOf: 2025,
  },
  "gmx-com": {
    title: "GMX (gmx.com)",
    host: "mail.gmx.com",
    port: 587,
    tls: "starttls",
    auth: "The password; sending by SMTP must be switched on in the settings.",
    limits: {},
    source: "GMX Help: Server settings for POP3 and IMAP",
    asOf: 2025,
  },
  webde: {
    title: "WEB.DE",
    host: "smtp.web.de",
    port: 587,
    tls: "starttls",
    auth: "The password; sending by SMTP must be switched on in the settings.",
    limits: {},
    source: "WEB.DE Hilfe: Serverdaten für POP3 und IMAP",
    asOf: 2025,
  },
  "t-online": {
    title: "Telekom Mail (t-online.de)",
    host: "securesmtp.t-online.de",
    port: 465,
    tls: "implicit",
    auth: "The password for e-mail programs, which is not the account's own.",
    limits: {},
    source: "Telekom Hilfe: Serveradressen für E-Mail-Programme",
    asOf: 2025,
  },
  "mailbox-org": {
    title: "mailbox.org",
    host: "smtp.mailbox.org",
    port: 465,
    tls: "implicit",
    auth: "The password, or an application password.",
    limits: {},
    source: "mailbox.org Knowledge Base: server settings",
    asOf: 2025,
  },
  posteo: {
    title: "Posteo",
    host: "posteo.de",
    port: 465,
    tls: "implicit",
    auth: "The password.",
    limits: {},
    source: "Posteo Hilfe: Servereinstellungen",
    asOf: 2025,
  },
  mailru: {
    title: "Mail.ru",
    host: "smtp.mail.ru",
    port: 465,
    tls: "implicit",
    auth: "A password for external applications.",
    limits: {},
    source: "Mail.ru Help: settings for mail clients",
    asOf: 2025,
  },
  yandex: {
    title: "Yandex Mail",
    host: "smtp.yandex.ru",
    port: 465,
    tls: "implicit",
    auth: "An app password, or OAuth 2 (XOAUTH2).",
    limits: {},
    source: "Yandex Help: Mail clients",
    asOf: 2025,
  },
  qq: {
    title: "QQ Mail",
    host: "smtp.qq.com",
    port: 465,
    tls: "implicit",
    auth: "An authorization code, which is made in the settings when SMTP is switched on.",
    limits: {},
    source: "QQ Mail Help: POP3/IMAP/SMTP",
    asOf: 2025,
  },
  netease163: {
    title: "NetEase 163 Mail",
    host: "smtp.163.com",
    port: 465,
    tls: "implicit",
    auth: "An authorization code, which is made in the settings when SMTP is switched on.",
    limits: {},
    source: "NetEase Mail Help: client settings",
    asOf: 2025,
  },
  netease126: {
    title: "NetEase 126 Mail",
    host: "smtp.126.com",
    port: 465,
    tls: "implicit",
    auth: "An authorization code, which is made in the settings when SMTP is switched on.",
    limits: {},
    source: "NetEase Mail Help: client settings",
    asOf: 2025,
  },
  naver: {
    title: "Naver Mail",
    host: "smtp.naver.com",
    port: 465,
    tls: "implicit",
    auth: "The password, or an app password with two-step verification; SMTP must be switched on in the settings.",
    limits: {},
    source: "Naver Help: IMAP/SMTP settings",
    asOf: 2025,
  },
  seznam: {
    title: "Seznam Email",
    host: "smtp.seznam.cz",
    port: 465,
    tls: "implicit",
    auth: "The password.",
    limits: {},
    source: "Seznam Help: POP3, IMAP and SMTP",
    asOf: 2025,
  },
  proton: {
    title: "Proton Mail",
    host: "smtp.protonmail.ch",
    port: 587,
    tls: "starttls",
    auth:
      "An SMTP token of a paid account with a domain of one's own, for that address alone; everybody else needs Proton Mail Bridge, on this machine.",
    limits: {},
    source: "Proton Support: How to use SMTP submission",
    asOf: 2025,
  },
};
