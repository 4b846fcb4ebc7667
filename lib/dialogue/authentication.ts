/**
 * AUTH (RFC 4954): carries a SASL mechanism over the session.
 *
 * @module
 */
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { AuthenticationError, ProtocolError, UnsupportedError } from "../errors.ts";
import type { Mechanism } from "../sasl/mechanism.ts";
import { AUTH_LINE_LIMIT, commandLine } from "../wire/command.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import { type Dialogue, exchange, resolve } from "./step.ts";
import { refused } from "./upkeep.ts";

/** Challenges a server may send before it is taken to have no end in mind. Own limit; SCRAM needs two. */
const ROUNDS = 8;

/** Octets of a command line with its CRLF, over which an initial response waits for a challenge (RFC 4954 section 4). */
const INITIAL_RESPONSE_LIMIT = 512;

const NOTHING = new Uint8Array(0);
const decoder = new TextDecoder();

/**
 * Authenticates with the first of the candidates that the server can do; ends with the mechanism's name. The next one is
 * tried only when what the server says is about the mechanism, never when it refuses the credentials.
 *
 * @throws {AuthenticationError} the credentials were refused
 * @throws {UnsupportedError} when there is no candidate: `EXTENSION_UNSUPPORTED` when the server offers no AUTH at all,
 *   `MECHANISM_UNSUPPORTED` when it offers other mechanisms
 */
export function* authenticate(
  candidates: readonly (() => Mechanism)[],
  offered: readonly string[],
): Dialogue<string> {
  if (candidates.length === 0) {
    const text = offered.length === 0
      ? "The server does not offer AUTH here, and credentials were given"
      : `The server offers AUTH ${offered.join(" ")}, and none of these fits the credentials`;
    const code = offered.length === 0 ? "EXTENSION_UNSUPPORTED" : "MECHANISM_UNSUPPORTED";
    throw new UnsupportedError(code, "auth", "AUTH", text);
  }
  for (const [index, make] of candidates.entries()) {
    const command = yield* authCommand(make());
    const first = yield* begin(command);
    const reply = yield* answerChallenges(command, first);
    if (wantsAnother(reply) && index + 1 < candidates.length) continue;
    return yield* conclude(command.mechanism, reply);
  }
  throw new TypeError("unreachable");
}

/**
 * Whether a reply is about the mechanism (RFC 4954 section 6). 504: the server does not know what it offers. 432: it has
 * to see the password once before it can do this one. What is left is weaker, and so it is tried after neither 534 (too
 * weak as it is) nor 538 (not without encryption).
 */
export function wantsAnother(reply: Reply): boolean {
  return reply.code === 504 || reply.code === 432;
}

/** AUTH, ready to be written. */
export interface AuthCommand {
  readonly mechanism: Mechanism;
  /** With its CRLF. */
  readonly line: string;
  /** The line without the response. */
  readonly shown: string;
  /** What a server could echo; it goes along with the responses. */
  readonly secrets: string[];
  /** An initial response that does not fit on the line and waits for a challenge. */
  readonly waiting: Uint8Array | undefined;
}

/** Makes the command that begins with a mechanism, and with its initial response if it has one that fits. */
export function* authCommand(mechanism: Mechanism): Dialogue<AuthCommand> {
  const secrets: string[] = [];
  let waiting = yield* settled(mechanism.initial());
  let line = `AUTH ${mechanism.name}`;
  let shown = line;
  if (waiting !== undefined) {
    remember(waiting, secrets);
    const text = waiting.length === 0 ? "=" : toBase64(waiting);
    if (line.length + 1 + text.length + 2 <= INITIAL_RESPONSE_LIMIT) {
      line += ` ${text}`;
      shown += " ***";
      waiting = undefined;
    }
  }
  return { mechanism, line: commandLine(line, { limit: AUTH_LINE_LIMIT }), shown, secrets, waiting };
}

