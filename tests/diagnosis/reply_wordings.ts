/**
 * Other words for the mistakes of `reply_mistakes.ts`, and what must not be taken for them.
 *
 * @module
 */
import type { SessionOptions } from "../../lib/session/options.ts";
import { type Answered, PASSWORD } from "./reply_mistakes.ts";

/** Wordings that are the same mistakes. */
export const ALSO_KNOWN: readonly (readonly [advice: string, to: Answered, reply: string, options?: SessionOptions])[] =
  [
    [
      "Authenticated SMTP",
      "AUTH",
      "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
      PASSWORD,
    ],
    [
      "Authenticated SMTP",
      "AUTH",
      "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
      PASSWORD,
    ],
    [
      "whole address",
      "AUTH",
      "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
      PASSWORD,
    ],
    ["SmtpClient", "AUTH", "535 auth failed (this user authenticate too many times)", PASSWORD],
    ["give auth", "RCPT", "550 5.7.1 Client was not authenticated"],
    ["give auth", "RCPT", "553 5.7.1 <ada@example.com>: Sender address rejected: not logged in"],
    ["give auth", "RCPT", "550 5.7.1 <bob@example.net>... Relaying denied"],
    ["give auth", "RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"],
    ["give auth", "RCPT", "454 4.7.1 <bob@example.net>: Relay access denied"],
    ["give auth", "RCPT", "554 5.7.1 <bob@example.net>: Recipient address rejected: Access denied"],
    ["client_certificate", "", "421 4.7.1 mx.example.net Error: No client certificate presented"],
    ["client_certificate", "", "421 4.7.1 mx.example.net Error: Client certificate not trusted"],
    ["right to send", "MAIL", "550 5.7.1 Client does not have permissions to send as this sender", PASSWORD],
    [
      "right to send",
      "MAIL",
      "550-Requested action not taken: mailbox unavailable\n550 Sender address is not allowed.",
      PASSWORD,
    ],
    [
      "no such mailbox",
      "RCPT",
      "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ],
    ["no such mailbox", "RCPT", "550 No such user here"],
    ["SPF", ".", "550 5.7.1 Unauthenticated email from example.com is not accepted due to domain's DMARC policy."],
    ["SPF", ".", "421 4.7.26 This mail has been rate limited because it is unauthenticated."],
    [
      "block list",
      "MAIL",
      "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent, as part of their network is on our block list (S3140).",
    ],
    ["block list", "", "521 5.7.1 Service unavailable"],
    [
      "limit",
      "",
      "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing transmission channel",
    ],
    ["limit", "MAIL", "451 4.7.500 Server busy. Please try again later from [192.0.2.1]."],
    ["limit", "MAIL", "421 4.7.28 Gmail has detected an unusual rate of unsolicited mail."],
    ["limit", "RCPT", "451 Greylisting in action, please come back later"],
    ["attachments", "MAIL", "552 5.3.4 Message size exceeds fixed limit"],
    ["attachments", ".", "552 Message size exceeds maximum permitted"],
    ["clientName", "RCPT", "450 4.7.1 <[127.0.0.1]>: Helo command rejected: Host not found"],
  ];

/** What sounds like a mistake above and is none, or is not known to be: it gets no advice. */
export const NOT_KNOWN: readonly (readonly [to: Answered, reply: string, options?: SessionOptions])[] = [
  ["MAIL", "550 5.7.1 Access denied"],
  // The words before the text are the client's, whatever the text holds.
  ["MAIL", "550 5.0.0 auth 535 5.7.139 nobody mail.example.com basic authentication"],
  ["MAIL", "550 5.1.8 <ada@example.com>: Sender address rejected: Domain not found"],
  ["RCPT", "550 5.1.2 <bob@example.net>: Recipient address rejected: Domain not found"],
  ["RCPT", "452 4.2.2 The recipient's inbox is out of storage space"],
  ["RCPT", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]"],
  ["RCPT", "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]"],
  [".", "550 5.7.1 Message rejected as spam by Content Filtering."],
  ["EHLO", "530 Please login with USER and PASS."],
  ["AUTH", "454 4.7.0 Temporary authentication failure: Connection lost to authentication server", PASSWORD],
  ["RCPT", "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", PASSWORD],
  ["RCPT", "550 5.7.1 Recipient address rejected: Policy"],
  ["RCPT", "550 5.7.0 Local policy violation"],
  ["RCPT", "550 Requested action not taken: mailbox unavailable"],
  ["RCPT", "504 5.5.2 <bob>: Recipient address rejected: need fully-qualified address"],
  ["RCPT", "551 5.7.1 forwarding through a relay is not our business"],
  ["RCPT", "552 5.5.3 too many recipients"],
  ["MAIL", "530 5.7.0 Authentication Required", PASSWORD],
  ["AUTH", "421 4.3.2 Service shutting down", PASSWORD],
  ["AUTH", "432 4.7.12 A password transition is needed", { auth: { ...PASSWORD.auth, mechanism: "PLAIN" } }],
  ["RCPT", "554 5.7.1 <bob@example.net>: Relay access is a word", PASSWORD],
  ["AUTH", "535 5.7.139 Authentication unsuccessful, the user account is disabled", PASSWORD],
  ["AUTH", "454 4.7.0 Too many authentication failures", PASSWORD],
  ["MAIL", "421 4.7.0 mx.example.net Error: too many errors"],
  ["RCPT", "452 4.2.2 too many messages in the mailbox"],
  [".", "554 5.7.1 A URL in this message is on a blacklist"],
  [".", "550 5.7.1 The address bob@example.net is on the suppression list"],
  ["MAIL", "552 5.2.2 exceeded storage allocation"],
  ["MAIL", "501 5.1.7 Bad sender address syntax"],
  ["MAIL", "451 4.3.0 Temporary lookup failure"],
  ["MAIL", "421 4.4.2 mx.example.net Error: timeout exceeded"],
  ["MAIL", "421 4.3.0 closing the connection"],
  [".", "554 5.3.0 rejected by content filter"],
  [".", "554 5.6.0 Message contains bare CR and was rejected"],
  [".", "554 5.4.6 Too many hops"],
  [".", "451 4.3.0 queue file write error"],
  ["AUTH", "501 5.5.2 Cannot decode AUTH parameter", PASSWORD],
  ["AUTH", "534 5.7.9 Authentication mechanism is too weak", PASSWORD],
  ["AUTH", "503 5.5.1 Error: authentication not enabled", PASSWORD],
  ["EHLO", "554 5.7.1 go away"],
  ["EHLO", "451 4.3.2 try later"],
  ["", "421 4.3.2 Service shutting down"],
  ["", "450 4.3.2 Service currently unavailable"],
];
