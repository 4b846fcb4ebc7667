import { expect, test } from "vitest";
import { ClosedError, connectionFrom, dial } from "../../../mod.ts";
import { failureOf, hex, playing, reach, withTls } from "./support.ts";

function pair(): {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly events: string[];
  readonly written: Uint8Array[];
  give(octets: Uint8Array | undefined): void;
  fail(error: unknown): void;
} {
  const events: string[] = [];
  const written: Uint8Array[] = [];
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const readable = new ReadableStream<Uint8Array>({
    start: (own) => void (controller = own),
    cancel: () => void events.push("cancel"),
  });
  const writable = new WritableStream<Uint8Array>({
    write: (octets) => void written.push(octets),
    abort: () => void events.push("abort"),
  });
  return {
    readable,
    writable,
    events,
    written,
    give: (octets) => octets === undefined ? controller.close() : controller.enqueue(octets),
    fail: (error) => controller.error(error),
  };
}

test("connectionFrom reads and writes, and copies what it is given", async () => {
  const streams = pair();
  const connection = connectionFrom(streams, { peer: { host: "far", port: 25 } });
  expect([connection.peer, connection.tls]).toEqual([{ host: "far", port: 25 }, undefined]);
  const octets = hex("010203");
  await connection.write(octets);
  octets.fill(0);
  expect(streams.written).toEqual([hex("010203")]);
  streams.give(hex(""));
  streams.give(hex("0405"));
  expect(await connection.read()).toEqual(hex("0405"));
  streams.give(undefined);
  expect(await connection.read()).toBeNull();
  expect(await connection.read()).toBeNull();
  await expect(connection.startTls()).rejects.toThrow(TypeError);
});

test("connectionFrom closes both streams; a pending read gives null, a pending write rejects", async () => {
  const streams = pair();
  const stuck = new WritableStream<Uint8Array>({ write: () => new Promise<void>(() => {}) });
  const connection = connectionFrom({ readable: streams.readable, writable: stuck });
  const read = connection.read();
  const write = failureOf(connection.write(hex("01")));
  await expect(connection.read()).rejects.toThrow("another read is pending");
  await expect(connection.write(hex("02"))).rejects.toThrow("another write is pending");
  connection.close();
  connection.close();
  expect(await read).toBeNull();
  expect((await write).code).toBe("CONNECTION_LOST");
  expect(await connection.read()).toBeNull();
  expect((await failureOf(connection.write(hex("03")))).code).toBe("CONNECTION_LOST");
  expect(streams.events).toEqual(["cancel"]);
});

test("connectionFrom says CONNECTION_LOST where a stream fails or gives no octets", async () => {
  const failing = pair();
  const lost = connectionFrom(failing);
  failing.fail(new Error("cable cut"));
  expect(await failureOf(lost.read())).toMatchObject({ code: "CONNECTION_LOST", cause: new Error("cable cut") });
  const odd = pair();
  odd.give("text" as never);
  expect((await failureOf(connectionFrom(odd).read())).message).toContain("not a Uint8Array");
  const broken = new WritableStream<Uint8Array>({ write: () => Promise.reject(new Error("full")) });
  const full = connectionFrom({ readable: pair().readable, writable: broken });
  expect((await failureOf(full.write(hex("01")))).message).toContain("full");
});

test("connectionFrom takes web streams that nobody else reads", () => {
  const streams = pair();
  expect(() => connectionFrom({} as never)).toThrow("streams");
  expect(() => connectionFrom(undefined as never)).toThrow("streams");
  streams.readable.getReader();
  expect(() => connectionFrom(streams)).toThrow("locked");
});

test("dial asks for a connection each time, and has TLS begun over it", async () => {
  const asked: unknown[] = [];
  const road = dial((target) => {
    asked.push([target.host, target.port]);
    return pair();
  });
  const begun: string[] = [];
  const runtime = withTls(playing([]), begun);
  const connection = await reach(road, runtime);
  expect(connection.peer).toEqual({ host: "mail.example.com", port: 465 });
  await reach(road, runtime, { tls: "implicit" });
  expect(asked).toEqual([["mail.example.com", 465], ["mail.example.com", 465]]);
  expect(begun).toEqual(["TLS with mail.example.com:465 {}"]);
});

test("dial takes a connection as it is", async () => {
  const streams = pair();
  const own = connectionFrom(streams);
  const connection = await reach(dial(() => Promise.resolve(own)), playing([]));
  await connection.write(hex("07"));
  connection.close();
  expect([streams.written, streams.events]).toEqual([[hex("07")], ["cancel", "abort"]]);
});

test("dial says what went wrong, and what it was given", async () => {
  const cause = new Error("no\r\nroute");
  const error = await failureOf(reach(dial(() => Promise.reject(cause)), playing([])));
  expect(error).toMatchObject({ code: "CONNECT_FAILED", cause });
  expect(error.message).toBe("Cannot connect to mail.example.com:465: no route");
  const thrower = dial(() => {
    throw cause;
  });
  expect(await failureOf(reach(thrower, playing([])))).toMatchObject({ code: "CONNECT_FAILED", cause });
  const own = new ClosedError("connect", "over");
  await expect(reach(dial(() => Promise.reject(own)), playing([]))).rejects.toBe(own);
  for (const given of [undefined, "x", {}, { read: 1 }]) {
    const error = await failureOf(reach(dial(() => given as never), playing([])));
    expect(error.message).toContain("neither a connection nor a pair of streams");
  }
  expect(() => dial("x" as never)).toThrow("must be a function");
});

test("dial closes what comes when nobody waits any more", async () => {
  let give!: (streams: ReturnType<typeof pair>) => void;
  const cancel = new AbortController();
  const seen: AbortSignal[] = [];
  const road = dial(({ signal }) => {
    if (signal !== undefined) seen.push(signal);
    return new Promise<ReturnType<typeof pair>>((resolve) => give = resolve);
  });
  const connecting = reach(road, playing([]), { signal: cancel.signal });
  await new Promise((resolve) => setTimeout(resolve, 0));
  cancel.abort("enough");
  await expect(connecting).rejects.toBe("enough");
  expect(seen).toEqual([cancel.signal]);
  const late = pair();
  give(late);
  while (late.events.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(late.events).toEqual(["cancel", "abort"]);
});
