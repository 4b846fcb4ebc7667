/**
 * Hosters and providers of mailboxes under domains of one's own.
 *
 * @module
 */
import type { Provider } from "./entry.ts";

/** Hosters and providers of mailboxes under own domains, by name. */
export type HostingProvider =
  | "ovh"
  | "ionos-com"
  | "ionos-de"
  | "strato"
  | "infomaniak"
  | "migadu"
  | "hostinger"
  | "dreamhost"
  | "gandi"
  | "godaddy"
  | "rackspace"
  | "one-com";

/** Hosters and providers of mailboxes under domains of one's own. */
export const HOSTING: Readonly<Record<HostingProvider, Provider>> = {
  ovh: {
    title: "OVHcloud (MX Plan, Europe)",
    host: "smtp.mail.ovh.net",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address. In America and Asia-Pacific the host is smtp.mail.ovh.ca.",
    limits: {},
    source: "OVHcloud Guides: Configure your email address",
    asOf: 2025,
  },
  "ionos-com": {
    title: "IONOS (ionos.com)",
    host: "smtp.ionos.com",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "IONOS Help: Server information for IMAP, POP3 and SMTP",
    asOf: 2025,
  },
  "ionos-de": {
    title: "IONOS (ionos.de)",
    host: "smtp.ionos.de",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "IONOS Hilfe: Serverinformationen für IMAP, POP3 und SMTP",
    asOf: 2025,
  },
  strato: {
    title: "STRATO",
    host: "smtp.strato.de",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "STRATO FAQ: Server für E-Mail-Programme",
    asOf: 2025,
  },
  infomaniak: {
    title: "Infomaniak",
    host: "mail.infomaniak.com",
    port: 465,
    tls: "implicit",
    auth: "A password made for the device; the user is the whole address.",
    limits: {},
    source: "Infomaniak FAQ: Mail server settings",
    asOf: 2025,
  },
  migadu: {
    title: "Migadu",
    host: "smtp.migadu.com",
    port: 465,
    tls: "implicit",
    auth: "The mailbox's password; the user is the whole address.",
    limits: {},
    source: "Migadu Guides: Mail client configuration",
    asOf: 2025,
  },
  hostinger: {
    title: "Hostinger Email",
    host: "smtp.hostinger.com",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "Hostinger Help: Server settings for Hostinger Email",
    asOf: 2025,
  },
  dreamhost: {
    title: "DreamHost",
    host: "smtp.dreamhost.com",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "DreamHost Knowledge Base: Email client configuration",
    asOf: 2025,
  },
  gandi: {
    title: "Gandi",
    host: "mail.gandi.net",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "Gandi Docs: Email client settings",
    asOf: 2025,
  },
  godaddy: {
    title: "GoDaddy Workspace Email",
    host: "smtpout.secureserver.net",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "GoDaddy Help: Server settings for Workspace Email",
    asOf: 2025,
  },
  rackspace: {
    title: "Rackspace Email",
    host: "secure.emailsrvr.com",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "Rackspace Docs: Email client settings",
    asOf: 2025,
  },
  "one-com": {
    title: "one.com",
    host: "send.one.com",
    port: 465,
    tls: "implicit",
    auth: "The password; the user is the whole address.",
    limits: {},
    source: "one.com Support: Settings for mail programs",
    asOf: 2025,
  },
};
