/**
 * Who is measured, and against which server: this library once without CHUNKING and once with it.
 *
 * @module
 */
import type { ClientName } from "./job.ts";
import type { RuntimeName } from "./worker_process.ts";

/** What a server offers. */
export type SinkName = "data" | "bdat";

export const CONTESTANTS = {
  "posthaste-bdat": { label: "Posthaste, BDAT", client: "posthaste", sink: "bdat" },
  "posthaste-data": { label: "Posthaste, DATA", client: "posthaste", sink: "data" },
  "nodemailer": { label: "nodemailer, pool", client: "nodemailer", sink: "data" },
  "nodemailer-direct": { label: "nodemailer, direct", client: "nodemailer-direct", sink: "data" },
  "emailjs": { label: "emailjs", client: "emailjs", sink: "data" },
  "upyo": { label: "@upyo/smtp", client: "upyo", sink: "data" },
} as const satisfies Record<string, { readonly label: string; readonly client: ClientName; readonly sink: SinkName }>;

export type ContestantName = keyof typeof CONTESTANTS;

/** Whom the others are compared with, on the same runtime. */
export const BASELINE: ContestantName = "nodemailer";

/** One of a run: a library in a runtime. */
export interface Entry {
  readonly contestant: ContestantName;
  readonly runtime: RuntimeName;
}
