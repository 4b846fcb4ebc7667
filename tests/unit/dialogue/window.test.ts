import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { OpenTransaction } from "../../../lib/dialogue/open_transaction.ts";
import { Pipeline } from "../../../lib/dialogue/pipeline.ts";
import { Running } from "../../../lib/dialogue/running.ts";
import { noop, quit } from "../../../lib/dialogue/upkeep.ts";
import type { WireForm } from "../../../lib/mime/content.ts";
import { ClosedError, type Fate, type Phase } from "../../../lib/errors.ts";
import { Bench, message } from "./support.ts";

const closed = (fate: Fate, phase: Phase) => new ClosedError(phase, "over", { fate });
const cancelled = (fate: Fate, phase: Phase) => new ClosedError(phase, "cancelled", { fate });
const LINES = "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\n";
const WHOLE = `${LINES}BDAT 4 LAST\r\nHi\r\n`;
const OK = ["250 mail", "250 rcpt", "250 queued"];

/** A pipeline in which messages are exposed to the window, as a session exposes them. */
class WindowBench extends Bench {
  readonly open = new OpenTransaction();

  constructor(messages: number, octets = 1_000_000) {
    super(new Pipeline({ window: { messages, octets } }));
  }

  send(exposure = 4, content: WireForm = "Hi\r\n"): number {
    const number = this.running.length;
    this.outcomes.push(undefined);
    const dialogue = message({ chunking: true, content }, this.open);
    const running = new Running(dialogue, (outcome) => this.outcomes[number] = outcome, exposure);
    this.running.push(running);
    this.pipeline.run(running);
    return number;
  }

  giveUp(number: number): boolean {
    return this.pipeline.giveUp(this.running[number]!, { make: cancelled, end: closed });
  }
}

test("Pipeline begins as many messages as the window has room for, and the next one when one has its reply", () => {
  const bench = new WindowBench(2);
  for (let i = 0; i < 4; i++) bench.send();
  expect(bench.written()).toBe(`${WHOLE}RSET\r\n${WHOLE}`);
  bench.receive(...OK);
  expect(bench.written()).toBe(`RSET\r\n${WHOLE}`);
  bench.receive("250 reset", ...OK, "250 reset", ...OK);
  // Two were accepted, and nothing is unsettled any more.
  expect(bench.written()).toBe(`RSET\r\n${WHOLE}`);
  bench.receive("250 reset", ...OK);
  expect(bench.outcomes.every((outcome) => outcome !== undefined && "value" in outcome)).toBe(true);
  bench.send();
  expect(bench.written()).toBe(WHOLE);
});

test("Pipeline has few messages under way at first, more as they are accepted, and half as many with each refusal", () => {
  const bench = new WindowBench(20);
  for (let i = 0; i < 200; i++) bench.send();
  const begun = () => bench.written().split("MAIL").length - 1;
  const accept = () => (bench.receive("250 reset", ...OK), begun());
  const refuse = () => (bench.receive("250 reset", "250 mail", "550 no", "503 no"), begun());
  const times = (count: number, what: () => number) => Array.from({ length: count }, what);
  expect(begun()).toBe(8);
  // The first has no RSET in front.
  bench.receive(...OK);
  expect(begun()).toBe(2);
  // For one that was accepted two are begun, until as many are under way as the window takes.
  expect(times(14, accept)).toEqual([...Array(11).fill(2), 1, 1, 1]);
  // From twenty to ten, to five, to two, to one: nothing is begun before so many have ended.
  expect(times(20, refuse)).toEqual([...Array(19).fill(0), 1]);
  expect(times(3, accept)).toEqual([2, 2, 2]);
});

test("Pipeline begins nothing while as many octets are under way as the window takes", () => {
  const bench = new WindowBench(100, 10);
  for (const exposure of [9, 50, 1]) bench.send(exposure);
  expect(bench.written()).toBe(`${WHOLE}RSET\r\n${WHOLE}`);
  bench.receive(...OK);
  expect(bench.written()).toBe("");
  bench.receive("250 reset", ...OK);
  expect(bench.written()).toBe(WHOLE);
});

test("Pipeline lets a message of unknown size be followed by none", () => {
  const bench = new WindowBench(100, 10);
  bench.send(Infinity);
  bench.send();
  expect(bench.written()).toBe(WHOLE);
  bench.receive(...OK);
  expect(bench.written()).toBe(WHOLE);
});

