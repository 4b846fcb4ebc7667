/**
 * What each status of each operation means, and what to do about it.
 *
 * @module
 */

/** An operation that has a status. */
export type UPopMailOperation =
  | "logonSmtp"
  | "logoffSmtp"
  | "setSecurity"
  | "getSecurity"
  | "sendMail"
  | "setFrom"
  | "setToList"
  | "setCcList"
  | "setBccList"
  | "setReplyTo"
  | "setSubject"
  | "setPriority"
  | "setMessageId"
  | "setMessage"
  | "addAttachmentFromFile"
  | "addInlineFromFile"
  | "send"
  | "clearMail";

/** A status of an operation. */
export interface StatusMeaning {
  /** What has happened, and what causes it. */
  readonly meaning: string;
  /** What to do; empty after success. */
  readonly advice: string;
}

/** The statuses of an operation by their number; under 1 what every number above 0 means. */
export type StatusMeanings = Readonly<Record<number, StatusMeaning>>;

function done(meaning: string): StatusMeaning {
  return { meaning, advice: "" };
}

/** The operations that set a value, which all have the same two statuses. */
function setter(what: string, invalid: string, advice: string): StatusMeanings {
  return {
    [0]: done(`${what}; an empty value has taken it away`),
    [-2]: { meaning: invalid, advice: `${advice}; what was set before still is` },
  };
}

function mailboxes(what: string): StatusMeanings {
  return setter(
    `the ${what} are set`,
    "a mailbox in the list is none, or there are more than 10,000",
    "mend what lastError names by its place in the list",
  );
}

function file(what: string): StatusMeanings {
  return {
    [0]: done(what),
    [-1]: {
      meaning: "the file is missing, cannot be read, or the runtime has no files",
      advice: "see lastError; mend the path or the permission, and add the file again",
    },
    [-2]: {
      meaning: "the path is empty, an option is unknown, or a name, type or content identifier cannot be sent",
      advice: "mend the value that lastError names; the message is as it was",
    },
  };
}

const LOG_ON_AGAIN =
  'read lastError.fate: "unknown" means that the server may have taken the message; log off, log on, ' +
  'and send again what is "unsent"';

/** What the server and the network do to a message, however it is sent. */
const SENDING: StatusMeanings = {
  [-1]: {
    meaning:
      "any other failure: the server refuses the content or DATA, it lacks an extension that the message needs, a " +
      "file changed or cannot be read, or the compose option failed",
    advice: 'see lastError and getSmtpResponse; after a 4yz reply (lastError.fate is "deferred") try again later',
  },
  [-6]: {
    meaning: "the message is larger than the limit given, or of a size that is not known beforehand",
    advice: "raise the limit or send less; nothing was written",
  },
  [-9]: {
    meaning: "network problem, a limit of time, or the session was lost or closed by the server (421)",
    advice: LOG_ON_AGAIN,
  },
  [-15]: {
    meaning: "over a quota of the server's: reply 452 or 552, or larger than the server declares to take (SIZE)",
    advice: "after 452 try again later; after 552 send less",
  },
};

const INVALID_MESSAGE = "see lastError: an InputError names the value, a RejectedError has the server's reply; " +
  "getRecipientDetails tells each refused recipient";

