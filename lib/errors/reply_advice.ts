/**
 * What a server's refusal means for the set-up, as data. The wordings are those that servers are known to use: Postfix's,
 * Exim's and Exchange's own, and what Google, Microsoft, Yahoo, Zoho and others answer as users report it. A reply that is
 * not known gets no advice: a wrong hint costs more time than none.
 *
 * @module
 */
import type { ReplyInfo } from "./reply_info.ts";
import type { Phase } from "./smtp_error.ts";

/** What helps a message over a limit of size. */
export const TOO_LARGE = "Send less, or a link: attachments grow by a third.";

/** What helps with a server that knows its clients by their certificates. */
export const CLIENT_CERTIFICATE = "Put client_certificate and client_key into the TLS profile.";

/** What is known of the session that was answered. */
export interface Situation {
  readonly phase: Phase;
  /** What the client logs on with. */
  readonly by: "nobody" | "password" | "token";
  readonly host: string;
}

/**
 * Patterns for `phase code enhanced by host text`, and what to do; the first that fits counts. The first five words hold
 * no blank, so that no text of the server's can pass for them.
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  [
    /^\w+ 530 .*STARTTLS|^auth 538 /i,
    'The server wants TLS first: use tls: "starttls" (port 587) or "implicit" (465).',
  ],
  [
    /^auth 535 5\.7\.139 .*basic auth/i,
    "Passwords, app passwords too, are not taken here: use oauth2().",
  ],
  [
    /^auth 535 5\.7\.139 .*(?:SmtpClientAuthentication|security defaults|criteria)/i,
    'An administrator has to allow it: "Authenticated SMTP" for the mailbox, or the policy that forbids it.',
  ],
  [
    /^auth 535 \S+ token /,
    "The access token has probably expired, is for another user, or lacks the scope for SMTP.",
  ],
  [
    /^auth 53[45] .*(?:application-specific|BadCredentials|#AUTH0)|^auth 535 \S+ \w+ (?:\S+\.)?(?:mail\.me\.com|mail\.yahoo\.com|aol\.com|fastmail\.com) /i,
    "Use an app password, made in the account's security settings, or oauth2() where it is taken; the user is the whole " +
    "address.",
  ],
  [/^auth [45]\d\d .*(?:too many log|too many times)/i, "Log on less often: keep one SmtpClient for all messages."],
  [
    /^auth 535 (?:(?!5\.7\.139 )|.*credentials were incorrect)/,
    "User (mostly the whole address) or password is wrong; or the provider wants an app password, or SMTP switched on for " +
    "the account.",
  ],
  [
    /^ehlo 50[14] |(?:helo|ehlo) command rejected|invalid (?:helo|ehlo)/i,
    "Set clientName to this machine's full domain name.",
  ],
  [
    /^(?!auth).*(?:not owned by user|SendAsDenied|permissions to send as|relaying disallowed as|sender address is not allowed)/i,
    "Let from be an address of the account's, or have it granted the right to send as another.",
  ],
  [
    /^(?!auth|ehlo)\w+ (?:530 \S+ nobody |5\d\d \S+ nobody .*(?:not authenticated|not logged in|authentication required))/i,
    "The server wants a log-on first: give auth.",
  ],
  [
    /^rcpt 55\d \S+ nobody .*rejected: Access denied$|^rcpt .*(?:relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed|prohibited)|unable to relay|allowed rcpthosts)/i,
    "Only its own users may send to other domains: give auth, and a from of theirs, or use your provider's server.",
  ],
  [
    /^(?:rcpt|final) 5\d\d 5\.1\.10? |^rcpt 55\d .*(?:user unknown|unknown user|no such user)/i,
    "There is no such mailbox: correct the address.",
  ],
  [
    /^(?!auth)\w+ [45]\d\d (?:[45]\.7\.26 |.*(?:unauthenticated email|sender is unauthenticated|DMARC))/i,
    "Name the sending server in the SPF record of from's domain, or sign with dkim().",
  ],
  [
    /^greeting 5|^(?!auth)\w+ [45]\d\d (?=.*(?:\bIP\b|client host|network|\[[\d.]+\])).*(?:block ?list|black ?list|blocked using)/i,
    "This machine's address is refused, probably by a block list: have it taken off, or use your provider's server (port " +
    "587 or 465).",
  ],
  // Postfix's smtpd_tls_req_ccert; a server that asks within the handshake ends that.
  [/^\w+ [45]\d\d .*\bclient certificate/i, CLIENT_CERTIFICATE],
  [
    /^(?!auth|ehlo|starttls)\w+ 4\d\d (?!4\.2\.2 |.*(?:client host rejected|too many errors))(?:4\.7\.(?:[01]|28|\d{3}) |4\.5\.3 |.*(?:gr[ae]ylist|too (?:much mail|fast|many .{0,20}(?:connection|message|recipient|session))|rate limit|maximum number of concurrent))/i,
    "Probably a limit of the server's, or greylisting: try again some minutes later. Lower messagesPerSecond, size or recipients.",
  ],
  [
    /^(?:mail|data|final) 55[0-4] (?:5\.3\.4 |5\.2\.3 |.*(?:message|content) (?:size )?(?:too (?:large|big)|exceeds))/i,
    TOO_LARGE,
  ],
];

/** What to change after a refusal; `undefined` for one that is not known. */
export function adviceOnReply({ code, enhanced, text }: ReplyInfo, { phase, by, host }: Situation): string | undefined {
  const line = `${phase} ${code} ${enhanced ?? "-"} ${by} ${host} ${text.replaceAll("\n", " ")}`;
  return RULES.find(([pattern]) => pattern.test(line))?.[1];
}
