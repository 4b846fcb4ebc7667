/**
 * What is exercised against which server: each cell is a test of `interop.test.ts` or `proxies.test.ts`, and a cell of the tables
 * in `docs/interop.md`.
 *
 * @module
 */

/** The mail servers, a column each. */
export const SERVERS = ["Postfix", "Exim", "Dovecot", "smtp-server"] as const;

/** The name of a mail server. */
export type ServerName = typeof SERVERS[number];

/** When TLS begins. */
export type Mode = "off" | "starttls" | "implicit";

/** Where a cell connects to. */
export interface Place {
  readonly listener: string;
  readonly tls: Mode;
  /** It takes mail from those alone who log on. */
  readonly login?: true;
}

type Places = Readonly<Partial<Record<ServerName, Place>>>;

/** What is exercised, with each server that has it. */
export interface Row {
  readonly group: "connection" | "mechanism" | "extension" | "LMTP";
  readonly title: string;
  /** A server that has none here must not offer it, where it is a mechanism or an extension. */
  readonly at: Places;
}

/** Where one submits mail: STARTTLS and a login. */
export const SUBMISSION: Readonly<Record<ServerName, Place>> = {
  Postfix: { listener: "submission", tls: "starttls", login: true },
  Exim: { listener: "exim_submission", tls: "starttls", login: true },
  Dovecot: { listener: "dovecot_submission", tls: "starttls", login: true },
  "smtp-server": { listener: "submission", tls: "starttls", login: true },
};

const IN_CLEAR: Readonly<Record<ServerName, Place>> = {
  Postfix: { listener: "plain", tls: "off" },
  Exim: { listener: "exim_plain", tls: "off" },
  Dovecot: { listener: "dovecot_submission", tls: "off", login: true },
  "smtp-server": { listener: "plain", tls: "off" },
};

/** All of them but some. */
function without(places: Places, ...names: readonly ServerName[]): Places {
  return Object.fromEntries(Object.entries(places).filter(([name]) => !names.some((one) => one === name)));
}

const NOWHERE: Places = {};
const WITH_DOVECOT = without(SUBMISSION, "Exim", "smtp-server");
const SPEAK_FOR_OTHERS: Places = {
  Postfix: { listener: "relay", tls: "off" },
  "smtp-server": { listener: "relay", tls: "off" },
};

