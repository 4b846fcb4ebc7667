/**
 * What the errors of the scenarios advise. A hint that is wrong costs its reader more time than none, so most scenarios have
 * none: a server that breaks off or talks nonsense in mid-session is nothing that a caller's settings could change.
 *
 * @module
 */
import type { Failing } from "./support/scenario.ts";

/** Words that stand in the advice of the errors that it is for. */
interface Advised {
  readonly advice: string;
  readonly code: Failing["code"] | readonly Failing["code"][];
  /** The scenarios, by name. */
  readonly at: RegExp;
}

/** The first that fits counts. */
export const ADVICE: readonly Advised[] = [
  { advice: "on a block list", code: ["CONNECTION_LOST", "TIMEOUT"], at: /^greeting: | instead of greeting$/ },
  { advice: "This is a port for POP3", code: "PROTOCOL_ERROR", at: /^greeting: says what is no reply, 2$/ },
  { advice: "This is a port for HTTP", code: "PROTOCOL_ERROR", at: /^greeting: says what is no reply, 3$/ },
  { advice: "address is refused", code: "REPLY_REFUSED", at: /^the refusal at greeting|greets with 554$/ },
  {
    advice: 'Use tls: "implicit"',
    code: "EXTENSION_UNSUPPORTED",
    at: /^STARTTLS is stripped|^a remembered server, STARTTLS, (?!offers no AUTH)/,
  },
  { advice: "Use a port for submission", code: "EXTENSION_UNSUPPORTED", at: /EHLO|AUTH/ },
  { advice: "wants a log-on first", code: "STARTTLS_FAILED", at: /no credentials: 530$/ },
  {
    advice: "fit PLAIN, LOGIN alone",
    code: "MECHANISM_UNSUPPORTED",
    at: /do not fit|before TLS alone|CRAM-MD5 alone|nobody knows|another mechanism$/,
  },
  { advice: "fit PLAIN alone", code: "MECHANISM_UNSUPPORTED", at: /PLAIN was asked for/ },
  { advice: "fit CRAM-MD5 alone", code: "MECHANISM_UNSUPPORTED", at: /CRAM-MD5 was asked for/ },
  { advice: "fit OAUTHBEARER, XOAUTH2 alone", code: "MECHANISM_UNSUPPORTED", at: /there is a token$/ },
  {
    advice: "access token has probably expired",
    code: "AUTH_FAILED",
    at: /^a token is answered: (?:535 behind|a reason that)/,
  },
  {
    advice: "or password is wrong",
    code: "AUTH_FAILED",
    at: /AUTH is refused$|535 5\.7\.8|behind 535$|and 535$|refuses AUTH$/,
  },
  {
    advice: "There is no such mailbox",
    code: "MESSAGE_REFUSED",
    at: /^one recipient is refused, .* to all or to none$/,
  },
  { advice: "a limit of the server's, or greylisting", code: "MESSAGE_REFUSED", at: /^the sender is refused for now/ },
  { advice: "attachments grow by a third", code: "MESSAGE_TOO_LARGE", at: /./ },
];

/** What must stand in the advice of a scenario's error; `undefined` where there must be none. */
export function adviceFor(name: string, code: Failing["code"]): string | undefined {
  return ADVICE.find((one) => [one.code].flat().includes(code) && one.at.test(name))?.advice;
}
