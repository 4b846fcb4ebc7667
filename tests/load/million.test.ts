/**
 * As many messages as one likes through `sendAll`, in memory that does not grow: every delivery is told of once, all are
 * accepted, and the sink has counted as many.
 */
import { expect, test } from "vitest";
import { type Message, SmtpClient } from "../../mod.ts";
import { MESSAGES } from "./sizes.ts";
import { megabytes, type Memory, memoryNow } from "./support/resources.ts";
import { startSink } from "./support/sink.ts";

/** How often memory is looked at. */
const SAMPLES = 20;

/** By how much the heap may have grown at the end by the trend of its samples, whatever the number of messages. */
const HEAP_GROWTH = 6_000_000;
/** Pages that an allocator keeps come and go. */
const RSS_GROWTH = 60_000_000;

function* messages(): Generator<Message> {
  for (let i = 0; i < MESSAGES; i++) {
    yield {
      from: "Ada <ada@example.com>",
      to: `r${i}@example.net`,
      subject: `Number ${i}`,
      text: `Dear reader ${i}\n\n${"All is well. ".repeat(i % 40)}\n`,
    };
  }
}

/** By how much the values grow from first to last, by the line that fits them best. */
function trend(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  let across = 0;
  let along = 0;
  for (const [index, value] of values.entries()) {
    across += (index - middle) * (value - mean);
    along += (index - middle) ** 2;
  }
  return across / along * (values.length - 1);
}

test("trend is what a straight line grows by, and nothing for what goes up and down", () => {
  expect(trend([1, 3, 5, 7])).toBeCloseTo(6);
  expect(trend([2, 9, 9, 2])).toBeCloseTo(0);
});

test(`SmtpClient.sendAll sends ${MESSAGES} messages in constant memory`, async () => {
  await using sink = await startSink();
  const told = new Uint8Array(MESSAGES);
  const samples: Memory[] = [];
  const every = Math.ceil(MESSAGES / SAMPLES);
  let count = 0;
  const begin = performance.now();
  {
    await using client = new SmtpClient({ host: "127.0.0.1", port: sink.port, tls: "off", pool: { size: 2 } });
    for await (const { index, receipt, error } of client.sendAll(messages(), { window: 500 })) {
      if (receipt === undefined) throw error;
      told[index]!++;
      if (++count % every === 0) samples.push(await memoryNow());
    }
  }
  const seconds = (performance.now() - begin) / 1_000;
  const { messages: taken, active } = await sink.count();
  // What grows in the first quarter is loaded, compiled and warm.
  const steady = samples.slice(Math.floor(samples.length / 4));
  const [heap, external, rss] = (["heap", "external", "rss"] as const).map((what) => steady.map((one) => one[what]));
  console.log(
    `${MESSAGES} messages in ${seconds.toFixed(1)} s: heap ${megabytes(heap![0]!)} to ${
      megabytes(heap!.at(-1)!)
    } (trend ` +
      `${megabytes(trend(heap!))}), external trend ${megabytes(trend(external!))}, RSS ${megabytes(rss![0]!)} to ` +
      `${megabytes(rss!.at(-1)!)} (trend ${megabytes(trend(rss!))}), ${samples.length} samples`,
  );
  expect(count).toBe(MESSAGES);
  expect(told.every((times) => times === 1)).toBe(true);
  expect(taken).toBe(MESSAGES);
  expect(active).toBe(0);
  expect(trend(heap!)).toBeLessThan(HEAP_GROWTH);
  expect(trend(external!)).toBeLessThan(HEAP_GROWTH);
  expect(trend(rss!)).toBeLessThan(RSS_GROWTH);
}, 60_000 + MESSAGES * 2);
