/**
 * What a server's refusal means for the set-up, as data. The wordings are those that servers are known to use: Postfix's,
 * Exim's and Exchange's own, and what Google, Microsoft, Yahoo, Zoho and others answer as users report it. A reply that is
 * not known gets no advice: a wrong hint costs more time than none.
 *
 * @module
 */
import type { ReplyInfo } from "./reply_error.ts";
import type { Phase } from "./smtp_error.ts";

/** What helps a message over a limit of size. */
export const TOO_LARGE = "Send less, or a link: base64 makes attachments a third larger.";

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
    /^auth 535 5\.7\.139 .*(?:is disabled|security defaults|criteria)/i,
    'An administrator has to allow it: "Authenticated SMTP" for the mailbox (aka.ms/smtp_auth_disabled), or its policy.',
  ],
  [
    /^auth 535 \S+ token /,
    "The access token has probably expired, is for another user, or lacks the scope for SMTP.",
  ],
  [
    /^auth 53[45] .*(?:application-specific|BadCredentials|#AUTH0)|^auth 535 \S+ \w+ \S*(?:mail\.me\.com|mail\.yahoo\.com|aol\.com|fastmail\.com) /i,
    "Give an app password from the account's security settings (Google: myaccount.google.com/apppasswords), not the " +
    "account's own; or oauth2(), where it is taken. The user is the whole address.",
  ],
  [
    /^auth [45]\d\d .*too many (?:log|auth|times)/i,
    "Log on less often: keep one SmtpClient for all messages.",
  ],
  [
    /^auth 535 /,
    "User or password is wrong; or the provider wants an app password, or SMTP switched on for the account first. Mostly " +
    "the user is the whole address.",
  ],
  [
    /^ehlo 50[14] |(?:helo|ehlo) command rejected|invalid (?:helo|ehlo)/i,
    'Set clientName to the full domain name of this machine, such as "app.example.com".',
  ],
  [
    /^(?!auth).*(?:not owned by user|SendAsDenied|permissions to send as|relaying disallowed as|sender address is not allowed)/i,
    "The account may not send as this sender: let from be an address of its own, or have the right granted.",
  ],
  [
    /^(?!auth|ehlo)\w+ (?:530 \S+ nobody |5\d\d \S+ nobody .*(?:not authenticated|not logged in|authentication required))/i,
    "The server wants a log-on first: give auth, such as { user, password }.",
  ],
  [
    /^rcpt .*(?:relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed|prohibited)|unable to relay|allowed rcpthosts)/i,
    "The server passes mail on to other domains only for its own users: give auth, with from in their domain, or use your " +
    "provider's server.",
  ],
  [
    /^(?:rcpt|final) 5\d\d 5\.1\.10? |^rcpt 55\d .*(?:user unknown|unknown user|no such user)/i,
    "There is no such mailbox: correct the address, and do not send to it again.",
  ],
  [
    /^(?!auth)\w+ [45]\d\d (?:[45]\.7\.26 |.*(?:unauthenticated email|sender is unauthenticated|DMARC))/i,
    "The domain of from does not vouch for this mail: name the sending server in its SPF record, or sign with dkim().",
  ],
  [
    /^greeting 5|^(?!auth)\w+ [45]\d\d .*(?:block ?list|black ?list|spamhaus|\bDNSBL|\bRBL\b|\bblocked using\b)/i,
    "This machine's address is refused, probably by a block list: have it taken off, or send through your provider (port 587 " +
    "or 465, with auth).",
  ],
  [
    /^(?!auth|ehlo|starttls)\w+ 4\d\d (?!.*client host rejected)(?:4\.7\.(?:[01]|28|\d{3}) |4\.5\.3 |.*(?:gr[ae]ylist|too (?:much|many|fast)|rate limit|maximum number of concurrent))/i,
    "A limit of the server's, or greylisting: send it again some minutes later. Lower messagesPerSecond, the pool's size or " +
    "the number of recipients.",
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
