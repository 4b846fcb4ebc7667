/**
 * The status codes: 0 is success, and what is below 0 is said for each operation in {@link STATUS_MEANINGS}.
 *
 * @module
 */

/** The codes by name. One code may mean different things in different operations, hence the names that share one. */
export const STATUS = {
  SUCCESS: 0,
  /** `setSecurity`. */
  UNKNOWN_ENTRY_POINT: -1,
  /** `getSecurity`. */
  NO_SUCH_DRIVER: -1,
  /** `sendMail`: what has no code of its own. */
  FAILED: -1,
  INVALID: -2,
  ALREADY_LOGGED_ON: -3,
  TOO_LARGE: -6,
  UNSUPPORTED: -7,
  SECURITY_FAILED: -8,
  /** `logoffSmtp`. */
  NOT_LOGGED_ON: -8,
  /** `setSecurity`. */
  CONTEXT_LOCKED: -8,
  NETWORK: -9,
  INCOMPLETE: -12,
  QUOTA: -15,
} as const;

/** An operation that has a status. */
export type UPopMailOperation = "logonSmtp" | "logoffSmtp" | "setSecurity" | "getSecurity" | "sendMail";

/** What each status means, for each operation: all that it can return. */
export const STATUS_MEANINGS: Readonly<Record<UPopMailOperation, Readonly<Record<number, string>>>> = {
  logonSmtp: {
    [0]: "logged on; the connection stays open for any number of messages",
    [-2]: "user name or password is not an empty string: credentials are given with setSecurity",
    [-3]: "logged on already; the standing session stays untouched",
    [-7]: "the server does not support a mandatory security driver",
    [-8]: "the security context could not be established: credentials refused or about to travel in clear text, " +
      "STARTTLS failed or its CA certificate is missing or wrong, or the server broke the protocol meanwhile",
    [-9]:
      "network problem, malformed connection string, invalid server name, undefined or faulty TLS profile, or TLS " +
      "failed on a TLS: connection",
  },
  logoffSmtp: {
    [0]: "logged off",
    [-8]: "not logged on",
    [-9]: "network problem: the server did not answer as it should; the connection is closed all the same",
  },
  setSecurity: {
    [0]: "the driver was added, or the context removed",
    [-1]: "unknown entry point, or one that is not available",
    [-2]: "malformed or over-long driver properties or driver parameters",
    [-8]: "the context is locked until logoffSmtp",
  },
  getSecurity: {
    [0]: "the driver's properties were returned",
    [-1]: "no driver has this number",
    [-2]: 'the keyword is not "SMTP="',
  },
  sendMail: {
    [0]: "sent, to at least one recipient",
    [-1]: "any other failure: an attachment cannot be read, or the server refuses the content",
    [-2]: "invalid To or From address, every recipient or the sender refused, or another value that cannot be sent",
    [-6]: "larger than the mail size, or of a size that is not known beforehand",
    [-7]: "not logged on: the server does not support a mandatory security driver",
    [-8]: "not logged on: the security context could not be established; or the server demands one (530)",
    [-9]: "network problem, invalid server name, or the session was lost; lastError says the message's fate",
    [-12]: "TO or FROM is missing",
    [-15]: "over a quota of the server's: reply 452 or 552, or larger than the server takes",
  },
};

/** What a status means; a text of the same form for one that the operation does not return. */
export function describeStatus(operation: UPopMailOperation, status: number): string {
  const meanings = STATUS_MEANINGS[operation];
  return (Object.hasOwn(meanings, status) ? meanings[status] : undefined) ?? `${operation} does not return ${status}`;
}
