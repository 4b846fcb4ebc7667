/**
 * What is measured, and how much of it.
 *
 * @module
 */
import type { ContestantName } from "./contestants.ts";
import type { Extent, Job, Measurement, MessageShape, Target } from "./job.ts";
import { CONTESTANTS } from "./contestants.ts";

/** What a job is made for. */
export interface Setting {
  readonly contestant: ContestantName;
  readonly target: Target;
  /** Milliseconds for a round trip. */
  readonly rtt: number;
  /** A file of {@link FILE_SIZE} octets. */
  readonly path: string;
  /** How long to measure, 1 being the usual. */
  readonly effort: number;
}

/** A case. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** Round trips at which it is measured, milliseconds; 0 is the loopback device. */
  readonly rtts: readonly number[];
  readonly on: readonly ContestantName[];
  readonly unit: string;
  readonly job: (setting: Setting) => Job;
  /** The figure, in the unit. */
  readonly figure: (measurement: Measurement, rtt: number) => number;
  /** Whether a smaller figure is the better one. */
  readonly less?: boolean;
  /** Ratios to nodemailer that are to be reached, or for `less` figures that are not to be exceeded. */
  readonly bars?: readonly Bar[];
}

export interface Bar {
  readonly contestant: ContestantName;
  readonly rtt: number;
  readonly ratio?: number;
  readonly figure?: number;
}

const MEGABYTE = 1_000_000;
export const FILE_SIZE = 25 * MEGABYTE;

const OURS = ["posthaste-bdat", "posthaste-data"] as const;
const ALL: readonly ContestantName[] = [...OURS, "nodemailer", "nodemailer-direct", "emailjs", "upyo"];
const KEEPING: readonly ContestantName[] = ALL.filter((name) => name !== "nodemailer-direct");

/** Bars at one round-trip time, for BDAT and for DATA. */
function bars(rtt: number, bdat: number, data?: number): readonly Bar[] {
  const first: Bar = { contestant: "posthaste-bdat", rtt, ratio: bdat };
  return data === undefined ? [first] : [first, { contestant: "posthaste-data", rtt, ratio: data }];
}

interface Sending {
  readonly sessions?: number;
  readonly inFlight?: number;
  readonly message?: MessageShape;
  /** Messages that have to be sent at least; the rest is a matter of time. */
  readonly least?: number;
}

/** Sending for a while over open sessions. */
function sending(
  { sessions = 1, inFlight = 1, message = { recipients: 1, text: 1024 }, least = 5 }: Sending,
): Case["job"] {
  return ({ contestant, target, effort, path }) => {
    const measured: Extent = { count: least, milliseconds: 500 * effort };
    const warmUp: Extent = { count: 1, milliseconds: 300 * effort };
    const attachments = message.attachments?.map((one) => one.from === "file" ? { ...one, path } : one);
    const whole = attachments === undefined ? message : { ...message, attachments };
    const { client } = CONTESTANTS[contestant];
    return { kind: "send", client, target, message: whole, sessions, inFlight, warmUp, measured, limit: 20_000 };
  };
}

function composing(message: MessageShape): Case["job"] {
  return ({ contestant, effort }) => ({
    kind: "compose",
    client: CONTESTANTS[contestant].client,
    message,
    warmUp: { count: 2, milliseconds: 300 * effort },
    measured: { count: 5, milliseconds: 400 * effort },
  });
}

const rate = ({ rate }: Measurement): number => rate;

export const CASES: readonly Case[] = [
  {
    name: "one",
    title: "1 KB, one session, one at a time",
    rtts: [0, 20, 100],
    on: ALL,
    unit: "messages/s",
    job: sending({}),
    figure: rate,
    bars: bars(0, 6, 5),
  },
  {
    name: "hundred",
    title: "1 KB, one session, 100 in flight",
    rtts: [0, 20, 100],
    on: KEEPING,
    unit: "messages/s",
    job: sending({ inFlight: 100 }),
    figure: rate,
    bars: bars(0, 40, 8),
  },
  {
    name: "compose-text",
    title: "Compose alone: 1 KB of text",
    rtts: [0],
    on: ["posthaste-bdat", "nodemailer", "emailjs"],
    unit: "messages/s",
    job: composing({ recipients: 1, text: 1024 }),
    figure: rate,
    bars: bars(0, 15),
  },
  {
    name: "compose-files",
    title: "Compose alone: text, HTML, two attachments of 100 KB",
    rtts: [0],
    on: ["posthaste-bdat", "nodemailer", "emailjs"],
    unit: "messages/s",
    job: composing({
      recipients: 1,
      text: 1024,
      html: 2048,
      attachments: [{ from: "memory", size: 100_000 }, { from: "memory", size: 100_000 }],
    }),
    figure: rate,
    bars: bars(0, 4),
  },
  {
    name: "compose-long",
    title: "Compose alone: 300 KB of text",
    rtts: [0],
    on: ["posthaste-bdat", "nodemailer", "emailjs"],
    unit: "messages/s",
    job: composing({ recipients: 1, text: 300_000 }),
    figure: rate,
  },
];
