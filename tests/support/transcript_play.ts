/**
 * Plays a transcript: the client's actions against a server that says and waits for exactly what is written down.
 *
 * @module
 */
import type { EarlyOffer } from "../../lib/dialogue/opening.ts";
import { ReplyError, type ReplyInfo, SmtpError } from "../../lib/errors.ts";
import { deliverBy, type DeliverByOptions } from "../../lib/extensions/deliver_by.ts";
import { dsn, type DsnOptions } from "../../lib/extensions/dsn.ts";
import { prefer } from "../../lib/extensions/envelope_option.ts";
import { futureRelease, type FutureReleaseOptions } from "../../lib/extensions/future_release.ts";
import { expn, help, vrfy } from "../../lib/extensions/inquiry.ts";
import { lmtp } from "../../lib/extensions/lmtp.ts";
import { mtPriority } from "../../lib/extensions/mt_priority.ts";
import { prdr } from "../../lib/extensions/prdr.ts";
import { requireTls } from "../../lib/extensions/require_tls.ts";
import { xclient, type XclientAttributes } from "../../lib/extensions/xclient.ts";
import { xforward, type XforwardAttributes } from "../../lib/extensions/xforward.ts";
import type { EnvelopeOption } from "../../lib/mime/envelope_option.ts";
import { readRawMessage } from "../../lib/mime/read_raw_message.ts";
import { resolveOptions, type SessionOptions } from "../../lib/session/options.ts";
import type { Receipt } from "../../lib/session/receipt.ts";
import type { SendOptions } from "../../lib/session/send_options.ts";
import { ServerMemory } from "../../lib/session/server_memory.ts";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "./scripted_runtime.ts";
import type { Action, Move, Transcript } from "./transcript.ts";

/** What came of a play. */
export interface Played {
  /** The outcome of each action. */
  readonly outcomes: readonly string[];
  /** All that the client wrote. */
  readonly written: string;
  /** What went otherwise than it is written down. */
  readonly problems: readonly string[];
  /** Octets that the server sent. */
  readonly sent: number;
}

/** The places that the server's octets are cut at; `every` for one octet at a time. */
export type Cuts = readonly number[] | "every";

/** Plays a transcript once. */
export async function play(transcript: Transcript, cuts: Cuts = []): Promise<Played> {
  let part: ServerPart | undefined;
  const runtime = new ScriptedRuntime((wire) => {
    wire.cut = (offset) => cuts === "every" ? offset + 1 : cuts.find((place) => place > offset) ?? Infinity;
    part = new ServerPart(wire, transcript.moves);
  });
  const outcomes = await act(transcript.actions, runtime);
  for (const wire of runtime.wires) await settled(wire);
  return {
    outcomes,
    written: runtime.wires[0]?.text ?? "",
    problems: [...part?.problems() ?? ["nothing was connected"], ...runtime.wires[0]?.violations ?? []],
    sent: part?.sent ?? 0,
  };
}

async function act(actions: readonly Action[], runtime: ScriptedRuntime): Promise<readonly string[]> {
  const outcomes: Promise<string>[] = [];
  let session: Session | undefined;
  for (const action of actions) {
    if (action.kind === "open") {
      const opening = optionsOf(action, runtime).then((options) => Session.open(options)).then((opened) =>
        session = opened
      );
      outcomes.push(opening.then(() => "ok", describe));
      await outcomes.at(-1);
    } else if (action.kind === "send") {
      outcomes.push(session === undefined ? Promise.resolve("no session") : send(session, action));
    } else if (action.kind === "command") {
      outcomes.push(session === undefined ? Promise.resolve("no session") : command(session, action));
    } else if (action.kind === "close") outcomes.push(session?.close().then(() => "ok") ?? Promise.resolve("ok"));
    else {
      await Promise.all(outcomes);
      outcomes.push(Promise.resolve("ok"));
    }
  }
  const all = await Promise.all(outcomes);
  session?.abort();
  return all;
}

async function optionsOf({ options }: Action, runtime: ScriptedRuntime): Promise<SessionOptions> {
  const { remembered, isLmtp, ...rest } = options as SessionOptions & {
    readonly remembered?: EarlyOffer;
    readonly isLmtp?: boolean;
  };
  const protocol = isLmtp === true ? { protocol: lmtp, port: 24 } : {};
  const all: SessionOptions = { host: "server.example", tls: "off", ...protocol, ...rest, runtime };
  if (remembered === undefined) return all;
  const serverMemory = new ServerMemory();
  serverMemory.note(await resolveOptions(all), remembered);
  return { ...all, serverMemory };
}

