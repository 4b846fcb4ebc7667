/**
 * How a conversation with a server is written down.
 *
 * SMTP is a conversation over one stream of octets, and almost everything that goes wrong in clients goes wrong where the
 * conversation and the stream are mixed up: a reply is taken for the answer to something else, a command is written while
 * content is still going out, a buffered octet survives the change to TLS. So the two are kept apart here.
 *
 * A **dialogue** is a generator. It knows the conversation, and nothing else: no socket, no clock, no promise. It yields
 * what it wants done next, and is resumed with the outcome, once that is complete:
 *
 * - {@link Exchange}: "write these octets, and perhaps this content; I am owed so many replies". It is resumed with all
 *   of them, in order. A dialogue that wants to react to each reply asks for one; one that sends a group of commands
 *   (RFC 2920) asks for as many as the group has.
 * - {@link Secure}: "change to TLS now". Refused when a single octet is left over from before: whatever it is, it came in
 *   clear, and would be taken for something that the authenticated server said.
 * - {@link Resolve}: "wait for this promise", for what only exists as one, such as an access token.
 *
 * The **pipeline** runs dialogues over one connection. It keeps the list of replies that are owed, and to whom; a reply
 * that nobody is owed is a protocol error. One dialogue at a time has the turn to write. It gives the turn up when it
 * ends, or earlier, by marking an exchange as its `last`: from there on it will only listen, whatever the replies are. The
 * next dialogue then writes right behind it, and this is all there is to pipelining across messages: the next MAIL rides
 * behind this message's final dot because the dialogue of this one has said that nothing will follow the dot.
 *
 * An exchange that `commits` is one after which the message may be on its way: once its last octet has been handed to the
 * platform, a lost reply means that the message's fate is unknown. Before that, it is certainly unsent.
 *
 * With BDAT (RFC 3030) a message can go out whole, from MAIL to the last octet of its content, in one exchange that is the
 * dialogue's first and last, and many messages can be under way. How many is the **window**: every one of them is in doubt
 * should the connection break. Content that is not in memory goes out in chunks, each with a reply of its own, and can be
 * broken off between two of them without ending the session.
 *
 * A server that says 421 closes the session (RFC 5321 section 3.8); what it says to messages that it had before is still
 * listened to, so that none of them is in doubt for want of listening.
 *
 * The **driver** (one floor up) owns the socket and the clock. It moves octets between the two and knows no command.
 *
 * @module
 */
import { decodeUtf8 } from "../bytes/ascii.ts";
import type { Phase } from "../errors.ts";
import type { Reply } from "../wire/reply.ts";

/** Content in pieces; what the generator returns ends the content on the wire. */
export type ContentPieces = AsyncGenerator<Uint8Array, Uint8Array, undefined>;

/** Content in memory: ASCII text, or octets in pieces. */
export type Body = string | readonly Uint8Array[];

/** Write, then be resumed with the replies that are owed for it. */
export interface Exchange {
  readonly kind: "exchange";
  /** Command lines to write first, as text or as octets; empty when only a reply is awaited, such as the greeting. */
  readonly octets: string | Uint8Array;
  /** Content in memory, written right behind the octets. */
  readonly body: Body | undefined;
  /** What to write behind the octets, when it is not in memory. Ready for the wire; the return value is what ends it. */
  readonly content: ContentPieces | undefined;
  /** Each piece of the content is a command with a reply of its own (BDAT), so that the content can be broken off. */
  readonly chunked: boolean;
  /** Whether the replies so far leave no sense in the rest of the content. */
  readonly isLost: ((replies: readonly Reply[]) => boolean) | undefined;
  /** The replies owed, each as the phase that it belongs to; those for chunks come on top. */
  readonly owed: readonly Phase[];
  /** The dialogue writes nothing more, whatever the replies are. */
  readonly last: boolean;
  /** Once all of it is handed over, the server may act on it for good. */
  readonly commits: boolean;
  /** What a protocol log shows instead of the octets: for secrets, and for content. */
  readonly shown: string | undefined;
  /** What must not be shown should this reply or a later one echo it. */
  readonly secrets: readonly string[] | undefined;
  /** Where the replies go as they come, for a dialogue that makes something of them also when not all of them do. */
  readonly heard: Reply[] | undefined;
}

/** Change to TLS; resumed with nothing. */
export interface Secure {
  readonly kind: "secure";
}

/** Wait for a promise; resumed with its value, or its rejection is thrown into the dialogue. */
export interface Resolve {
  readonly kind: "resolve";
  readonly start: () => Promise<unknown>;
}

/** What a dialogue can ask for. */
export type Step = Exchange | Secure | Resolve;

/** A conversation that ends with a `T`. */
export type Dialogue<T> = Generator<Step, T, unknown>;

/** Optional parts of an exchange. */
export interface ExchangeOptions {
  readonly body?: Body | undefined;
  readonly content?: ContentPieces | undefined;
  readonly chunked?: boolean;
  readonly isLost?: (replies: readonly Reply[]) => boolean;
  readonly last?: boolean;
  readonly commits?: boolean;
  readonly shown?: string | undefined;
  readonly secrets?: readonly string[];
  readonly heard?: Reply[];
}

/** What an exchange is resumed with. */
export interface Answers {
  readonly replies: readonly Reply[];
  /** Whether all of the content was written; chunked content may be broken off. */
  readonly whole: boolean;
}

/** Every key, so that none of an exchange's is looked for in a prototype. */
const PLAIN: Omit<Exchange, "kind" | "octets" | "owed"> = {
  body: undefined,
  content: undefined,
  chunked: false,
  isLost: undefined,
  last: false,
  commits: false,
  shown: undefined,
  secrets: undefined,
  heard: undefined,
};

/** An exchange, to be yielded. */
export function exchangeStep(
  octets: string | Uint8Array,
  owed: readonly Phase[],
  options: ExchangeOptions = {},
): Exchange {
  return { kind: "exchange", octets, owed, ...PLAIN, ...options };
}

/** Writes octets and ends with the replies owed for them, as many as `owed` has phases. */
export function* exchange(
  octets: string | Uint8Array,
  owed: readonly Phase[],
  options?: ExchangeOptions,
): Dialogue<readonly Reply[]> {
  return ((yield exchangeStep(octets, owed, options)) as Answers).replies;
}

/** Changes to TLS. */
export function* secure(): Dialogue<void> {
  yield { kind: "secure" };
}

/** Waits for a promise. */
export function* resolve<T>(start: () => Promise<T>): Dialogue<T> {
  return (yield { kind: "resolve", start }) as T;
}

/** What a protocol log shows of an exchange. */
export function shownAs({ octets, body, shown }: Exchange): string {
  if (shown !== undefined) return shown;
  const lines = (typeof octets === "string" ? octets : decodeUtf8(octets)).trimEnd();
  if (body === undefined) return lines;
  const size = typeof body === "string" ? body.length : body.reduce((sum, piece) => sum + piece.length, 0);
  return `${lines}${lines === "" ? "" : "\n"}(${size} octets of content)`;
}