/**
 * Ends with the mechanism's name when the reply that ended the exchange says so; throws when it does not. When the
 * credentials were refused and the mechanism has others, such as a newer token, they are tried, once.
 */
export function* conclude(mechanism: Mechanism, reply: Reply): Dialogue<string> {
  const again = reply.code === 535 ? yield* settled(mechanism.again?.()) : undefined;
  if (again === undefined) return verdict(mechanism, reply);
  const command = yield* authCommand(again);
  return verdict(again, yield* answerChallenges(command, yield* begin(command)));
}

function* begin({ line, shown, secrets }: AuthCommand): Dialogue<Reply> {
  const [reply] = yield* exchange(line, ["auth"], { shown, secrets });
  return reply!;
}

function verdict(mechanism: Mechanism, reply: Reply): string {
  if (reply.negative) throw failure(mechanism, reply);
  if (reply.code !== 235) throw refused(`AUTH ${mechanism.name}`, "auth", reply);
  mechanism.finish?.();
  return mechanism.name;
}

/** Runs a mechanism from the first reply up to the one that ends the exchange. */
export function* answerChallenges({ mechanism, secrets, waiting }: AuthCommand, first: Reply): Dialogue<Reply> {
  let initial = waiting;
  let reply = first;
  for (let round = 0; reply.code === 334; round++) {
    if (round === ROUNDS) {
      yield* cancel(secrets);
      throw new ProtocolError("auth", `The server sent more than ${ROUNDS} challenges`);
    }
    const challenge = decodeChallenge(reply);
    if (challenge === undefined) {
      yield* cancel(secrets);
      throw new ProtocolError("auth", "The server sent a challenge that is not base64");
    }
    let response: Uint8Array;
    if (initial !== undefined) {
      response = initial;
      initial = undefined;
    } else {
      try {
        response = yield* settled(mechanism.next(challenge));
      } catch (error) {
        yield* cancel(secrets);
        throw error;
      }
    }
    remember(response, secrets);
    reply = yield* say(toBase64(response), "***", secrets);
  }
  return reply;
}

function* settled<T>(value: T | Promise<T>): Dialogue<T> {
  if (!(value instanceof Promise)) return value;
  // The session may end before anybody waits for it; its failure then is nobody's.
  value.catch(() => {});
  return yield* resolve(() => value);
}

/**
 * Puts what a server could echo of a response in the place of what it could echo of the one before: the base64, the last
 * field, which is where every mechanism has its secret, and the last word of it.
 */
function remember(response: Uint8Array, secrets: string[]): void {
  if (response.length === 0) return;
  // deno-lint-ignore no-control-regex
  const field = decoder.decode(response).split(/[\x00\x01]+/).findLast((one) => one !== "") ?? "";
  const words = [field, field.slice(field.lastIndexOf(" ") + 1)].filter((word) => word.length > 2);
  secrets.splice(0, secrets.length, toBase64(response), ...words);
}

function* say(line: string, shown: string, secrets: readonly string[]): Dialogue<Reply> {
  const [reply] = yield* exchange(commandLine(line, { limit: AUTH_LINE_LIMIT }), ["auth"], { shown, secrets });
  return reply!;
}

/** Ends the exchange from our side (RFC 4954 section 4); what the server says to it changes nothing. */
function* cancel(secrets: readonly string[]): Dialogue<void> {
  yield* say("*", "*", secrets);
}

function decodeChallenge(reply: Reply): Uint8Array | undefined {
  const text = reply.lines().join("").trim();
  return text === "" ? NOTHING : fromBase64(text);
}

function failure(mechanism: Mechanism, reply: Reply): AuthenticationError {
  const info = reply.info();
  const detail = mechanism.failure === undefined ? "" : ` (${mechanism.failure})`;
  const text = `AUTH ${mechanism.name} was refused: ${replyText(info)}${detail}`;
  return new AuthenticationError(mechanism.name, text, { reply: info, command: `AUTH ${mechanism.name}` });
}
