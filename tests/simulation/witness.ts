/**
 * Everything that the library tells beside the results: events, logs, spans, measures and progress; and whether all of it
 * says the same as the results do.
 *
 * @module
 */
import {
  type BulkProgress,
  type LogAbout,
  openTelemetry,
  type OpenTelemetryApi,
  type ReplyInfo,
  SmtpError,
  type SmtpEvent,
} from "../../mod.ts";
import type { Ledger } from "./ledger.ts";
import type { Outcome } from "./program/outcome.ts";

/** The end of one `sendAll`, and what its loop was given. */
export interface Bulk {
  readonly last: BulkProgress;
  readonly sent: number;
  readonly failed: number;
  /** Whether the loop ran to its end. */
  readonly isWhole: boolean;
}

/** What the results are held against. */
export interface WitnessAbout {
  readonly ledger: Ledger;
  readonly outcomes: ReadonlyMap<number, Outcome>;
  readonly through: "client" | "session";
}

/** One who is told. */
export class Witness {
  readonly events: SmtpEvent[] = [];
  readonly lines: { readonly direction: string; readonly text: string; readonly about: LogAbout }[] = [];
  readonly bulks: Bulk[] = [];
  readonly telemetry: Telemetry = new Telemetry();
  readonly #report = openTelemetry(this.telemetry);
  readonly #onTold: () => void | Promise<void>;

  /** @param onTold what somebody does who is told */
  constructor(onTold: () => void | Promise<void>) {
    this.#onTold = onTold;
  }

  readonly observe = (event: SmtpEvent): void | Promise<void> => {
    this.events.push(event);
    this.#report(event);
    return this.#onTold();
  };

  readonly log = (direction: string, text: string, about: LogAbout): void | Promise<void> => {
    this.lines.push({ direction, text, about });
    return this.#onTold();
  };

  /** Where the accounts do not agree. */
  disagreements({ ledger, outcomes, through }: WitnessAbout): string[] {
    const found = [
      ...this.#unpaired(),
      ...this.#exchanges(),
      ...this.#measured(),
      ...this.#logged(ledger),
      ...this.#progress(),
    ];
    const lied = ledger.tainted;
    const ends = this.#of("message.end");
    const told = new Map<string, number>();
    for (const { receipt } of ends) {
      if (receipt === undefined) continue;
      const queueId = queueIdOf(receipt.reply);
      const taken = ledger.taken.filter((one) => one.queueId === queueId).flatMap(({ to }) => to);
      if (ledger.liars.size > 0) continue;
      const doubtful = receipt.failed?.flatMap(({ recipients }) => recipients) ?? [];
      const sure = taken.filter((one) => !doubtful.includes(one));
      if (sure.toSorted().join() !== receipt.accepted.toSorted().join()) {
        found.push(`message.end says that ${queueId} is for ${receipt.accepted}, and it is for ${taken}`);
      }
      told.set(queueId, (told.get(queueId) ?? 0) + 1);
    }
    const deliveries = this.#of("delivery.end");
    for (const [id, outcome] of outcomes) {
      if (lied.has(id)) continue;
      if ("receipt" in outcome) {
        const { reply, replies = [reply] } = outcome.receipt;
        for (const one of ledger.liars.size > 0 ? [] : replies) {
          const count = told.get(queueIdOf(one)) ?? 0;
          if (count !== 1) found.push(`message ${id}: ${count} ends were told of for ${one.text}`);
        }
        const count = deliveries.filter(({ receipt }) => receipt === outcome.receipt).length;
        if (through === "client" && count !== 1) found.push(`message ${id}: its receipt was told of ${count} times`);
      } else if (through === "client" && typeof outcome.error === "object" && outcome.error !== null) {
        const fates = deliveries.filter(({ error }) => error === outcome.error).map(({ fate }) => fate);
        const { fate = "unsent" } = outcome;
        // What was never composed was never given to anybody; one signal may have cancelled several, and the worst is kept.
        if (outcome.error instanceof SmtpError && !fates.includes(fate) && (fates.length > 0 || fate !== "unsent")) {
          found.push(`message ${id} is ${fate} to its caller, and ${fates} to others`);
        }
      }
    }
    for (const { delivery, receipt, error, fate } of deliveries) {
      if (fate === "unknown" && !(error instanceof SmtpError)) continue;
      found.push(...this.#parts(delivery, receipt !== undefined, fate));
    }
    return found;
  }

  #of<T extends SmtpEvent["type"]>(type: T): Extract<SmtpEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SmtpEvent, { type: T }> => event.type === type);
  }

