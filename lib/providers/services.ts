/**
 * Services that send for programs.
 *
 * @module
 */
import type { Provider } from "./entry.ts";

/** Services that programs send through, by name. */
export type ServiceProvider =
  | "amazon-ses"
  | "sendgrid"
  | "mailgun"
  | "mailgun-eu"
  | "postmark"
  | "brevo"
  | "mailjet"
  | "sparkpost"
  | "sparkpost-eu"
  | "mailtrap"
  | "mailtrap-sandbox"
  | "resend"
  | "mailersend"
  | "smtp2go"
  | "elastic-email"
  | "mandrill";

/** Services that send for programs. */
export const SERVICES: Readonly<Record<ServiceProvider, Provider>> = {
  "amazon-ses": {
    title: "Amazon SES",
    host: "email-smtp.{region}.amazonaws.com",
    port: 465,
    tls: "implicit",
    auth: "SMTP credentials made in the console for the region; they are not the account's access keys.",
    limits: { messageSize: 40_000_000, recipientsPerMessage: 50 },
    source: "Amazon SES Developer Guide: Service quotas; Amazon SES endpoints",
    asOf: 2025,
  },
  sendgrid: {
    title: "Twilio SendGrid",
    host: "smtp.sendgrid.net",
    port: 465,
    tls: "implicit",
    auth: "The user apikey (that word) and an API key as the password.",
    limits: { messageSize: 30_000_000, recipientsPerMessage: 1_000 },
    source: "SendGrid Docs: Integrating with the SMTP API; Email limits",
    asOf: 2025,
  },
  mailgun: {
    title: "Mailgun (US)",
    host: "smtp.mailgun.org",
    port: 465,
    tls: "implicit",
    auth: "The SMTP credentials of the domain.",
    limits: { messageSize: 25_000_000 },
    source: "Mailgun Docs: Send via SMTP",
    asOf: 2025,
  },
  "mailgun-eu": {
    title: "Mailgun (EU)",
    host: "smtp.eu.mailgun.org",
    port: 465,
    tls: "implicit",
    auth: "The SMTP credentials of the domain.",
    limits: { messageSize: 25_000_000 },
    source: "Mailgun Docs: Send via SMTP",
    asOf: 2025,
  },
  postmark: {
    title: "Postmark",
    host: "smtp.postmarkapp.com",
    port: 587,
    tls: "starttls",
    auth: "The server's API token as user and as password, or an SMTP token.",
    limits: { messageSize: 10_000_000, recipientsPerMessage: 50 },
    source: "Postmark Developer Docs: Sending email with SMTP",
    asOf: 2025,
  },
  brevo: {
    title: "Brevo",
    host: "smtp-relay.brevo.com",
    port: 587,
    tls: "starttls",
    auth: "The login and an SMTP key, both shown in the settings.",
    limits: {},
    source: "Brevo Help: Send transactional emails using SMTP",
    asOf: 2025,
  },
  mailjet: {
    title: "Mailjet",
    host: "in-v3.mailjet.com",
    port: 587,
    tls: "starttls",
    auth: "The API key as user, the secret key as password.",
    limits: { messageSize: 15_000_000 },
    source: "Mailjet Docs: SMTP relay",
    asOf: 2025,
  },
  sparkpost: {
    title: "SparkPost",
    host: "smtp.sparkpostmail.com",
    port: 587,
    tls: "starttls",
    auth: "The user SMTP_Injection (that word) and an API key as the password.",
    limits: {},
    source: "SparkPost Docs: SMTP REST injection, SMTP relay endpoints",
    asOf: 2025,
  },
  "sparkpost-eu": {
    title: "SparkPost (EU)",
    host: "smtp.eu.sparkpostmail.com",
    port: 587,
    tls: "starttls",
    auth: "The user SMTP_Injection (that word) and an API key as the password.",
    limits: {},
    source: "SparkPost Docs: SMTP relay endpoints",
    asOf: 2025,
  },
  mailtrap: {
    title: "Mailtrap",
    host: "live.smtp.mailtrap.io",
    port: 587,
    tls: "starttls",
    auth: "The user api (that word) and an API token as the password.",
    limits: {},
    source: "Mailtrap Docs: Email Sending, SMTP integration",
    asOf: 2025,
  },
  "mailtrap-sandbox": {
    title: "Mailtrap Sandbox (delivers nothing)",
    host: "sandbox.smtp.mailtrap.io",
    port: 587,
    tls: "starttls",
    auth: "The credentials of the sandbox.",
    limits: {},
    source: "Mailtrap Docs: Email Sandbox, SMTP integration",
    asOf: 2025,
  },
  resend: {
    title: "Resend",
    host: "smtp.resend.com",
    port: 465,
    tls: "implicit",
    auth: "The user resend (that word) and an API key as the password.",
    limits: { messageSize: 40_000_000, recipientsPerMessage: 50 },
    source: "Resend Docs: Send with SMTP; Send email",
    asOf: 2025,
  },
  mailersend: {
    title: "MailerSend",
    host: "smtp.mailersend.net",
    port: 587,
    tls: "starttls",
    auth: "The SMTP user of the domain.",
    limits: {},
    source: "MailerSend Help: SMTP relay",
    asOf: 2025,
  },
  smtp2go: {
    title: "SMTP2GO",
    host: "mail.smtp2go.com",
    port: 465,
    tls: "implicit",
    auth: "An SMTP user, which is not the account's own.",
    limits: {},
    source: "SMTP2GO Support: SMTP settings",
    asOf: 2025,
  },
  "elastic-email": {
    title: "Elastic Email",
    host: "smtp.elasticemail.com",
    port: 465,
    tls: "implicit",
    auth: "An SMTP credential made in the settings.",
    limits: {},
    source: "Elastic Email Help: SMTP settings",
    asOf: 2025,
  },
  mandrill: {
    title: "Mailchimp Transactional (Mandrill)",
    host: "smtp.mandrillapp.com",
    port: 465,
    tls: "implicit",
    auth: "Any user name and an API key as the password.",
    limits: {},
    source: "Mailchimp Developer: Send your first email by SMTP",
    asOf: 2025,
  },
};