function send(session: Session, { options, content }: Action): Promise<string> {
  const { from, to, stream, read, ...more } = options as {
    from: string | null;
    to: string[];
    stream?: boolean;
    read?: boolean;
  };
  const raw = stream === true ? new Blob([content]).stream() : content;
  const rest: Record<string, unknown> = { ...more };
  const asked = Object.entries(OPTIONS).flatMap(([key, make]) => {
    const value = rest[key];
    delete rest[key];
    return value === undefined ? [] : [rest.prefer === true ? prefer(make(value)) : make(value)];
  });
  delete rest.prefer;
  const envelope = asked.length === 0 ? { from, to } : { from, to, options: asked };
  const sending = read === true
    ? readRawMessage(raw).then((message) => session.send({ ...message, envelope }, rest as SendOptions))
    : session.send({ raw, envelope }, rest as SendOptions);
  return sending.then(describeReceipt, describe);
}

const OPTIONS: Readonly<Record<string, (value: unknown) => EnvelopeOption>> = {
  dsn: (value) => dsn(value as DsnOptions),
  deliverBy: (value) => deliverBy(value as DeliverByOptions),
  mtPriority: (value) => mtPriority(value as number),
  futureRelease: (value) => futureRelease(value as FutureReleaseOptions),
  prdr,
  requireTls,
};

const COMMANDS = { vrfy, expn, help };

function command(session: Session, { options }: Action): Promise<string> {
  const { line, ...by } = options as { readonly line?: string };
  if (line !== undefined) return session.command(line).then(said, describe);
  const [[name, argument]] = Object.entries(by) as [[string, unknown]];
  const made = name === "xclient"
    ? xclient(argument as XclientAttributes)
    : name === "xforward"
    ? xforward(argument as XforwardAttributes)
    : COMMANDS[name as keyof typeof COMMANDS](argument as string);
  return session.command(made).then((reply) => `${said(reply)} (${reply.lines.length} lines)`, describe);
}

function describeReceipt({ accepted, rejected, failed = [], reply, notGranted = [] }: Receipt): string {
  const refused = rejected.map((one) => `; refused ${one.recipient} ${one.reply.code}`).join("");
  const without = notGranted.length === 0 ? "" : `; without ${notGranted.join(" ")}`;
  const left = failed.map(({ recipients, fate }) => `; ${fate} ${recipients.join(" ")}`).join("");
  return `accepted ${accepted.join(" ")}${refused}${left}${without}; ${said(reply)}`;
}

/** A reply in one line. */
function said({ code, enhanced = "-", text }: ReplyInfo): string {
  return `${code} ${enhanced} ${text.replaceAll("\n", " / ")}`;
}

/** An error in one line: class, code, phase, fate, what may be done next, and the server's words. */
export function describe(error: unknown): string {
  if (!(error instanceof SmtpError)) return String(error);
  const words = [error.name, error.code, error.phase, error.fate];
  if (error.retryable) words.push("retryable");
  if (error.sessionUsable) words.push("usable");
  if (error instanceof ReplyError) {
    words.push(`(${said(error.reply)})`);
  }
  return words.join(" ");
}

async function settled(wire: Wire): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  if (wire.closeCalls === 0) wire.violations.push("the connection was left open");
}

/** The server's part. */
class ServerPart {
  sent = 0;
  readonly #wire: Wire;
  readonly #moves: readonly Move[];
  #at = 0;
  #heard: number[] = [];
  #problem: string | undefined;

  constructor(wire: Wire, moves: readonly Move[]) {
    this.#wire = wire;
    this.#moves = moves;
    wire.onWrite = (octets) => {
      this.#heard.push(...octets);
      this.#go();
    };
    wire.onTls = () => {
      if (this.#moves[this.#at]?.kind !== "tls") this.#problem ??= "the client changed to TLS";
      this.#at++;
      queueMicrotask(() => this.#go());
    };
    this.#go();
  }

  problems(): readonly string[] {
    const rest = this.#moves.slice(this.#at);
    const left = rest.filter((move) => move.kind === "hear").length;
    return [
      ...(this.#problem === undefined ? [] : [this.#problem]),
      ...(left > 0 ? [`${left} lines of the client's did not come`] : []),
      ...(this.#heard.length > 0 ? [`the client wrote ${this.#heard.length} octets too many`] : []),
    ];
  }

  #go(): void {
    for (let move; (move = this.#moves[this.#at]) !== undefined; this.#at++) {
      if (move.kind === "tls") return;
      if (move.kind === "hear") {
        const { octets } = move;
        const differs = octets.findIndex((octet, i) => i < this.#heard.length && octet !== this.#heard[i]);
        if (differs >= 0) return this.#wrong(`the client wrote otherwise than ${new TextDecoder().decode(octets)}`);
        if (this.#heard.length < octets.length) return;
        this.#heard.splice(0, octets.length);
      } else if (this.#heard.length > 0) return this.#wrong("the client wrote before the server had spoken");
      else if (move.kind === "close") this.#wire.finish();
      else if (move.kind === "reset") this.#wire.reset();
      else {
        this.sent += move.octets.length;
        this.#wire.send(move.octets);
      }
    }
  }

  #wrong(problem: string): void {
    this.#problem ??= problem;
    this.#wire.reset();
  }
}