  /** What begins ends, once, and in this order. */
  #unpaired(): string[] {
    const found: string[] = [];
    const state = new Map<string, "begun" | "open" | "ended">();
    let last = 0;
    for (const event of this.events) {
      const [kind, what] = event.type.split(".");
      if (what === undefined) continue;
      if (event.at < last) found.push(`${event.type} goes back in time`);
      last = event.at;
      const key = `${kind} ${(event as unknown as Record<string, number>)[kind!]}`;
      const before = state.get(key);
      if (
        what === "begin"
          ? before !== undefined
          : what === "open"
          ? before !== "begun"
          : before === undefined || before === "ended"
      ) {
        found.push(`${key}: ${what} after ${before}`);
      }
      state.set(key, what === "begin" ? "begun" : what === "open" ? "open" : "ended");
    }
    for (const [key, what] of state) if (what !== "ended") found.push(`${key} has no end`);
    return found;
  }

  #exchanges(): string[] {
    return this.#of("exchange").flatMap(({ phases, codes, error, duration }) => [
      ...error === undefined && codes.length < phases.length && phases[0] !== "tls" && phases[0] !== "auth"
        ? [`an exchange has ${codes.length} of ${phases.length} codes, and no error`]
        : [],
      ...error !== undefined && codes.length > 0 ? ["an exchange has codes and an error"] : [],
      ...duration >= 0 ? [] : [`an exchange takes ${duration} ms`],
    ]);
  }

  /** Of the transactions of a client's message the worst counts, unless one was taken. */
  #parts(delivery: number, isTaken: boolean, fate: string | undefined): string[] {
    const own = new Set(
      this.#of("message.begin").filter((one) => one.delivery === delivery).map(({ message }) => message),
    );
    const ends = this.#of("message.end").filter(({ message }) => own.has(message));
    const some = ends.some(({ receipt }) => receipt !== undefined);
    if (some !== isTaken) return [`delivery ${delivery}: taken ${isTaken}, its transactions ${some}`];
    const isDoubtful = ends.some((one) => one.receipt === undefined && one.fate === "unknown");
    return !some && isDoubtful !== (fate === "unknown")
      ? [`delivery ${delivery} is ${fate}, in doubt: ${isDoubtful}`]
      : [];
  }

  /** Spans and measures are as many as the events that they are made of. */
  #measured(): string[] {
    const { telemetry } = this;
    const count = (type: SmtpEvent["type"]) => this.#of(type).length;
    const failed = this.#of("message.end").filter(({ receipt }) =>
      receipt === undefined || (receipt.failed?.length ?? 0) > 0
    );
    const expected: [string, number, number][] = [
      ["spans that are open", telemetry.open, 0],
      ["sessions that are open", telemetry.sessions, 0],
      ["sessions", telemetry.recorded("session"), count("session.end")],
      ["transactions", telemetry.recorded("transaction"), count("message.end")],
      ["failed transactions", telemetry.failed("transaction"), failed.length],
      ["exchanges", telemetry.recorded("exchange"), count("exchange")],
      [
        "spans",
        telemetry.ended,
        count("session.end") + count("message.end") + count("delivery.end") + count("exchange"),
      ],
    ];
    return expected.flatMap(([what, is, should]) =>
      is === should ? [] : [`${what}: ${is} measured, ${should} told of`]
    );
  }

  /** What servers have promised, as far as it was heard, was logged once; times do not go back. */
  #logged({ liars }: Ledger): string[] {
    const found: string[] = [];
    const times = new Map<number, number>();
    for (const { about: { connection, elapsed } } of this.lines) {
      if (elapsed < (times.get(connection) ?? 0)) found.push(`the log of #${connection} goes back in time`);
      times.set(connection, elapsed);
    }
    if (liars.size > 0) return found;
    const said = this.lines.filter(({ direction }) => direction === "server").map(({ text }) => queueIdOf({ text }));
    for (const { receipt } of this.#of("message.end")) {
      if (receipt === undefined) continue;
      const count = said.filter((one) => one === queueIdOf(receipt.reply)).length;
      // LMTP says it to each recipient.
      if (count !== 1 && (count === 0 || count > receipt.accepted.length)) {
        found.push(`${receipt.reply.text} is ${count} times in the log`);
      }
    }
    return found;
  }

  #progress(): string[] {
    return this.bulks.flatMap(({ last, sent, failed, isWhole }) =>
      !last.done || (isWhole && (last.sent !== sent || last.failed !== failed)) || last.sent < sent
        ? [`onProgress says ${last.sent} sent, ${last.failed} failed, done ${last.done}; it was ${sent} and ${failed}`]
        : []
    );
  }
}

function queueIdOf({ text }: Pick<ReplyInfo, "text">): string {
  return / as (Q\d+\.\d+) /.exec(text)?.[1] ?? text;
}

/** As much of OpenTelemetry as is used, which counts. */
class Telemetry implements OpenTelemetryApi {
  open = 0;
  ended = 0;
  sessions = 0;
  readonly #records: { readonly name: string; readonly isFailed: boolean }[] = [];

  readonly trace: OpenTelemetryApi["trace"] = {
    getTracer: () => ({
      startSpan: () => {
        this.open++;
        let isOpen = true;
        return {
          spanContext: () => ({ traceId: "", spanId: "", traceFlags: 1 }),
          setAttributes: () => {},
          setStatus: () => {},
          end: () => {
            this.open -= isOpen ? 1 : NaN;
            isOpen = false;
            this.ended++;
          },
        };
      },
    }),
    setSpan: (context) => context,
  };
  readonly context: OpenTelemetryApi["context"] = { active: () => ({}) };
  readonly metrics: OpenTelemetryApi["metrics"] = {
    getMeter: () => ({
      createHistogram: (name) => ({
        record: (_value, attributes) => void this.#records.push({ name, isFailed: "error.type" in attributes }),
      }),
      createUpDownCounter: () => ({ add: (value) => void (this.sessions += value) }),
    }),
  };

  recorded(what: string): number {
    return this.#records.filter(({ name }) => name === `smtp.client.${what}.duration`).length;
  }

  failed(what: string): number {
    return this.#records.filter(({ name, isFailed }) => isFailed && name === `smtp.client.${what}.duration`).length;
  }
}
