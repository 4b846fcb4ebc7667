import * as api from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, test } from "vitest";
import { lmtp, openTelemetry, type OpenTelemetryApi, SmtpClient } from "../../../mod.ts";
import { serve } from "../../support/scripted_lmtp.ts";
import { openSession, raw, rejection, scripted } from "../session/support.ts";

const spans = new InMemorySpanExporter();
const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const meters = new MeterProvider({ readers: [reader] });

/** The API, with providers of this test's own and a context that is whatever was set. */
let active = api.ROOT_CONTEXT;
const telemetry: OpenTelemetryApi = {
  trace: {
    getTracer: (name) => tracers.getTracer(name),
    setSpan: (context, span) => api.trace.setSpan(context as never, span as never),
  },
  context: { active: () => active },
  metrics: { getMeter: (name) => meters.getMeter(name) },
};

afterEach(() => {
  spans.reset();
  active = api.ROOT_CONTEXT;
});

function named(name: string): readonly ReadableSpan[] {
  return spans.getFinishedSpans().filter((span) => span.name === name);
}

test("openTelemetry makes spans of a session, a transaction in it and their exchanges", async () => {
  const { session } = await openSession({}, { observe: openTelemetry(telemetry) });
  const caller = tracers.getTracer("test").startSpan("request");
  active = api.trace.setSpan(api.ROOT_CONTEXT, caller);
  await session.send(raw());
  active = api.ROOT_CONTEXT;
  await session.close();
  const [whole] = named("smtp.session");
  const [transaction] = named("smtp.transaction");
  expect(whole.parentSpanContext).toBeUndefined();
  expect(whole.attributes).toEqual({ "server.address": "server.example", "server.port": 25 });
  expect(whole.status.code).toBe(api.SpanStatusCode.UNSET);
  expect(transaction.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
  expect(transaction.links.map(({ context }) => context.spanId)).toEqual([whole.spanContext().spanId]);
  expect(transaction.attributes).toMatchObject({ "server.address": "server.example", "smtp.recipients": 1 });
  const exchanges = named("smtp.exchange").map((span) => [
    span.attributes["smtp.phases"],
    span.attributes["smtp.response.status_codes"],
    span.parentSpanContext?.spanId === transaction.spanContext().spanId ? "transaction" : "session",
  ]);
  expect(exchanges).toEqual([
    [["greeting"], [220], "session"],
    [["ehlo"], [250], "session"],
    [["mail", "rcpt", "data"], [250, 250, 354], "transaction"],
    [["final"], [250], "transaction"],
    [["quit"], [221], "session"],
  ]);
  for (const { startTime, endTime } of spans.getFinishedSpans()) {
    expect(endTime[0] * 1e9 + endTime[1]).toBeGreaterThanOrEqual(startTime[0] * 1e9 + startTime[1]);
  }
});

test("openTelemetry has a client's transactions stand below its delivery, and says why one failed", async () => {
  const { runtime } = scripted({ reply: (line) => line.startsWith("RCPT") ? "452 4.2.2 full" : undefined });
  const observe = openTelemetry(telemetry);
  const client = new SmtpClient({ host: "server.example", tls: "off", runtime, observe });
  await rejection(client.send(raw()));
  await client.close();
  const [delivery] = named("smtp.deliver");
  const [transaction] = named("smtp.transaction");
  expect(transaction.parentSpanContext?.spanId).toBe(delivery.spanContext().spanId);
  for (const span of [delivery, transaction]) {
    expect(span.attributes).toMatchObject({ "error.type": "MESSAGE_REFUSED", "smtp.fate": "deferred" });
    expect(span.status).toMatchObject({ code: api.SpanStatusCode.ERROR, message: expect.stringContaining("452") });
  }
});

test("openTelemetry says why a message failed for some of its recipients", async () => {
  const { runtime } = serve((wire) => (wire.send("250 one\r\n"), wire.finish()));
  const observe = openTelemetry(telemetry);
  const how = { host: "server.example", port: 24, tls: "off", protocol: lmtp } as const;
  const client = new SmtpClient({ ...how, runtime, observe });
  await client.send(raw("a@x.test", "b@x.test"));
  await client.close();
  for (const name of ["smtp.deliver", "smtp.transaction"]) {
    const [span] = named(name);
    expect(span.attributes).toMatchObject({ "error.type": "CONNECTION_LOST", "smtp.fate": "unknown" });
    expect(span.status.code).toBe(api.SpanStatusCode.ERROR);
  }
});

test("openTelemetry measures, and counts the sessions that are open", async () => {
  const { session } = await openSession({}, { observe: openTelemetry(telemetry) });
  await session.send(raw());
  await reader.forceFlush();
  const open = latest("smtp.client.sessions");
  await session.close();
  await reader.forceFlush();
  expect(latest("smtp.client.sessions") as number).toBe(open as number - 1);
  for (const what of ["session", "transaction", "exchange"]) {
    expect(latest(`smtp.client.${what}.duration`)).toMatchObject({ count: expect.any(Number) });
  }
});

function latest(name: string): unknown {
  const metrics = exporter.getMetrics().at(-1)!.scopeMetrics.flatMap(({ metrics }) => metrics);
  const points = metrics.find(({ descriptor }) => descriptor.name === name)!.dataPoints;
  return points.find(({ attributes }) => attributes["server.address"] === "server.example")!.value;
}

test("openTelemetry takes the API as it is", async () => {
  const { session } = await openSession({}, { observe: openTelemetry(api) });
  expect((await session.send(raw())).accepted).toHaveLength(1);
  await session.close();
  expect(() => openTelemetry({} as never)).toThrow(TypeError);
});
