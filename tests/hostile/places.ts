/**
 * The places of the matrix: how each is reached, what is said there by a server that means well, and how the client calls
 * it when it goes wrong there.
 *
 * @module
 */
import type { Fate, Phase } from "../../lib/errors.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import { LIMITS, PASSWORD, USER } from "./support/play.ts";
import type { Client, Place } from "./support/scenario.ts";

/** The ways in which a message goes out. */
export type Way = "in groups" | "step by step" | "by BDAT" | "by BDAT after a pause";

/** What a server offers for a message to go that way. */
export const OFFERS: Readonly<Record<Way, readonly string[]>> = {
  "in groups": ["PIPELINING", "8BITMIME"],
  "step by step": ["8BITMIME"],
  "by BDAT": ["PIPELINING", "CHUNKING", "8BITMIME"],
  // The content waits for the envelope's replies then.
  "by BDAT after a pause": ["PIPELINING", "CHUNKING", "8BITMIME"],
};

/** One place of the matrix. */
export interface Reached {
  readonly place: Place;
  /** Where there is more than one way to it. */
  readonly way?: Way;
  readonly client: Client;
  readonly options?: SessionOptions;
  readonly offers: readonly string[];
  /** The phase that errors name, and what became of the message when nothing more is heard. */
  readonly phase: Phase;
  readonly fate: Fate;
  readonly limit: number;
  /** A reply as it should be, without its line end. */
  readonly good: string;
  /** Codes that are no answer there. */
  readonly senseless: readonly number[];
}

const startTls: SessionOptions = { tls: "starttls" };
const plain: SessionOptions = { tls: "implicit", auth: { user: USER, password: PASSWORD } };
const login: SessionOptions = { tls: "implicit", auth: { user: USER, password: PASSWORD, mechanism: "LOGIN" } };

const EHLO = "250-server.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN";
const { greeting, command, data, content, final, quit } = LIMITS;

const opening = { client: "open", offers: ["STARTTLS", "AUTH PLAIN LOGIN"], fate: "unsent", limit: command } as const;

/** How a session is opened. */
const OPENING: readonly Reached[] = [
  {
    ...opening,
    place: "greeting",
    phase: "greeting",
    limit: greeting,
    good: "220 server.example ready",
    senseless: [200, 221, 250, 334, 354],
  },
  { ...opening, place: "ehlo", phase: "ehlo", good: EHLO, senseless: [200, 220, 235, 252, 334, 354] },
  {
    ...opening,
    place: "starttls",
    options: startTls,
    phase: "starttls",
    good: "220 2.0.0 go ahead",
    senseless: [221, 235, 250, 334, 354],
  },
  {
    ...opening,
    place: "ehlo again",
    options: startTls,
    phase: "ehlo",
    good: EHLO,
    senseless: [220, 235, 354],
  },
  {
    ...opening,
    place: "auth",
    options: plain,
    phase: "auth",
    good: "235 2.7.0 accepted",
    senseless: [200, 220, 250, 354],
  },
  {
    ...opening,
    place: "auth",
    options: login,
    phase: "auth",
    good: "334 VXNlcm5hbWU6",
    senseless: [250, 354],
  },
  {
    ...opening,
    place: "answer 1",
    options: login,
    phase: "auth",
    good: "334 UGFzc3dvcmQ6",
    senseless: [250, 354],
  },
  {
    ...opening,
    place: "answer 2",
    options: login,
    phase: "auth",
    good: "235 2.7.0 accepted",
    senseless: [220, 250, 354],
  },
];

/** How a message is sent, in each way. */
const SENDING: readonly Reached[] = (Object.keys(OFFERS) as Way[]).flatMap((way) => {
  const client = way === "by BDAT after a pause" ? "send after a pause" : "send";
  const sending = { way, client, offers: OFFERS[way] } as const;
  const whole: Fate = way === "by BDAT" ? "unknown" : "unsent";
  const envelope = { ...sending, fate: whole, limit: command } as const;
  const places: Reached[] = [
    { ...envelope, place: "mail", phase: "mail", good: "250 2.1.0 Ok", senseless: [334, 354] },
    { ...envelope, place: "rcpt", phase: "rcpt", good: "250 2.1.5 Ok", senseless: [334, 354] },
    {
      ...sending,
      place: "final",
      phase: "final",
      fate: "unknown",
      limit: final,
      good: "250 2.0.0 queued",
      senseless: [334, 354],
    },
  ];
  if (way.startsWith("by BDAT")) return places;
  return [...places, {
    ...sending,
    place: "data",
    phase: "data",
    fate: "unsent",
    limit: data,
    good: "354 go ahead",
    // 250 is what a server says that takes DATA for something else.
    senseless: [200, 220, 250, 334, 399],
  }];
});

/** Content in pieces. */
const CONTENT: readonly Reached[] = [
  {
    place: "chunk",
    client: "stream",
    offers: OFFERS["by BDAT"],
    phase: "content",
    fate: "unsent",
    limit: content,
    good: "250 2.0.0 so far",
    senseless: [334, 354],
  },
];

const shortly = { offers: ["PIPELINING"], fate: "unsent" } as const;

/** What is beside messages. */
const UPKEEP: readonly Reached[] = [
  {
    ...shortly,
    place: "rset",
    client: "reset",
    phase: "rset",
    limit: command,
    good: "250 2.0.0 Ok",
    senseless: [334, 354],
  },
  {
    ...shortly,
    place: "noop",
    client: "noop",
    phase: "noop",
    limit: command,
    good: "250 2.0.0 Ok",
    senseless: [334, 354],
  },
  {
    ...shortly,
    place: "command",
    client: "command",
    phase: "command",
    limit: command,
    good: "214 2.0.0 see RFC 5321",
    senseless: [334, 354],
  },
  { ...shortly, place: "quit", client: "log off", phase: "quit", limit: quit, good: "221 bye", senseless: [334, 354] },
];

/** All of them but those with acts of their own: connecting, the handshake, in mid-content, and idle. */
export const PLACES: readonly Reached[] = [...OPENING, ...SENDING, ...CONTENT, ...UPKEEP];
