/**
 * Who is measured, and against which server: this library without CHUNKING and with it, and where there are attachments also
 * with BINARYMIME.
 *
 * @module
 */
import type { ClientName } from "./job.ts";
import type { RuntimeName } from "./options.ts";

/** What a server offers. */
export type SinkName = "data" | "bdat" | "binary";

interface Contestant {
  readonly label: string;
  /** None for the program in C. */
  readonly client?: ClientName;
  readonly sink: SinkName;
}

const LIST = {
  // Where no message is sent.
  "posthaste": { label: "Posthaste", client: "posthaste", sink: "data" },
  "posthaste-bdat": { label: "Posthaste, BDAT", client: "posthaste", sink: "bdat" },
  "posthaste-binary": { label: "Posthaste, BINARYMIME", client: "posthaste", sink: "binary" },
  "posthaste-data": { label: "Posthaste, DATA", client: "posthaste", sink: "data" },
  "nodemailer": { label: "nodemailer, pool", client: "nodemailer", sink: "data" },
  "nodemailer-direct": { label: "nodemailer, direct", client: "nodemailer-direct", sink: "data" },
  "emailjs": { label: "emailjs", client: "emailjs", sink: "data" },
  "upyo": { label: "@upyo/smtp", client: "upyo", sink: "data" },
  "smtp-source": { label: "Postfix's smtp-source (C)", sink: "data" },
} as const satisfies Record<string, Contestant>;

export type ContestantName = keyof typeof LIST;

export const CONTESTANTS: Readonly<Record<ContestantName, Contestant>> = LIST;

/** Whom the others are compared with, on the same runtime. */
export const BASELINE: ContestantName = "nodemailer";

/** Where a program in C is listed. */
export type RunsOn = RuntimeName | "native";

/** One of a run: a library in a runtime. */
export interface Entry {
  readonly contestant: ContestantName;
  readonly runtime: RunsOn;
}

/** Whom an entry is compared with: a program in C with what Node does. */
export function baselineOf({ runtime }: Entry): Entry {
  return { contestant: BASELINE, runtime: runtime === "native" ? "node" : runtime };
}

export function isSame(one: Entry, other: Entry): boolean {
  return one.contestant === other.contestant && one.runtime === other.runtime;
}

/** Whether it is this library. */
export function isOurs({ contestant }: Pick<Entry, "contestant">): boolean {
  return CONTESTANTS[contestant].client === "posthaste";
}