test("Pipeline writes NOOP and QUIT behind a full window", () => {
  const bench = new WindowBench(1);
  bench.send();
  bench.run(noop());
  bench.run(quit());
  expect(bench.written()).toBe(`${WHOLE}NOOP\r\n`);
  bench.receive(...OK, "250 ok");
  expect(bench.written()).toBe("QUIT\r\n");
});

test("Pipeline.giveUp counts off the replies to a message of a window that nobody waits for", () => {
  const bench = new WindowBench(10);
  for (let i = 0; i < 3; i++) bench.send();
  bench.written();
  expect(bench.giveUp(1)).toBe(true);
  expect(bench.error(1)).toMatchObject({ message: "cancelled", fate: "unknown" });
  bench.receive(...OK, "250 reset", "550 no", "503 no", "503 no", "250 reset", ...OK);
  expect([bench.outcomes[0], bench.outcomes[2]]).toEqual([{ value: expect.anything() }, { value: expect.anything() }]);
  expect([bench.pipeline.failed, bench.pipeline.awaited]).toEqual([undefined, undefined]);
});

test("Pipeline.giveUp takes back what was not handed over, and the window has room again", () => {
  const bench = new WindowBench(2);
  for (let i = 0; i < 3; i++) bench.send();
  expect(bench.giveUp(0)).toBe(true);
  expect(bench.error(0)).toMatchObject({ message: "cancelled", fate: "unsent" });
  expect(bench.written()).toBe(`RSET\r\n${WHOLE}RSET\r\n${WHOLE}`);
  bench.receive("250 reset", ...OK, "250 reset", ...OK);
  expect(bench.outcomes.slice(1)).toEqual([{ value: expect.anything() }, { value: expect.anything() }]);
});

test("Pipeline.giveUp leaves ending the session to the driver when nobody else is in doubt", () => {
  const bench = new WindowBench(2);
  bench.send();
  bench.written();
  expect(bench.giveUp(0)).toBe(false);
  expect(bench.outcomes[0]).toBeUndefined();
});

test("Pipeline knows what of a window is in doubt when the connection ends", () => {
  const bench = new WindowBench(2);
  for (let i = 0; i < 3; i++) bench.send();
  bench.written();
  bench.receive(...OK);
  bench.pipeline.lose(closed);
  expect(bench.outcomes[0]).toEqual({ value: expect.anything() });
  expect([bench.error(1), bench.error(2)]).toMatchObject([{ fate: "unknown" }, { fate: "unsent" }]);
});

test("Pipeline writes nothing more once a server has said 421, and listens for the rest of the window", () => {
  const bench = new WindowBench(2);
  for (let i = 0; i < 3; i++) bench.send();
  bench.written();
  bench.receive("421 4.3.2 going down");
  expect(bench.outcomes[0]).toBeUndefined();
  expect(bench.error(2)).toMatchObject({ name: "ClosedError", fate: "unsent", retryable: true });
  expect([bench.outcomes[1], bench.pipeline.failed]).toEqual([undefined, undefined]);
  expect(bench.pipeline.over).toMatchObject({ name: "ClosedError" });
  const late = bench.send();
  expect([bench.written(), bench.outcomes[late]]).toEqual(["", undefined]);
  bench.receive("503 no", "503 no", "250 reset", ...OK);
  expect(bench.error(0)).toMatchObject({
    name: "RejectedError",
    phase: "mail",
    fate: "deferred",
    sessionUsable: false,
  });
  expect(bench.outcomes[1]).toEqual({ value: expect.anything() });
  expect(bench.pipeline.failed).toMatchObject({ message: "The server closed the session: 421 4.3.2 going down" });
  expect(bench.error(late)).toMatchObject({ name: "ClosedError", fate: "unsent" });
});

test.each([
  ["closes without a word", true, [], "unsent"],
  ["closes, and has refused all else", true, ["503 no", "503 no", "250 reset", "421 enough"], "unsent"],
  ["closes, but has accepted more", true, ["503 no", "503 no", "250 reset", "250 ok"], "unknown"],
  ["does not close", false, [], "unknown"],
])("Pipeline knows what is behind a 421 by what the server does: it %s", (_what, closes, more, fate) => {
  const bench = new WindowBench(2);
  bench.send();
  bench.send();
  bench.written();
  bench.receive("421 4.3.2 going down", ...more);
  if (closes) bench.pipeline.lose(closed);
  else bench.pipeline.fail(closed);
  if (more.length < 2) expect(bench.error(0)).toMatchObject({ name: "ReplyError", phase: "mail", fate: "deferred" });
  expect(bench.error(1)).toMatchObject({ name: "ClosedError", fate });
});

