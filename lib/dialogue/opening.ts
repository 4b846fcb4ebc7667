/**
 * From the first octet to a session that can take messages: greeting, EHLO, STARTTLS, EHLO again, AUTH (RFC 5321
 * section 3.1, RFC 3207, RFC 4954). Each step that was asked for happens or the session ends; none is skipped because the
 * server does not offer it.
 *
 * @module
 */
import { advise, type ProtocolError, ReplyError, UnsupportedError } from "../errors.ts";
import type { Mechanism } from "../sasl/mechanism.ts";
import { helloLine } from "../wire/command.ts";
import { Extensions, parseExtensions } from "../wire/extension.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import { authenticate } from "./authentication.ts";
import { type Dialogue, exchange, secure } from "./step.ts";
import { refused } from "./upkeep.ts";

/** The command that begins TLS. */
export const STARTTLS = "STARTTLS\r\n";

/** What is to happen before the first message. */
export interface OpeningPlan {
  /** Domain name or address literal for EHLO. */
  readonly clientName: string;
  /** Introduces the client. Default: {@link hello}. */
  readonly hello?: ((clientName: string) => Dialogue<Extensions>) | undefined;
  /** Change to TLS, which is then required. */
  readonly startTls: boolean;
  /** The mechanisms that fit the credentials, strongest first, from those that the server offers. Default: no AUTH. */
  readonly mechanisms?: ((offered: readonly string[]) => readonly (() => Mechanism)[]) | undefined;
}

/** What is known of a server once a session with it is open. */
export interface ServerState {
  /** Text of the greeting. */
  readonly greeting: string;
  /** What it offers, as it said last: after TLS. */
  readonly extensions: Extensions;
  /** The SASL mechanism that was used. */
  readonly mechanism: string | undefined;
  /** What the next session with it may do early. */
  readonly early?: EarlyOffer | undefined;
}

/** What a server takes before it has said its greeting, and other replies: Exim's PIPECONNECT. */
export interface EarlyOffer {
  /** The SASL mechanisms of its last EHLO; `undefined` where that came after STARTTLS and offered nothing early. */
  readonly mechanisms: readonly string[] | undefined;
}

/**
 * Opens a session.
 *
 * @throws {ReplyError} a step was refused; {@link UnsupportedError} one that was asked for is not offered
 */
export function* open(plan: OpeningPlan): Dialogue<ServerState> {
  const introduce = plan.hello ?? hello;
  const said = yield* greeting();
  const first = yield* introduce(plan.clientName);
  let extensions = first;
  if (plan.startTls) {
    yield* startTls(extensions);
    extensions = yield* introduce(plan.clientName);
  }
  const mechanism = yield* logOn(plan, extensions);
  return { greeting: said.info().text, extensions, mechanism, early: earlyOffer(first, extensions) };
}

/** Authenticates, if that is to happen; ends with the mechanism's name. */
export function* logOn(plan: OpeningPlan, extensions: Extensions): Dialogue<string | undefined> {
  const { mechanisms } = extensions;
  if (plan.mechanisms === undefined) return undefined;
  try {
    return yield* authenticate(plan.mechanisms(mechanisms), mechanisms);
  } catch (error) {
    if (mechanisms.length === 0) advise(error, { advice: offersStartTls(extensions) ? AUTH_IN_TLS : NO_AUTH });
    throw error;
  }
}

const AUTH_IN_TLS = 'AUTH is probably offered in TLS only: use tls: "starttls".';
const NO_AUTH = "Use a port for submission (587 or 465), or leave auth out, where a relay knows its clients otherwise.";

/** What is worth remembering of the first and the last reply to EHLO. */
export function earlyOffer(first: Extensions, last: Extensions): EarlyOffer | undefined {
  if (!first.has("PIPECONNECT")) return undefined;
  return { mechanisms: last.has("PIPECONNECT") ? last.mechanisms : undefined };
}

/** Waits for the greeting; with `early`, the next dialogue writes before it has come. */
export function* greeting(early = false): Dialogue<Reply> {
  const [reply] = yield* exchange("", ["greeting"], { last: early });
  if (reply!.code !== 220) throw refused("GREETING", "greeting", reply!);
  return reply!;
}

/**
 * Says EHLO, or HELO to a server that does not know EHLO (RFC 5321 section 3.2); such a server has no extensions, so that
 * whatever needs one fails later by name.
 */
export function* hello(clientName: string): Dialogue<Extensions> {
  const [reply] = yield* exchange(helloLine("EHLO", clientName), ["ehlo"]);
  if (reply!.code === 250) return parseExtensions(reply!);
  // 521 and 554 are about the host, not the command (RFC 5321 section 4.2.4.2, RFC 7504).
  if (reply!.code < 500 || reply!.code === 521 || reply!.code === 554) throw refused("EHLO", "ehlo", reply!);
  const [second] = yield* exchange(helloLine("HELO", clientName), ["ehlo"]);
  if (second!.code !== 250) throw refused("HELO", "ehlo", second!);
  return new Extensions();
}

/** Whether a server that was just asked for its extensions can change to TLS. */
export function offersStartTls(extensions: Extensions): boolean {
  return extensions.has("STARTTLS");
}

/**
 * Changes to TLS. What the server said before it is void: EHLO has to follow.
 *
 * @throws {UnsupportedError} the server does not offer STARTTLS
 */
export function* startTls(extensions: Extensions): Dialogue<void> {
  if (!offersStartTls(extensions)) {
    const text = "The server does not offer STARTTLS, and TLS is required";
    throw new UnsupportedError("EXTENSION_UNSUPPORTED", "starttls", "STARTTLS", text, {
      advice: 'Use tls: "implicit" and a port with TLS from the first octet, mostly 465.',
    });
  }
  const [reply] = yield* exchange(STARTTLS, ["starttls"]);
  yield* secureAfter(reply!);
}

/** Changes to TLS if the reply to STARTTLS lets it. */
export function* secureAfter(reply: Reply): Dialogue<void> {
  if (reply.code !== 220) throw startTlsRefused(reply);
  yield* secure();
}

function startTlsRefused(reply: Reply): ReplyError | ProtocolError {
  if (!reply.negative) return refused("STARTTLS", "starttls", reply);
  const info = reply.info();
  return new ReplyError("STARTTLS_FAILED", "starttls", `STARTTLS was refused: ${replyText(info)}`, {
    reply: info,
    command: "STARTTLS",
  });
}
