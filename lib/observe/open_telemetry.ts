/**
 * Spans and metrics of OpenTelemetry, made of what an `observe` option is told. The API is handed in by the caller: this
 * library depends on nothing.
 *
 * @module
 */
import { type Fate, SmtpError } from "../errors.ts";
import type {
  DeliveryEnded,
  Exchanged,
  MessageEnded,
  Observe,
  SessionBegun,
  SmtpEvent,
} from "../session/observation.ts";
import { type Attributes, measures, type OpenTelemetryMeter } from "./measures.ts";

/** What other spans refer to a span by. */
export interface OpenTelemetrySpanContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** 1 when it is recorded. */
  traceFlags: number;
}

/** As much of a span as is used here. */
export interface OpenTelemetrySpan {
  /** What other spans refer to it by. */
  spanContext(): OpenTelemetrySpanContext;
  /** Says more about it. */
  setAttributes(attributes: Attributes): unknown;
  /** Says how it ended: 2 is an error. */
  setStatus(status: { readonly code: 2; readonly message: string }): unknown;
  /** Ends it, at a time in milliseconds since 1970. */
  end(endTime: number): void;
}

/** As much of a tracer as is used here. */
export interface OpenTelemetryTracer {
  /** Begins a span: of kind 0 (internal) or 2 (client). */
  startSpan(
    name: string,
    options: {
      readonly kind: 0 | 2;
      readonly startTime: number;
      readonly root?: boolean;
      readonly links?: { context: OpenTelemetrySpanContext }[];
      readonly attributes?: Attributes;
    },
    context?: object,
  ): OpenTelemetrySpan;
}

/** As much of `@opentelemetry/api`, version 1, as is used here. */
export interface OpenTelemetryApi {
  /** Its `trace`. */
  readonly trace: {
    /** Gives a tracer; by the global provider, where no other is given. */
    getTracer(name: string): OpenTelemetryTracer;
    /** A context with a span as the parent of others. */
    setSpan(context: object, span: OpenTelemetrySpan): object;
  };
  /** Its `context`. */
  readonly context: {
    /** The context of whoever called. */
    active(): object;
  };
  /** Its `metrics`. */
  readonly metrics: {
    /** Gives a meter; by the global provider, where no other is given. */
    getMeter(name: string): OpenTelemetryMeter;
  };
}

/** What spans and metrics are called to come from. */
const NAME = "@posthaste/smtp";

interface OpenSpan {
  readonly span: OpenTelemetrySpan;
  readonly begun: number;
}

interface OpenSession extends OpenSpan {
  readonly attributes: Attributes;
}

/**
 * Makes an `observe` option that reports to OpenTelemetry.
 *
 * Spans: `smtp.deliver` from when a client is given a message to its receipt, below the span that is active in the caller;
 * `smtp.transaction` for each transaction, below that or, of a session of the caller's, below the active one, linked to
 * the session's; `smtp.session` from connecting to the end, a root; and below the latter two an `smtp.exchange` for each
 * group of commands. Attributes: `server.address`, `server.port`, `error.type` (the code), `smtp.fate`, `smtp.phases`,
 * `smtp.response.status_codes`, `smtp.recipients`, `smtp.tls`, `smtp.auth.mechanism`. No address, subject or content, and no
 * secret.
 *
 * Metrics: the histograms `smtp.client.transaction.duration`, `smtp.client.exchange.duration` and
 * `smtp.client.session.duration` in seconds, and `smtp.client.sessions`, those that are open.
 *
 * @param api `@opentelemetry/api`
 * @throws {TypeError} something else
 *
 * @example
 * ```ts
 * import * as api from "@opentelemetry/api";
 * import { openTelemetry, SmtpClient } from "@posthaste/smtp";
 *
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { observe: openTelemetry(api) });
 * ```
 */
export function openTelemetry(api: OpenTelemetryApi): Observe {
  if (typeof api?.trace?.getTracer !== "function" || typeof api.metrics?.getMeter !== "function") {
    throw new TypeError("openTelemetry: must be given the module @opentelemetry/api");
  }
  const reporter = new Reporter(api);
  return (event) => reporter.report(event);
}

class Reporter {
  readonly #api: OpenTelemetryApi;
  readonly #tracer: OpenTelemetryTracer;
  readonly #measures: ReturnType<typeof measures>;
  readonly #sessions = new Map<number, OpenSession>();
  readonly #deliveries = new Map<number, OpenSpan>();
  readonly #messages = new Map<number, OpenSpan>();

  constructor(api: OpenTelemetryApi) {
    this.#api = api;
    this.#tracer = api.trace.getTracer(NAME);
    this.#measures = measures(api.metrics.getMeter(NAME));
  }