test("Pipeline does not know what became of a message that was told 421 in mid-envelope and accepted further", () => {
  const bench = new WindowBench(2);
  bench.run(message({ chunking: true, content: "Hi\r\n", to: ["b@example.net", "c@example.net"] }, bench.open));
  bench.written();
  bench.receive("250 mail", "421 not this one", "250 rcpt");
  bench.pipeline.lose(closed);
  expect(bench.error(0)).toMatchObject({ name: "ClosedError", fate: "unknown" });
});

test("Pipeline breaks chunked content off once nobody is left to get it, and the next message begins with RSET", () => {
  const bench = new WindowBench(10);
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) yield encodeUtf8("a\r\n");
  };
  bench.send(4, { clean: false, stream: endless });
  bench.send();
  expect(bench.written()).toBe(`${LINES}(content)`);
  bench.receive("250 mail", "550 5.1.1 no such user");
  expect(bench.error(0)).toMatchObject({ name: "RejectedError", phase: "rcpt", sessionUsable: true });
  expect(bench.written()).toBe(`RSET\r\n${WHOLE}`);
  bench.receive("250 reset", ...OK);
  expect(bench.outcomes[1]).toEqual({ value: expect.anything() });
});

test("Pipeline waits for the replies to chunks that were handed over before content was broken off", () => {
  const bench = new WindowBench(10);
  bench.send(4, { clean: true, stream: async function* () {} });
  expect(bench.pipeline.next()).toBeInstanceOf(Uint8Array);
  const item = bench.pipeline.next();
  if (item === undefined || item instanceof Uint8Array) throw new Error("no content");
  bench.pipeline.addPiece(item.owed);
  bench.pipeline.addPiece(item.owed);
  bench.receive("250 mail", "250 rcpt", "552 5.2.2 full");
  expect([item.owed.stopped, bench.outcomes[0]]).toEqual([true, undefined]);
  bench.receive("503 no");
  expect(bench.error(0)).toMatchObject({
    name: "RejectedError",
    phase: "content",
    fate: "rejected",
    sessionUsable: true,
  });
  expect([bench.pipeline.failed, bench.pipeline.awaited]).toEqual([undefined, undefined]);
});

test("Pipeline believes no reply to a chunk that was not written", () => {
  const bench = new WindowBench(10);
  bench.send(4, { clean: true, stream: async function* () {} });
  bench.pipeline.next();
  bench.pipeline.next();
  bench.receive("250 mail", "250 rcpt", "250 chunk");
  expect(bench.error(0)).toMatchObject({ name: "ProtocolError", fate: "unsent" });
});

test("Pipeline takes a refused RSET for the end of the session, and listens for what it still brings", () => {
  const bench = new WindowBench(3);
  for (let i = 0; i < 4; i++) bench.send();
  bench.written();
  bench.receive("250 mail", "550 no", "503 no", "554 too many nonmail commands");
  expect(bench.pipeline.over).toMatchObject({
    message: "The server closed the session: 554 too many nonmail commands",
  });
  expect(bench.error(3)).toMatchObject({ fate: "unsent", retryable: true });
  bench.pipeline.lose(closed);
  expect([bench.error(1), bench.error(2)]).toMatchObject([
    { name: "ClosedError", fate: "unsent", retryable: true },
    { name: "ClosedError", fate: "unsent", retryable: true },
  ]);
});

test("Pipeline believes a server that refuses RSET and takes the message", () => {
  const bench = new WindowBench(2);
  bench.send();
  bench.send();
  bench.written();
  bench.receive(...OK, "502 what", ...OK);
  expect(bench.outcomes[1]).toEqual({ value: expect.anything() });
  expect(bench.pipeline.failed).toMatchObject({ name: "ClosedError" });
});

test.each([
  ["354 what", "unknown"],
  ["554 no", "unsent"],
])("Pipeline does not call a message unsent whose envelope and content are answered by nonsense: %s", (final, fate) => {
  const bench = new WindowBench(1);
  bench.send();
  bench.written();
  bench.receive("354 what", "250 rcpt", final);
  expect(bench.error(0)).toMatchObject({ name: "ProtocolError", phase: "mail", fate });
});