/** The rows of the table of mail servers. */
export const ROWS: readonly Row[] = [
  { group: "connection", title: "clear text", at: IN_CLEAR },
  { group: "connection", title: "STARTTLS", at: SUBMISSION },
  {
    group: "connection",
    title: "implicit TLS",
    at: {
      Postfix: { listener: "implicit", tls: "implicit", login: true },
      Exim: { listener: "exim_implicit", tls: "implicit", login: true },
      Dovecot: { listener: "dovecot_submissions", tls: "implicit", login: true },
      "smtp-server": { listener: "implicit", tls: "implicit", login: true },
    },
  },
  {
    group: "connection",
    title: "client certificate",
    at: {
      Postfix: { listener: "client_certificate", tls: "starttls" },
      Exim: { listener: "exim_certificate", tls: "starttls" },
    },
  },
  // Exim hangs up over that many commands beside the messages (docs/interop.md).
  { group: "connection", title: "many at once, some refused", at: without(SUBMISSION, "Exim") },
  { group: "mechanism", title: "PLAIN", at: SUBMISSION },
  { group: "mechanism", title: "LOGIN", at: SUBMISSION },
  { group: "mechanism", title: "CRAM-MD5", at: SUBMISSION },
  { group: "mechanism", title: "SCRAM-SHA-1", at: WITH_DOVECOT },
  { group: "mechanism", title: "SCRAM-SHA-256", at: WITH_DOVECOT },
  { group: "mechanism", title: "OAUTHBEARER", at: WITH_DOVECOT },
  { group: "mechanism", title: "XOAUTH2", at: without(SUBMISSION, "Exim") },
  { group: "mechanism", title: "EXTERNAL", at: { Exim: { listener: "exim_certificate", tls: "starttls" } } },
  { group: "mechanism", title: "ANONYMOUS", at: { Postfix: { listener: "optional_login", tls: "starttls" } } },
  {
    group: "extension",
    title: "SIZE",
    at: {
      Postfix: { listener: "small", tls: "off" },
      Exim: { listener: "exim_small", tls: "off" },
      Dovecot: { listener: "dovecot_submission", tls: "starttls", login: true },
      "smtp-server": { listener: "small", tls: "off" },
    },
  },
  { group: "extension", title: "8BITMIME", at: SUBMISSION },
  { group: "extension", title: "SMTPUTF8", at: without(SUBMISSION, "Dovecot") },
  { group: "extension", title: "PIPELINING", at: SUBMISSION },
  { group: "extension", title: "CHUNKING", at: without(SUBMISSION, "smtp-server") },
  { group: "extension", title: "DSN", at: { ...without(IN_CLEAR, "Dovecot"), ...SPEAK_FOR_OTHERS } },
  { group: "extension", title: "ENHANCEDSTATUSCODES", at: without(SUBMISSION, "Exim") },
  { group: "extension", title: "XCLIENT", at: SPEAK_FOR_OTHERS },
  { group: "extension", title: "XFORWARD", at: SPEAK_FOR_OTHERS },
  { group: "extension", title: "PIPECONNECT", at: { Exim: { listener: "exim_early", tls: "starttls" } } },
  {
    group: "extension",
    title: "REQUIRETLS",
    at: { "smtp-server": { listener: "require_tls", tls: "implicit" } },
  },
  { group: "extension", title: "BINARYMIME", at: NOWHERE },
  { group: "extension", title: "LIMITS", at: NOWHERE },
  { group: "extension", title: "DELIVERBY", at: NOWHERE },
  { group: "extension", title: "FUTURERELEASE", at: NOWHERE },
  { group: "extension", title: "MT-PRIORITY", at: NOWHERE },
  {
    group: "LMTP",
    title: "LMTP",
    at: {
      Dovecot: { listener: "dovecot_lmtp", tls: "off" },
      "smtp-server": { listener: "lmtp", tls: "off" },
    },
  },
  {
    group: "LMTP",
    title: "LMTP, STARTTLS",
    at: {
      Dovecot: { listener: "dovecot_lmtp", tls: "starttls" },
      "smtp-server": { listener: "lmtp", tls: "starttls" },
    },
  },
  { group: "LMTP", title: "LMTP, Unix socket", at: { Dovecot: { listener: "lmtp", tls: "off" } } },
];

/** What a cell of the first table says: there is a message that went this way, or the server was asked and does not offer it. */
export function expectation({ group, at }: Row, server: ServerName): "yes" | "not offered" | undefined {
  if (at[server] !== undefined) return "yes";
  return group === "mechanism" || group === "extension" ? "not offered" : undefined;
}

/** The proxies, a row each of the second table. */
export const PROXIES = [
  "microsocks, SOCKS5 with a password",
  "microsocks, names looked up here",
  "Dante, SOCKS5",
  "Dante, SOCKS5, credentials that it does not want",
  "Dante, SOCKS4",
  "tinyproxy",
  "Squid",
  "Squid by URL",
  "Squid within TLS",
  "two of them",
] as const;

/** The name of a proxy. */
export type ProxyName = typeof PROXIES[number];

/** Where each proxy leads to, in the second table's columns. */
export const BEHIND_PROXIES: readonly (Place & { readonly title: string })[] = [
  { title: "clear text", listener: "plain", tls: "off" },
  { title: "STARTTLS", listener: "submission", tls: "starttls", login: true },
  { title: "implicit TLS", listener: "implicit", tls: "implicit", login: true },
];

/** What no server here has, and what plays a server that does. */
export const BY_TRANSCRIPT: readonly { readonly title: string; readonly file: string }[] = [
  { title: "BINARYMIME", file: "tests/unit/session/eight_bit.test.ts" },
  { title: "LIMITS", file: "tests/unit/client/parts.test.ts" },
  { title: "DELIVERBY", file: "tests/transcripts/mail_parameters.txt" },
  { title: "FUTURERELEASE", file: "tests/transcripts/mail_parameters.txt" },
  { title: "MT-PRIORITY", file: "tests/transcripts/mail_parameters.txt" },
];
