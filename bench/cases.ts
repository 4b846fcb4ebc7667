/**
 * What is measured.
 *
 * @module
 */
import { type Case, composing, ratios, sending } from "./case.ts";
import type { ContestantName } from "./contestants.ts";
import { CONTESTANTS } from "./contestants.ts";
import type { AttachmentShape, Measurement } from "./job.ts";

const MEGABYTE = 1_000_000;
export const FILE_SIZE = 25 * MEGABYTE;

const OURS = ["posthaste-bdat", "posthaste-data"] as const;
const KEEPING: readonly ContestantName[] = [...OURS, "nodemailer", "emailjs", "upyo"];
const GROUPING: readonly ContestantName[] = [...OURS, "nodemailer"];
const COMPOSING: readonly ContestantName[] = ["posthaste", "nodemailer", "emailjs"];

const rate = ({ rate }: Measurement): number => rate;
const megabytes = ({ rate }: Measurement): number => rate * FILE_SIZE / MEGABYTE;

const SMALL: readonly Case[] = [
  {
    name: "one",
    title: "1 KB, one session, one at a time",
    rtts: [0, 20, 100],
    on: [...OURS, "nodemailer", "nodemailer-direct", "emailjs", "upyo", "smtp-source"],
    unit: "messages/s",
    job: sending({}),
    source: (rtt) => ({ messages: rtt === 0 ? 2000 : 5, sessions: 1, recipients: 1 }),
    figure: rate,
    beside: "cpu",
    bars: [
      ...ratios(0, 6, 5),
      { contestant: "posthaste-bdat", rtt: 0, runtime: "node", cpu: 2 },
      { contestant: "posthaste-data", rtt: 0, runtime: "node", cpu: 2 },
    ],
  },
  {
    name: "hundred",
    title: "1 KB, one session, 100 in flight",
    rtts: [0, 20, 100],
    on: KEEPING,
    unit: "messages/s",
    job: sending({ inFlight: 100 }),
    figure: rate,
    bars: ratios(0, 40, 8),
  },
  {
    name: "thousand",
    title: "1 KB, one session, 1,000 in flight",
    rtts: [20],
    on: GROUPING,
    everywhere: true,
    unit: "messages/s",
    job: sending({ inFlight: 1000 }),
    figure: rate,
    bars: ratios(20, 400, 1.9),
  },
  {
    name: "pool",
    title: "1 KB, pool of 10, 1,000 in flight",
    rtts: [0, 20, 100],
    on: [...OURS, "nodemailer", "upyo", "smtp-source"],
    unit: "messages/s",
    job: sending({ sessions: 10, inFlight: 1000, least: 20 }),
    source: (rtt) => ({ messages: rtt === 0 ? 3000 : 50, sessions: 10, recipients: 1 }),
    figure: rate,
    bars: ratios(0, 30, 8),
  },
];

function toMany(recipients: number, bars: Case["bars"]): Case {
  return {
    name: `recipients-${recipients}`,
    title: `1 KB to ${recipients.toLocaleString("en")} recipients, one at a time`,
    rtts: [0, 20, 100],
    on: [...KEEPING, "smtp-source"],
    onAfar: GROUPING,
    unit: "recipients/s",
    job: sending({ message: { recipients, text: 1024 } }),
    source: () => ({ messages: 10_000 / recipients, sessions: 1, recipients }),
    figure: ({ rate }) => rate * recipients,
    bars,
  };
}

function attachmentFrom(from: AttachmentShape["from"], on: readonly ContestantName[], bars: Case["bars"] = []): Case {
  return {
    name: `attachment-${from}`,
    title: `Attachment of 25 MB, from ${{ memory: "memory", file: "a file", stream: "a stream" }[from]}`,
    rtts: [0, 20, 100],
    on: ["posthaste-binary", ...on],
    onAfar: ["posthaste-binary", ...GROUPING],
    unit: "MB/s",
    job: sending({ message: { recipients: 1, text: 1024, attachments: [{ from, size: FILE_SIZE }] }, least: 2 }),
    figure: megabytes,
    bars,
  };
}

const LARGE: readonly Case[] = [
  toMany(100, ratios(0, 15)),
  toMany(1000, []),
  attachmentFrom("memory", KEEPING, ratios(0, 4)),
  attachmentFrom("file", KEEPING, ratios(0, 3)),
  attachmentFrom("stream", KEEPING.filter((name) => name !== "upyo")),
  {
    name: "gigabyte",
    title: "Attachment of 1 GB, from a stream",
    rtts: [0],
    on: ["posthaste-binary", ...GROUPING, "emailjs"],
    unit: "MB/s",
    job: sending({
      message: { recipients: 1, text: 1024, attachments: [{ from: "stream", size: 1000 * MEGABYTE }] },
      least: 1,
      before: 0,
    }),
    figure: ({ rate }) => rate * 1000,
    beside: "peak",
    rounds: 1,
    bars: OURS.map((contestant) => ({ contestant, rtt: 0, runtime: "node", peak: 90 })),
  },
];

const STARTING: readonly Case[] = [
  {
    name: "cold",
    title: "From nothing to the first message accepted, with STARTTLS and AUTH",
    rtts: [50],
    on: [...GROUPING, "emailjs", "upyo"],
    everywhere: true,
    unit: "round trips",
    job: ({ contestant, target }) => ({ kind: "cold", client: CONTESTANTS[contestant].client!, target, times: 5 }),
    figure: ({ elapsed }, rtt) => elapsed * 1000 / rtt,
    less: true,
    secure: true,
    rounds: 1,
    // TCP, greeting, EHLO, STARTTLS, TLS 1.3, EHLO, AUTH, then the message: one with BDAT, two with DATA. Processing may
    // take half a round trip.
    bars: [
      { contestant: "posthaste-bdat", rtt: 50, figure: 8.5 },
      { contestant: "posthaste-data", rtt: 50, figure: 9.5 },
    ],
  },
  {
    name: "import",
    title: "Import into a fresh process",
    rtts: [0],
    on: ["posthaste", "nodemailer", "emailjs", "upyo"],
    unit: "ms",
    job: ({ contestant }) => ({ kind: "import", client: CONTESTANTS[contestant].client! }),
    figure: ({ elapsed }) => elapsed * 1000,
    less: true,
    bars: [{ contestant: "posthaste", rtt: 0, figure: 15 }],
  },
];

const FILES = [{ from: "memory", size: 100_000 }, { from: "memory", size: 100_000 }] as const;

const COMPOSE: readonly Case[] = [
  {
    name: "compose-text",
    title: "Compose alone: 1 KB of text",
    rtts: [0],
    on: COMPOSING,
    unit: "messages/s",
    job: composing({ recipients: 1, text: 1024 }),
    figure: rate,
    bars: [{ contestant: "posthaste", rtt: 0, ratio: 15 }],
  },
  {
    name: "compose-files",
    title: "Compose alone: text, HTML, two files of 100 KB",
    rtts: [0],
    on: COMPOSING,
    unit: "messages/s",
    job: composing({ recipients: 1, text: 1024, html: 2048, attachments: FILES }),
    figure: rate,
    bars: [{ contestant: "posthaste", rtt: 0, ratio: 4 }],
  },
  {
    name: "compose-long",
    title: "Compose alone: 300 KB of text",
    rtts: [0],
    on: COMPOSING,
    unit: "messages/s",
    job: composing({ recipients: 1, text: 300_000 }),
    figure: rate,
  },
];

export const CASES: readonly Case[] = [...SMALL, ...LARGE, ...STARTING, ...COMPOSE];