/** What each status means, for each operation: all that it can return. */
export const STATUS_MEANINGS: Readonly<Record<UPopMailOperation, StatusMeanings>> = {
  logonSmtp: {
    [0]: done("logged on; the connection stays open for any number of messages"),
    [-2]: {
      meaning: "user name or password is not an empty string",
      advice: "give credentials with setSecurity",
    },
    [-3]: {
      meaning: "logged on already; the standing session stays untouched",
      advice: "go on with it, or log off first",
    },
    [-7]: {
      meaning: "the server does not support a mandatory security driver",
      advice: "choose a driver that the server offers, or USE=OPT; credentials need TLS at most servers",
    },
    [-8]: {
      meaning: "the security context could not be established: credentials refused or about to travel in clear text, " +
        "STARTTLS failed or its CA certificate is missing or wrong, or the server broke the protocol meanwhile",
      advice:
        "see lastError; mend the driver's parameters or USYS$TLS_PARAMS: the next setSecurity begins a new context",
    },
    [-9]: {
      meaning:
        "network problem, malformed connection string, invalid server name, undefined or faulty TLS profile, or " +
        "TLS failed on a TLS: connection",
      advice: "see lastError: a ConfigError shows the place; otherwise try again later or elsewhere",
    },
  },
  logoffSmtp: {
    [0]: done("logged off"),
    [-8]: { meaning: "not logged on", advice: "nothing: there is no connection" },
    [-9]: {
      meaning: "network problem: the server did not answer as it should; the connection is closed all the same",
      advice: "nothing: messages that were sent are sent",
    },
  },
  setSecurity: {
    [0]: done("the driver was added, or the context removed"),
    [-1]: {
      meaning: "unknown entry point, or one that is not available",
      advice: "take one of SECURITY_ENTRY_POINTS; their case counts",
    },
    [-2]: {
      meaning: "malformed or over-long driver properties or driver parameters",
      advice: 'mend what lastError names; a value that holds a ";" needs an object',
    },
    [-8]: { meaning: "the context is locked until logoffSmtp", advice: "log off first" },
  },
  getSecurity: {
    [0]: done("the driver's properties were returned"),
    [-1]: { meaning: "no driver has this number", advice: "count from 1 until this status comes" },
    [-2]: { meaning: 'the keyword is not "SMTP="', advice: 'give "SMTP="' },
  },
  sendMail: {
    [0]: done("sent, to at least one recipient"),
    ...SENDING,
    [-2]: {
      meaning:
        "invalid To or From address, every recipient or the sender refused, or another value that cannot be sent",
      advice: INVALID_MESSAGE,
    },
    [-9]: {
      meaning: "network problem, invalid server name, or the session was lost or closed by the server (421)",
      advice: LOG_ON_AGAIN,
    },
    [-7]: {
      meaning: "not logged on: the server does not support a mandatory security driver",
      advice: "as for logonSmtp",
    },
    [-8]: {
      meaning: "not logged on: the security context could not be established; or the server demands one (530)",
      advice: "as for logonSmtp; after 530 add an authentication with setSecurity",
    },
    [-12]: { meaning: "TO or FROM is missing", advice: "give both; labels are upper case" },
  },
  setFrom: setter("the sender is set", "not one mailbox, or one that cannot be sent", "mend the address"),
  setToList: mailboxes("recipients of To"),
  setCcList: mailboxes("recipients of Cc"),
  setBccList: mailboxes("recipients of Bcc"),
  setReplyTo: mailboxes("mailboxes for answers"),
  setSubject: setter("the subject is set", "the text holds a control character or half a character", "take it out"),
  setPriority: setter("the priority is set", "neither a number nor a digit from 1 to 5", "give 1, the highest, to 5"),
  setMessageId: setter(
    "the identifier is set",
    "not of the form local@domain in ASCII",
    "mend it, or give an empty one to have each sending make its own",
  ),
  setMessage: setter(
    "the text of this type is set",
    "the type is neither text/plain nor text/html, or the text holds half a character",
    "mend what lastError names",
  ),
  addAttachmentFromFile: file("the file is attached"),
  addInlineFromFile: file("the file is added; its contentId and url are returned"),
  send: {
    [1]: {
      meaning: "sent, but not to everybody: the status is how many recipients the server refused (IgnoreRcptError)",
      advice: "getRecipientDetails tells them with their replies; the message stays prepared",
    },
    [0]: done("sent, to all recipients"),
    ...SENDING,
    [-2]: {
      meaning: "invalid address or option, the sender or every recipient refused, or without IgnoreRcptError any " +
        "recipient refused; nobody gets the message",
      advice: INVALID_MESSAGE,
    },
    [-8]: {
      meaning: "not logged on; or the server demands an authentication (530)",
      advice: "call logonSmtp; after 530 log off, add an authentication with setSecurity, and log on",
    },
    [-12]: {
      meaning: "a compulsory element is missing: nobody is set whom the message is from, or no recipient of any list",
      advice: "call setFrom, and one of setToList, setCcList and setBccList",
    },
  },
  clearMail: { [0]: done("the prepared message and the recipient details are forgotten") },
};

/** What a status means, in a few words; a text of the same form for one that the operation does not return. */
export function describeStatus(operation: UPopMailOperation, status: number): string {
  const meanings = STATUS_MEANINGS[operation];
  const key = status > 0 && Number.isInteger(status) ? 1 : status;
  return Object.hasOwn(meanings, key) ? meanings[key]!.meaning : `${operation} does not return ${status}`;
}
