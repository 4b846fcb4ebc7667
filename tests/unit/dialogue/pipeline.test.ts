import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { Pipeline } from "../../../lib/dialogue/pipeline.ts";
import { type Dialogue, exchange, resolve, secure } from "../../../lib/dialogue/step.ts";
import { noop, quit, reset } from "../../../lib/dialogue/upkeep.ts";
import { ClosedError, type Fate, type Phase, ProtocolError } from "../../../lib/errors.ts";
import { Bench, ending, GROUP, message } from "./support.ts";

const closed = (fate: Fate, phase: Phase) => new ClosedError(phase, "over", { fate });
const hanging = {
  clean: false,
  stream: async function* (): AsyncGenerator<Uint8Array> {
    yield encodeUtf8("a\r\n");
    await new Promise(() => {});
  },
};

test("Pipeline resumes the oldest dialogue that is owed a reply", () => {
  const bench = new Bench();
  bench.run(message());
  bench.run(message({ to: ["c@example.net"] }));
  bench.run(quit());
  expect(bench.written()).toBe(GROUP);
  bench.receive("250 1", "250 2", "354 3");
  expect(bench.written()).toBe(`Hi\r\n.\r\n${GROUP.replace("b@", "c@")}`);
  bench.receive("250 first");
  expect(bench.outcomes).toEqual([
    { value: expect.objectContaining({ accepted: ["b@example.net"] }) },
    undefined,
    undefined,
  ]);
  bench.receive("250 4", "250 5", "354 6");
  expect(bench.written()).toBe("Hi\r\n.\r\nQUIT\r\n");
  bench.receive("250 second", "221 bye");
  expect(bench.outcomes).toEqual(Array(3).fill({ value: expect.anything() }));
  expect([bench.pipeline.failed, bench.pipeline.awaited]).toEqual([undefined, undefined]);
});

test("Pipeline hands out all that is asked for in one tick as one piece", () => {
  const bench = new Bench();
  bench.run(reset(true));
  bench.run(message());
  expect(bench.written()).toBe(`RSET\r\n${GROUP}`);
});

test("Pipeline lets nothing follow NOOP, or RSET without PIPELINING, before the reply", () => {
  const bench = new Bench();
  bench.run(noop());
  bench.run(reset(false));
  bench.run(message());
  expect(bench.written()).toBe("NOOP\r\n");
  bench.receive("250 ok");
  expect(bench.written()).toBe("RSET\r\n");
  bench.receive("250 ok");
  expect(bench.written()).toBe(GROUP);
});

test.each([
  ["while nothing is owed", 0, "idle"],
  ["behind the replies that are owed", 1, "idle"],
])("Pipeline takes a reply %s for a protocol error", (_what, noops) => {
  const bench = new Bench();
  for (let i = 0; i < noops; i++) bench.run(noop());
  bench.written();
  bench.receive(...Array(noops).fill("250 ok"), "250 too many");
  expect(bench.pipeline.failed).toMatchObject({ name: "ProtocolError", phase: "idle" });
  const late = bench.run(noop());
  expect(bench.written()).toBe("");
  expect(bench.outcomes[late]).toBeUndefined();
});

test("Pipeline takes a reply that is earlier than its command for a protocol error", () => {
  const bench = new Bench();
  bench.run(message());
  bench.receive("250 ok");
  expect(bench.error(0)).toMatchObject({ name: "ProtocolError", phase: "mail", fate: "unsent" });
});

test.each(["554 5.7.1 spam", "451 4.7.1 later"])(
  "Pipeline takes %s in mid-content for the verdict, and ends",
  (line) => {
    const bench = new Bench();
    bench.run(message({ content: hanging }));
    bench.run(message());
    bench.written();
    bench.receive("250 1", "250 2", "354 3");
    expect(bench.written()).toBe("(content)");
    bench.receive(line);
    const fate = line.startsWith("5") ? "rejected" : "deferred";
    expect(bench.error(0)).toMatchObject({ name: "RejectedError", phase: "final", fate, sessionUsable: false });
    expect(bench.error(1)).toMatchObject({ name: "ClosedError", fate: "unsent", retryable: true });
    expect(bench.pipeline.failed).toBeInstanceOf(ClosedError);
  },
);

test("Pipeline believes no acceptance in mid-content", () => {
  const bench = new Bench();
  bench.run(message({ content: hanging }));
  bench.written();
  bench.receive("250 1", "250 2", "354 3");
  bench.written();
  bench.receive("250 queued");
  expect(bench.error(0)).toMatchObject({ name: "ProtocolError", phase: "content", fate: "unsent", retryable: false });
});