  report(event: SmtpEvent): void {
    switch (event.type) {
      case "session.begin":
        return this.#begin(event);
      case "session.open":
        this.#sessions.get(event.session)?.span.setAttributes({
          ...event.tls?.protocol !== undefined && { "smtp.tls": event.tls.protocol },
          ...event.mechanism !== undefined && { "smtp.auth.mechanism": event.mechanism },
        });
        return;
      case "session.end": {
        const open = take(this.#sessions, event.session);
        if (open === undefined) return;
        // Either side said goodbye: nothing failed.
        const error = event.reason instanceof SmtpError && event.reason.code === "SESSION_CLOSED"
          ? undefined
          : event.reason;
        const failure = finish(open.span, { at: event.at, error });
        this.#measures.session(event.at - open.begun, { ...open.attributes, ...failure });
        this.#measures.sessions(-1, open.attributes);
        return;
      }
      case "delivery.begin": {
        const attributes = { "smtp.recipients": event.recipients };
        const span = this.#tracer.startSpan("smtp.deliver", { kind: 2, startTime: event.at, attributes });
        this.#deliveries.set(event.delivery, { span, begun: event.at });
        return;
      }
      case "delivery.end": {
        const open = take(this.#deliveries, event.delivery);
        if (open !== undefined) finish(open.span, { at: event.at, ...failureOf(event) });
        return;
      }
      case "message.begin": {
        const session = this.#sessions.get(event.session);
        const parent = event.delivery === undefined ? undefined : this.#deliveries.get(event.delivery);
        const span = this.#tracer.startSpan("smtp.transaction", {
          kind: 2,
          startTime: event.at,
          attributes: { ...session?.attributes, "smtp.recipients": event.recipients },
          links: session === undefined ? [] : [{ context: session.span.spanContext() }],
        }, this.#below(parent));
        this.#messages.set(event.message, { span, begun: event.at });
        return;
      }
      case "message.end": {
        const open = take(this.#messages, event.message);
        if (open === undefined) return;
        const failure = finish(open.span, { at: event.at, ...failureOf(event) });
        this.#measures.transaction(event.at - open.begun, {
          ...this.#sessions.get(event.session)?.attributes,
          ...failure,
        });
        return;
      }
      case "exchange":
        return this.#exchanged(event);
    }
  }

  #begin({ at, session, host, port }: SessionBegun): void {
    const attributes = { "server.address": host, ...port !== 0 && { "server.port": port } };
    const span = this.#tracer.startSpan("smtp.session", { kind: 2, startTime: at, root: true, attributes });
    this.#sessions.set(session, { span, begun: at, attributes });
    this.#measures.sessions(1, attributes);
  }

  #exchanged({ at, duration, session, message, phases, codes, error }: Exchanged): void {
    const owner = this.#sessions.get(session);
    const parent = message === undefined ? owner : this.#messages.get(message);
    const about = { "smtp.phases": [...new Set(phases)] };
    const span = this.#tracer.startSpan("smtp.exchange", {
      kind: 0,
      startTime: at,
      attributes: { ...owner?.attributes, ...about, "smtp.response.status_codes": [...codes] },
    }, this.#below(parent));
    const failure = finish(span, { at: at + duration, error });
    this.#measures.exchange(duration, { ...owner?.attributes, "smtp.phase": phases.at(-1) ?? "idle", ...failure });
  }

  /** The context of the caller, or that of a span. */
  #below(parent: OpenSpan | undefined): object {
    const active = this.#api.context.active();
    return parent === undefined ? active : this.#api.trace.setSpan(active, parent.span);
  }
}

function take<T>(from: Map<number, T>, key: number): T | undefined {
  const value = from.get(key);
  from.delete(key);
  return value;
}

/** Why a message failed, be it for some of its recipients: those in doubt first. */
function failureOf(
  { receipt, error, fate }: DeliveryEnded | MessageEnded,
): { readonly error: unknown; readonly fate: Fate | undefined } {
  const failed = receipt?.failed;
  return failed?.find((one) => one.fate === "unknown") ?? failed?.[0] ?? { error, fate };
}

/** Ends a span, and gives the attributes that say why it failed. */
function finish(
  span: OpenTelemetrySpan,
  { at, error, fate }: { readonly at: number; readonly error: unknown; readonly fate?: string | undefined },
): Attributes {
  const failure: Attributes = error === undefined ? {} : {
    "error.type": error instanceof SmtpError ? error.code : error instanceof Error ? error.name : "_OTHER",
    ...fate !== undefined && { "smtp.fate": fate },
  };
  if (error !== undefined) {
    span.setAttributes(failure);
    span.setStatus({ code: 2, message: error instanceof Error ? error.message : String(error) });
  }
  span.end(at);
  return failure;
}
