/**
 * The metrics that are reported to OpenTelemetry.
 *
 * @module
 */

/** What a span or a measurement is about, by name. */
export type Attributes = Record<string, string | number | string[] | number[]>;

/** As much of a meter as is used here. */
export interface OpenTelemetryMeter {
  /** Makes something that values are recorded with. */
  createHistogram(
    name: string,
    options: {
      readonly description: string;
      readonly unit: string;
      readonly advice: { readonly explicitBucketBoundaries: number[] };
    },
  ): { record(value: number, attributes: Attributes): void };
  /** Makes something that is counted up and down. */
  createUpDownCounter(
    name: string,
    options: { readonly description: string; readonly unit: string },
  ): { add(value: number, attributes: Attributes): void };
}

/** Seconds, as OpenTelemetry has them for the duration of requests. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Seconds, for what lasts. */
const LONG_BUCKETS = [0.1, 1, 5, 10, 30, 60, 300, 600, 1800, 3600];

/** Takes measurements; durations come in milliseconds. */
export interface Measures {
  session(ms: number, attributes: Attributes): void;
  transaction(ms: number, attributes: Attributes): void;
  exchange(ms: number, attributes: Attributes): void;
  sessions(change: 1 | -1, attributes: Attributes): void;
}

/** The instruments, made by a meter. */
export function measures(meter: OpenTelemetryMeter): Measures {
  const duration = (what: string, description: string, buckets: number[]) => {
    const advice = { explicitBucketBoundaries: buckets };
    const histogram = meter.createHistogram(`smtp.client.${what}.duration`, { description, unit: "s", advice });
    return (ms: number, attributes: Attributes) => histogram.record(ms / 1000, attributes);
  };
  const open = meter.createUpDownCounter("smtp.client.sessions", {
    description: "Sessions that are open or being opened",
    unit: "{session}",
  });
  return {
    session: duration("session", "From connecting to the end of a session", LONG_BUCKETS),
    transaction: duration("transaction", "From when a session has a message to its end", BUCKETS),
    exchange: duration("exchange", "From when commands are ready to be written to their last reply", BUCKETS),
    sessions: (change, attributes) => open.add(change, attributes),
  };
}
