/**
 * What a case says: what is sent by whom, what its figure is, and what is to be reached.
 *
 * @module
 */
import { type ContestantName, CONTESTANTS, type RunsOn } from "./contestants.ts";
import type { Job, Measurement, MessageShape, Target } from "./job.ts";
import type { SourceJob } from "./smtp_source.ts";

/** What a job is made for. */
export interface Setting {
  readonly contestant: ContestantName;
  readonly target: Target;
  /** Milliseconds for a round trip. */
  readonly rtt: number;
  /** The file that is attached. */
  readonly path: string;
  /** How long to measure, 1 being the usual. */
  readonly effort: number;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  /** Round trips at which it is measured, milliseconds; 0 is the loopback device. */
  readonly rtts: readonly number[];
  readonly on: readonly ContestantName[];
  /** Who is measured where there is a round trip: those that wait for each recipient's reply would take minutes. */
  readonly onAfar?: readonly ContestantName[];
  /** Whether Deno and Bun are measured where there is a round trip; left out, Node alone is. */
  readonly everywhere?: boolean;
  readonly unit: string;
  readonly job: (setting: Setting) => Job;
  /** The same for Postfix's `smtp-source`. */
  readonly source?: (rtt: number) => SourceJob;
  /** The figure, in the unit. */
  readonly figure: (measurement: Measurement, rtt: number) => number;
  /** Whether a smaller figure is the better one; there is no ratio then. */
  readonly less?: boolean;
  /** What is shown beside the figure. */
  readonly beside?: "cpu" | "peak";
  /** Servers want STARTTLS and AUTH. */
  readonly secure?: boolean;
  /** Rounds, where they are not to be as many as usual. */
  readonly rounds?: number;
  readonly bars?: readonly Bar[];
}

/** What is to be reached. */
export interface Bar {
  readonly contestant: ContestantName;
  readonly rtt: number;
  /** Where it holds; left out, everywhere. */
  readonly runtime?: RunsOn;
  /** Least ratio to nodemailer on the same runtime. */
  readonly ratio?: number;
  /** Most of the case's unit. */
  readonly figure?: number;
  /** Most memory, megabytes. */
  readonly peak?: number;
  /** Most processor time for a message, as a multiple of what Postfix's `smtp-source` takes. */
  readonly cpu?: number;
}

/** Ratios at one round-trip time, for BDAT and for DATA. */
export function ratios(rtt: number, bdat: number, data?: number): readonly Bar[] {
  const first: Bar = { contestant: "posthaste-bdat", rtt, ratio: bdat };
  return data === undefined ? [first] : [first, { contestant: "posthaste-data", rtt, ratio: data }];
}

interface Sending {
  readonly sessions?: number;
  readonly inFlight?: number;
  readonly message?: MessageShape;
  /** Messages that have to be sent at least; the rest is a matter of time. */
  readonly least?: number;
  /** Messages before the clock runs. */
  readonly before?: number;
}

const SMALL: MessageShape = { recipients: 1, text: 1024 };

/** Sends for a while over open sessions; how long they take to open, and TCP to speed up, depends on the distance. */
export function sending({ sessions = 1, inFlight = 1, message = SMALL, least = 3, before = 1 }: Sending): Case["job"] {
  return ({ contestant, target, rtt, effort, path }) => ({
    kind: "send",
    client: CONTESTANTS[contestant].client!,
    target,
    message: {
      ...message,
      attachments: (message.attachments ?? []).map((one) => one.from === "file" ? { ...one, path } : one),
    },
    sessions,
    inFlight,
    warmUp: { count: before, milliseconds: before === 0 ? 0 : 300 * effort + 10 * rtt },
    measured: { count: least, milliseconds: 400 * effort + 5 * rtt },
    limit: 40_000,
  });
}

/** Composes for a while. */
export function composing(message: MessageShape): Case["job"] {
  return ({ contestant, effort }) => ({
    kind: "compose",
    client: CONTESTANTS[contestant].client!,
    message,
    warmUp: { count: 2, milliseconds: 300 * effort },
    measured: { count: 5, milliseconds: 300 * effort },
  });
}
