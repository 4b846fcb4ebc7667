import { expect, test } from "vitest";
import { closeStreams } from "../../../lib/mime/abandoned.ts";
import { compose } from "../../../lib/mime/compose.ts";

/** Streams that count how many of them were closed. */
function counted() {
  const seen = { closed: 0, opened: 0 };
  const web = () => new ReadableStream<Uint8Array>({ cancel: () => void seen.closed++ });
  const iterable = (): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: true as const, value: undefined }),
      return: () => Promise.resolve({ done: true as const, value: void seen.closed++ }),
    }),
  });
  const again = {
    open: () => {
      seen.opened++;
      return web();
    },
  };
  return { seen, web, iterable, again };
}

test("closeStreams closes what a message holds, wherever it stands, and opens nothing", async () => {
  const { seen, web, iterable, again } = counted();
  const inner = { raw: web(), envelope: { from: null, to: "b@example.net" } };
  const composed = compose({
    from: "a@example.com",
    to: "b@example.net",
    attachments: [{ content: web() }, { content: again }],
  });
  await closeStreams({
    // Neither what only a loader opens nor what could not be sent at all is in the way.
    from: 7,
    attachments: [
      { path: "/etc/passwd" },
      { content: iterable(), contentType: "no type" },
      null,
      { message: inner },
      { message: { text: "Hi", attachments: [{ content: web() }, { message: web() }] } },
      { message: composed },
      { content: again },
      { content: new Blob(["x"]) },
    ],
  });
  expect(seen).toEqual({ closed: 5, opened: 0 });
  await closeStreams(inner);
  expect(seen.closed).toBe(5);
});

test("closeStreams takes a raw message, what is none, and one that stands in itself", async () => {
  const { seen, iterable } = counted();
  await closeStreams({ raw: iterable() });
  expect(seen.closed).toBe(1);
  for (const nothing of [undefined, null, "text", 7, [], { raw: "text" }]) {
    await closeStreams(nothing);
  }
  expect(seen.closed).toBe(1);
  await closeStreams(Object.create({ raw: iterable() }));
  expect(seen.closed).toBe(2);
  const attachments: unknown[] = [];
  attachments.push(...Array(100).fill({ message: { attachments } }), { content: iterable() });
  await closeStreams({ attachments });
  expect(seen.closed).toBe(3);
});

test("closeStreams takes messages that stand a hundred thousand deep in one another", async () => {
  const { seen, web } = counted();
  let message: object = { raw: web() };
  for (let depth = 0; depth < 100_000; depth++) message = { attachments: [{ message }] };
  await closeStreams(message);
  expect(seen.closed).toBe(1);
});

test("closeStreams leaves a stream to whoever reads it", async () => {
  const { seen, web } = counted();
  const stream = web();
  const reader = stream.getReader();
  await closeStreams({ raw: stream });
  expect(seen.closed).toBe(0);
  await reader.cancel();
});
