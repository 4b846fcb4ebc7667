/**
 * What is known to hit clients of mail servers, a line each, and every scenario that there is.
 *
 * @module
 */
import { AUTHENTICATION } from "./authentication.ts";
import { EARLY } from "./early.ts";
import { LMTP } from "./lmtp.ts";
import { CERTIFICATES, ON_SOCKETS } from "./loopback.ts";
import { MATRIX } from "./matrix.ts";
import { OUT_OF_STEP } from "./out_of_step.ts";
import { POOLED } from "./pool.ts";
import { PRDR } from "./prdr.ts";
import { ROADS, TARGETS } from "./roads.ts";
import { PROXIES_ON_SOCKETS } from "./roads_loopback.ts";
import { SMUGGLING } from "./smuggling.ts";
import { SOURCES } from "./sources.ts";
import { INJECTED_IN_PIECES, STARTTLS } from "./starttls.ts";
import { ENDPOINTS, NOWHERE } from "./tokens.ts";
import { WORDS } from "./words.ts";

/** The threats: id, and what is done to a client. */
export const THREATS: Readonly<Record<string, string>> = {
  "smuggling": "content holds what a careless server takes for the end of data, with another message behind it",

  "injection before TLS": "octets stand in clear behind the reply to STARTTLS, to be taken for what came within TLS",
  "stripping": "STARTTLS is not offered, or the reply that offers it is lost, so that the client goes on in clear",
  "refused upgrade":
    "STARTTLS is refused, or answered by what is no refusal and no 220, with or without a session behind it",
  "stale knowledge": "what was offered before TLS is not offered within it",
  "handshake": "the handshake stalls, drips, is garbage, or ends",
  "certificate": "the certificate is another host's, too old, not trusted, or made to look right",
  "downgrade within TLS": "within TLS less is offered, or EHLO refused",
  "another session without TLS": "a session with TLS is broken off, and the next one is offered none",

  "another than remembered": "a server that took commands early is another one now, or stands in the way",

  "no AUTH offered": "credentials are given, and the server offers no AUTH",
  "mechanism downgrade": "only weaker mechanisms are offered, or another than was asked for by name",
  "refused credentials": "the credentials are refused, for good or for now",
  "endless challenges": "one challenge follows the other",
  "huge challenge": "a challenge is as long as the server likes",
  "challenge that is not base64": "a challenge is no base64",
  "challenge of a mechanism": "a challenge is base64, and nothing that the mechanism has",
  "early success": "success comes where it cannot",
  "token refused": "a token is refused with a challenge that gives the reason",
  "token endpoint": "a token endpoint answers what it likes, or nothing",
  "token source": "a function that is to give a token hangs, throws, or gives something else",
  "redirected secrets": "a token endpoint sends elsewhere, or is no place that a secret may be sent to",
  "scram lies": "SCRAM's first message has a wrong nonce, no salt, or an extension",
  "scram work": "SCRAM's iteration count is too low, too high, or no number",
  "scram unproved": "the server does not prove that it knows the password",
  "echoed secrets": "the credentials are repeated in a reply",

  "long line": "a line has no end",
  "many lines": "a reply has no end",
  "memory": "what has no end is kept in memory",
  "keywords": "the reply to EHLO is made to cost time, or to be taken for what it is not",
  "silent peer": "nothing more comes",
  "slow peer": "an octet comes now and then, or nothing is read",
  "late reply": "a reply comes when nobody waits for it any more",
  "no reply": "what comes is no reply at all",
  "wrong code": "a reply has a code that is no answer there",
  "lines disagree": "the lines of one reply have different codes",
  "split replies": "replies come in any pieces",
  "two replies": "a command is answered twice",
  "unsolicited reply": "a reply comes that nobody asked for",
  "half a reply": "a reply is begun before its command, and ended behind it",
  "early replies": "replies come before their commands",
  "success before the end": "content is accepted before it was seen",
  "early refusal": "content is refused before it was seen, and the connection ended",
  "refusal": "a command is refused, for good or for now",
  "two under way": "the session ends while more than one message is under way",
  "421 anywhere": "the server says 421",
  "close anywhere": "the server closes the connection",
  "reset anywhere": "the connection is reset",
  "nobody there": "nobody takes the connection",
  "replies for each recipient": "of the replies that each recipient has, some are missing, doubled, or no replies",
  "desync in the pool": "a session that is kept is out of step, or over, when the next message comes",
  "sent twice": "a message is given to another session although it may have been taken",
  "hostile proxy": "a proxy answers what it likes, or nothing, at any of its answers",
  "proxy that is none": "something else listens where a proxy should be",
  "octets behind a proxy's answer":
    "octets stand in clear behind a proxy's answer, to be taken for what came within TLS",
  "target that steers a proxy": "the server's name holds what would end the place where a proxy is told it",
  "text of the peer": "the server's words steer a terminal, forge a line of a log, or fill one",
};

/** What is needed to know of a scenario. */
interface Known {
  readonly name: string;
  readonly threats: readonly string[];
}

/** The scenarios that are tests of their own. */
const OTHERS: readonly Known[] = [
  ...CERTIFICATES.map(([name]) => ({ name: `certificate ${name}`, threats: ["certificate"] })),
  { name: "thirty floods leave nothing in memory", threats: ["memory"] },
  { name: "a port where nobody listens", threats: ["nobody there"] },
];

/** What must not be told a proxy. */
const TOLD: readonly Known[] = TARGETS.map((host) => ({
  name: `a proxy is told of ${JSON.stringify(host)}`,
  threats: ["target that steers a proxy"],
}));

/** What no secret is sent to. */
const UNSENT: readonly Known[] = NOWHERE.map((url) => ({
  name: `no secret is sent to ${JSON.stringify(url)}`,
  threats: ["redirected secrets"],
}));

/** All scenarios, by what plays them. */
export const SCENARIOS: Readonly<Record<string, readonly Known[]>> = {
  "matrix.test.ts": MATRIX,
  "scenarios.test.ts": [...OUT_OF_STEP, ...STARTTLS, ...INJECTED_IN_PIECES, ...AUTHENTICATION, ...WORDS, ...EARLY],
  "pool.test.ts": POOLED,
  "smuggling.test.ts": SMUGGLING,
  "each.test.ts": [...LMTP, ...PRDR],
  "roads.test.ts": [...ROADS, ...TOLD],
  "roads_loopback.test.ts": PROXIES_ON_SOCKETS,
  "sources.test.ts": SOURCES,
  "tokens.test.ts": [...ENDPOINTS, ...UNSENT],
  "loopback.test.ts": [...ON_SOCKETS, ...OTHERS],
};
