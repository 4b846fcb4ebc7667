/**
 * What a scenario is made of: where in a session a server turns hostile, what it does there, and what a correct client
 * makes of it. All of it is data; `play.ts` carries it out.
 *
 * @module
 */
import type { EarlyOffer } from "../../../lib/dialogue/opening.ts";
import type { Fate, Phase, SmtpErrorCode } from "../../../lib/errors.ts";
import type { SessionOptions } from "../../../lib/session/options.ts";

/** A place in a session, by what the server has to say there. */
export type Place =
  | "greeting"
  | "ehlo"
  | "helo"
  | "starttls"
  | "tls" // the handshake
  | "ehlo again" // within TLS
  | "auth"
  | "answer 1" // the reply to the first response, such as LOGIN's name
  | "answer 2"
  | "answer 3" // and all that follow
  | "mail"
  | "rcpt"
  | "data"
  | "content" // while content is coming in
  | "chunk" // the reply to BDAT without LAST
  | "final"
  | "rset"
  | "noop"
  | "command" // whatever else is said between messages
  | "quit"
  | "idle"; // behind a message that was accepted

/** What a server does at a place. */
export type Act =
  | { readonly do: "close" | "reset" | "hang" | "stop reading" | "fail" }
  /** Says this, a character being an octet and what stands in double braces written as base64, and then goes on as if nothing was (default), or does what it says. */
  | { readonly do: "say"; readonly text: string; readonly then?: "close" | "reset" | "hang" | undefined }
  /** Says it in pieces of one octet, one each second. */
  | { readonly do: "drip"; readonly text: string }
  /** Repeats it without a pause, so many octets in all, and goes silent. */
  | { readonly do: "flood"; readonly unit: string; readonly octets: number; readonly before?: string }
  /** Says it so many milliseconds later; takes nothing in meanwhile. */
  | { readonly do: "late"; readonly text: string; readonly ms: number };

/** An error, as far as a caller can tell errors apart. */
export interface Failing {
  readonly name: string;
  readonly code: SmtpErrorCode;
  readonly phase: Phase;
  /** Default `unsent`. */
  readonly fate?: Fate;
  readonly retryable: boolean;
  /** Default `false`. */
  readonly sessionUsable?: boolean;
}

/** What a client is asked to do, the last of it being what the expectation is about. */
export type Client =
  | "open"
  | "send" // one message
  | "send after a pause" // of more than ten seconds
  | "send all" // one message, to all its recipients or none
  | "stream" // one message whose content comes in pieces
  | "send twice" // a second message behind the first, without waiting
  | "send again" // a second message when the first has ended well
  | "reset"
  | "noop"
  | "command"
  | "log off";

/** One scenario. */
export interface Scenario {
  readonly name: string;
  /** Ids of the threats (`threats.ts`) that it stands for. */
  readonly threats: readonly string[];
  readonly client: Client;
  readonly options?: SessionOptions;
  /** Keywords of EHLO; default PIPELINING. */
  readonly offers?: readonly string[];
  /** The same within TLS, where it differs. */
  readonly offersInTls?: readonly string[];
  readonly acts: Partial<Readonly<Record<Place, Act>>>;
  /** What the client remembers of the server (PIPECONNECT), so that it opens the session early. */
  readonly remembered?: EarlyOffer;
  /** Sessions that it takes; default 1. */
  readonly sessions?: number;
  /** The client has something to compute, which takes time of another clock than the scenario's. */
  readonly computes?: boolean;
  /** Everything arrives in pieces of so many octets. */
  readonly pieces?: number;
  /** What becomes of it; of several messages, what becomes of each. */
  readonly outcome: "fine" | Failing;
  readonly first?: "fine" | Failing;
  /** With an outcome that leaves the session as it is: why it is over all the same. */
  readonly over?: Partial<Failing>;
  /** Octets that the client may take from the server; default 200,000. */
  readonly most?: number;
  /** Commands that must not be heard, by how they begin. */
  readonly unheard?: readonly string[];
}