test("Pipeline writes no command behind a reply that was begun before it", () => {
  for (const begun of ["2", "250 2.0.0", "250-two\r\n", "421 4.3"]) {
    const bench = new Bench();
    bench.pipeline.receive(encodeUtf8(begun));
    bench.run(noop());
    expect(bench.written()).toBe("");
    expect(bench.error(0)).toMatchObject({ name: "ClosedError", phase: "noop", fate: "unsent", retryable: true });
    expect(bench.pipeline.failed).toBeDefined();
  }
});

test("Pipeline takes no group for answered while a reply is left over behind it", () => {
  for (
    const [left, outcome] of [["550 no\r\n", "unknown"], ["what?\r\n", "unknown"], ["421 bye\r\n", "sent"], [
      "4",
      "sent",
    ]]
  ) {
    const bench = new Bench();
    bench.run(message({ chunking: true }));
    bench.written();
    bench.pipeline.receive(encodeUtf8(`250 1\r\n250 2\r\n250 3\r\n${left}`));
    if (outcome === "sent") expect(bench.outcomes[0], left).toMatchObject({ value: { reply: { code: 250 } } });
    else expect(bench.error(0), left).toMatchObject({ name: "ProtocolError", phase: "final", fate: outcome });
  }
});

test("Pipeline takes a refusal that comes with 354 for one, whether the content is in memory or not", () => {
  for (const options of [{}, { content: hanging }]) {
    const bench = new Bench();
    bench.run(message(options));
    bench.run(message());
    bench.written();
    bench.receive("250 1", "250 2", "354 3", "552 5.3.4 too big");
    expect(bench.error(0)).toMatchObject({ name: "RejectedError", fate: "rejected", sessionUsable: false });
    expect(bench.error(1)).toMatchObject({ name: "ClosedError", fate: "unsent" });
    expect(bench.pipeline.failed).toBeDefined();
  }
});

test("Pipeline.endContent puts what ends the content before what waits behind it", () => {
  const bench = new Bench();
  bench.run(message({ content: hanging }));
  bench.run(message());
  bench.written();
  bench.receive("250 1", "250 2", "354 3");
  const item = bench.pipeline.next();
  if (item === undefined || item instanceof Uint8Array) throw new Error("no content");
  expect(bench.pipeline.awaited).toBeUndefined();
  bench.pipeline.endContent(item.owed, encodeUtf8(".\r\n"));
  expect(bench.written()).toBe(`.\r\n${GROUP}`);
  expect(bench.pipeline.awaited).toBe("final");
  bench.receive("250 queued");
  expect(bench.outcomes[0]).toMatchObject({ value: { accepted: ["b@example.net"] } });
});

test("Pipeline ends with a 421 that nothing asked for, and says why", () => {
  const bench = new Bench();
  bench.receive("421 4.4.2 idle for too long");
  expect(bench.pipeline.failed).toMatchObject({
    name: "ClosedError",
    phase: "idle",
    message: "The server closed the session: 421 4.4.2 idle for too long",
  });
});

test.each([
  ["before its command was handed over", [], false, "ClosedError", "unsent"],
  ["instead of MAIL's reply", [], true, "ReplyError", "deferred"],
  ["instead of DATA's reply", ["250 1", "250 2"], true, "ReplyError", "deferred"],
  ["instead of the final reply", ["250 1", "250 2", "354 3"], true, "ReplyError", "deferred"],
])(
  "Pipeline takes a 421 %s for the message's error, and ends the others unsent",
  (_what, before, write, name, fate) => {
    const bench = new Bench();
    bench.run(message());
    bench.run(message());
    if (write) bench.written();
    bench.receive(...before);
    if (write) bench.written();
    bench.receive("421 going down");
    expect(bench.error(0)).toMatchObject({ name, fate, retryable: true });
    expect(bench.error(1)).toMatchObject({ name: "ClosedError", fate: "unsent", retryable: true });
  },
);

test("Pipeline.giveUp takes back what has not begun", () => {
  const bench = new Bench();
  bench.run(message());
  bench.run(message({ to: ["never@example.net"] }));
  expect(bench.pipeline.giveUp(bench.running[1]!, { make: closed, end: closed })).toBe(true);
  expect(bench.error(1)).toMatchObject({ name: "ClosedError", fate: "unsent" });
  bench.written();
  bench.receive("250 1", "250 2", "354 3");
  expect(bench.written()).not.toContain("never");
});

test("Pipeline lets a dialogue that fails before it writes harm nobody else", () => {
  const bench = new Bench();
  bench.run(message());
  bench.run(ending(() => {
    throw new TypeError("no");
  }));
  bench.run((function* (): Dialogue<void> {
    yield* resolve(() => Promise.resolve());
  })());
  bench.run(noop());
  bench.written();
  bench.receive("250 1", "250 2", "354 3");
  bench.written();
  expect(bench.error(1)).toBeInstanceOf(TypeError);
  bench.pipeline.resumeWithError(new Error("no token"));
  expect(bench.error(2)).toEqual(new Error("no token"));
  expect(bench.written()).toBe("NOOP\r\n");
  bench.receive("250 queued", "250 ok");
  expect([bench.outcomes[0], bench.outcomes[3]]).toEqual([{ value: expect.anything() }, { value: expect.anything() }]);
  expect(bench.pipeline.failed).toBeUndefined();
});

