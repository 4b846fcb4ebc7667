/**
 * Postfix's load generator, what a program in C does that waits for each reply.
 *
 * @module
 */
import type { Answer } from "./job.ts";
import type { Target } from "./job.ts";

/** What it sends: messages of 1 KB. */
export interface SourceJob {
  readonly messages: number;
  readonly sessions: number;
  readonly recipients: number;
}

const decoder = new TextDecoder();

/** Debian puts it where only root looks. */
const PLACES = ["/usr/sbin/smtp-source", "/usr/bin/smtp-source", "/usr/local/sbin/smtp-source"];

/** Where it is; nothing when it is not installed. */
export async function findSmtpSource(): Promise<string | undefined> {
  for (const place of PLACES) {
    if (await Deno.stat(place).then(() => true, () => false)) return place;
  }
}

/** How it is run. */
export interface SourceOptions {
  readonly program: string;
  /** The program that tells what another one used. */
  readonly rusage: string;
  readonly prefix: readonly string[];
  readonly signal: AbortSignal;
}

/** Runs it once. Never rejects. */
export async function runSmtpSource(
  { target, ...job }: SourceJob & { readonly target: Target },
  { program, rusage, prefix, signal }: SourceOptions,
): Promise<Answer> {
  const [first, ...args] = [
    ...prefix,
    rusage,
    program,
    // One connection for all messages of a session.
    "-d",
    ...["-s", job.sessions, "-m", job.messages, "-r", job.recipients, "-l", 1024].map(String),
    ...["-f", "sender@example.com", "-t", "recipient@example.net", `${target.host}:${target.port}`],
  ];
  const { code, stdout, stderr } = await new Deno.Command(first, { args, stdin: "null", signal }).output();
  if (code !== 0) return { error: `ended with ${code}: ${decoder.decode(stderr).trim().split("\n").at(-1)}` };
  const used = JSON.parse(decoder.decode(stdout)) as Record<"elapsed" | "cpuUser" | "cpuSys" | "rssPeakKB", number>;
  return {
    rate: job.messages / used.elapsed,
    count: job.messages,
    elapsed: used.elapsed,
    cpu: (used.cpuUser + used.cpuSys) / job.messages,
    peak: used.rssPeakKB * 1024,
  };
}
