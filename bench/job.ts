/**
 * What the runner asks a worker process to do, and the one line it answers. A worker measures one library in one runtime
 * and ends: nothing of it is left to disturb the next.
 *
 * @module
 */

/** Who sends. */
export type ClientName = "posthaste" | "nodemailer" | "nodemailer-direct" | "emailjs" | "upyo";

/** Where to. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** STARTTLS and AUTH PLAIN, with a certificate that the worker's environment trusts. */
  readonly secure?: { readonly user: string; readonly password: string };
}

/** Octets that are no text. */
export interface AttachmentShape {
  readonly from: "memory" | "file" | "stream";
  /** Octets before they are encoded. */
  readonly size: number;
  /** The file, for `file`. */
  readonly path?: string;
}

/** What each message is made of. */
export interface MessageShape {
  readonly recipients: number;
  /** Octets of plain text. */
  readonly text: number;
  /** Octets of HTML; none when it is left out. */
  readonly html?: number;
  readonly attachments?: readonly AttachmentShape[];
}

/** How long something is repeated: until both are reached. */
export interface Extent {
  readonly count: number;
  readonly milliseconds: number;
}

/** Sending over sessions that are open before the clock runs. */
export interface SendJob {
  readonly kind: "send";
  readonly client: ClientName;
  readonly target: Target;
  readonly message: MessageShape;
  /** Connections. */
  readonly sessions: number;
  /** Messages in flight, over all sessions. */
  readonly inFlight: number;
  readonly warmUp: Extent;
  readonly measured: Extent;
  /** The measurement ends after so many milliseconds even when the extent is not reached. */
  readonly limit: number;
}

/** From nothing to the first message accepted: connecting, TLS, logging on, sending; several times, one after the other. */
export interface ColdJob {
  readonly kind: "cold";
  readonly client: ClientName;
  readonly target: Target;
  readonly times: number;
}

/** Making messages without sending them. */
export interface ComposeJob {
  readonly kind: "compose";
  readonly client: ClientName;
  readonly message: MessageShape;
  readonly warmUp: Extent;
  readonly measured: Extent;
}

/** Loading the library into a fresh process. */
export interface ImportJob {
  readonly kind: "import";
  readonly client: ClientName;
}

export type Job = SendJob | ColdJob | ComposeJob | ImportJob;

/** What came out. Times are seconds. */
export interface Measurement {
  /** Messages per second; for `cold` and `import` how often that could be done in a second. */
  readonly rate: number;
  readonly count: number;
  readonly elapsed: number;
  /** Processor time of the whole process for one message. */
  readonly cpu: number;
  /** Most memory that the process ever had, octets. */
  readonly peak: number;
}

/** The line: a measurement, or why there is none. */
export type Answer = Measurement | { readonly error: string };