test("Pipeline ends when a dialogue fails that has written", () => {
  const bench = new Bench();
  bench.run((function* (): Dialogue<void> {
    yield* exchange(encodeUtf8("NOOP\r\n"), ["noop"]);
    throw new TypeError("a mistake");
  })());
  bench.run(noop());
  bench.written();
  bench.receive("250 ok");
  expect(bench.error(0)).toBeInstanceOf(TypeError);
  expect(bench.error(1)).toMatchObject({ name: "ClosedError", fate: "unsent" });
});

test("Pipeline queues ten thousand dialogues without a deep stack, and fails them all at once", () => {
  const bench = new Bench();
  for (let i = 0; i < 10_000; i++) bench.run(reset(true));
  expect(bench.written()).toBe("RSET\r\n".repeat(10_000));
  bench.receive(...Array(5_000).fill("250 ok"));
  bench.pipeline.fail(closed);
  expect(bench.outcomes.filter((outcome) => outcome !== undefined && "value" in outcome)).toHaveLength(5_000);
  expect(bench.outcomes.filter((outcome) => outcome !== undefined && "error" in outcome)).toHaveLength(5_000);
});

test("Pipeline begins ten thousand dialogues that write nothing without a deep stack", () => {
  const bench = new Bench();
  bench.run(noop());
  for (let i = 0; i < 10_000; i++) bench.run(ending(() => i));
  bench.written();
  bench.receive("250 ok");
  expect(bench.outcomes.slice(1)).toEqual(Array.from({ length: 10_000 }, (_, value) => ({ value })));
});

test("Pipeline knows a message's fate by whether its content's end was handed over", () => {
  const stages: readonly [string, (bench: Bench) => void, Fate][] = [
    ["nothing handed over", () => {}, "unsent"],
    ["its group handed over", (bench) => void bench.written(), "unsent"],
    ["354 received, content not handed over", (bench) => {
      bench.written();
      bench.receive("250 1", "250 2", "354 3");
    }, "unsent"],
    ["content handed over", (bench) => {
      bench.written();
      bench.receive("250 1", "250 2", "354 3");
      bench.written();
    }, "unknown"],
  ];
  for (const [what, advance, fate] of stages) {
    const bench = new Bench();
    bench.run(message());
    bench.run(message());
    advance(bench);
    bench.pipeline.fail(closed);
    expect([bench.error(0), bench.error(1)], what).toMatchObject([{ fate }, { fate: "unsent" }]);
  }
});

test("Pipeline demands the change to TLS only when nothing is left over, even less than a line", () => {
  for (const left of ["", "2", "220 more\r\n"]) {
    const bench = new Bench();
    bench.run((function* (): Dialogue<string> {
      yield* exchange(encodeUtf8("STARTTLS\r\n"), ["starttls"]);
      yield* secure();
      return "secured";
    })());
    bench.written();
    bench.pipeline.receive(encodeUtf8(`220 go\r\n${left}`));
    if (left === "") {
      expect(bench.pipeline.demand?.kind).toBe("secure");
      bench.pipeline.resume();
      expect(bench.outcomes[0]).toEqual({ value: "secured" });
    } else {
      expect(bench.pipeline.demand).toBeUndefined();
      expect(bench.error(0)).toMatchObject({ name: "ProtocolError", code: "STARTTLS_FAILED" });
      expect(bench.pipeline.failed).toBeDefined();
    }
  }
});

test("Pipeline makes a protocol error of what is no reply, with the phase it was owed for", () => {
  const bench = new Bench();
  bench.run(message());
  bench.written();
  bench.receive("250 ok", "nonsense");
  expect(bench.error(0)).toMatchObject({ name: "ProtocolError", phase: "rcpt", fate: "unsent", retryable: false });
  expect((bench.error(0) as Error).cause).toBeInstanceOf(ProtocolError);
});

test("Pipeline tells its trace what is said", () => {
  const told: string[] = [];
  const trace = (direction: string, text: string) => void told.push(`${direction}: ${text}`);
  const bench = new Bench(new Pipeline({ trace }));
  bench.run(message());
  bench.written();
  bench.receive("250-2.1.0 a", "250 2.1.0 b", "250 2", "354 3");
  bench.written();
  bench.receive("250 queued");
  expect(bench.outcomes[0]).toHaveProperty("value");
  expect(told).toEqual([
    `client: ${GROUP.trimEnd()}`,
    "server: 250 2.1.0 a b",
    "server: 250 2",
    "server: 354 3",
    "client: (7 octets of content)",
    "server: 250 queued",
  ]);
});
