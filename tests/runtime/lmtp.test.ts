/** LMTP with npm's smtp-server, over a Unix socket and over TCP. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lmtp, type RefusedRecipient, send, Session, type SessionOptions, SmtpClient } from "../../mod.ts";

interface Delivered {
  readonly to: readonly string[];
  readonly content: string;
  readonly greeting: string;
  readonly local: boolean;
}

let folder: string;
let path: string;
let port: number;
let delivered: () => Promise<readonly Delivered[]>;
let stop: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lmtp"));
  path = join(folder, "lmtp.sock");
  const script = fileURLToPath(new URL("../support/lmtp_server.mjs", import.meta.url));
  const child = spawn("node", [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  port = JSON.parse((await answers.next()).value!).port;
  delivered = async () => {
    child.stdin.write("\n");
    return JSON.parse((await answers.next()).value!);
  };
  stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    await ended;
  };
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const TO = ["bob@example.test", "nobody@example.test", "full@example.test", "later@example.test", "eve@example.test"];

function refusals(rejected: readonly RefusedRecipient[]): readonly (readonly [string, number])[] {
  return rejected.map(({ recipient, reply }) => [recipient, reply.code]);
}

describe.each(["a Unix socket", "TCP"])("lmtp over %s", (way) => {
  const local = way !== "TCP";
  const options = (): SessionOptions =>
    local ? { path, protocol: lmtp } : { host: "127.0.0.1", port, tls: "off", protocol: lmtp };
  const message = (text: string, to: readonly string[] = TO) => ({ from: "ada@example.test", to, subject: way, text });
  const having = async (text: string) => (await delivered()).filter(({ content }) => content.includes(text));

  test("delivers to each recipient by itself", async () => {
    const text = `each by ${way}`;
    const { accepted, rejected, reply } = await send(options(), message(text));
    expect(accepted).toEqual(["bob@example.test", "eve@example.test"]);
    expect(refusals(rejected)).toEqual([
      ["nobody@example.test", 550],
      ["full@example.test", 552],
      ["later@example.test", 450],
    ]);
    expect(reply.text).toContain("for bob@example.test");
    expect(await having(text)).toEqual([
      expect.objectContaining({ to: ["bob@example.test", "eve@example.test"], greeting: "LHLO", local }),
    ]);
  });

  test("has several messages on their way in one session, from memory and from streams, in their order", async () => {
    await using session = await Session.open(options());
    expect(session.extensions.has("PIPELINING")).toBe(true);
    const texts = Array.from({ length: 12 }, (_, index) => `message ${index}. by ${way}`);
    const receipts = await Promise.all(texts.map((text, index) => {
      const plain = message(text, index % 3 === 0 ? TO : ["bob@example.test", `r${index}@example.test`]);
      const raw = new Blob([`Subject: ${way}\r\n\r\n${text}\r\n`, "a line\r\n".repeat(40_000)]).stream();
      return session.send(index % 4 === 1 ? { raw, envelope: { from: plain.from, to: plain.to } } : plain);
    }));
    expect(receipts.map(({ accepted }) => accepted)).toEqual(texts.map((_, index) => [
      "bob@example.test",
      index % 3 === 0 ? "eve@example.test" : `r${index}@example.test`,
    ]));
    const came = (await delivered()).flatMap(({ content }) => texts.find((text) => content.includes(text)) ?? []);
    expect(came).toEqual(texts);
  });

  test("tells of a message that nobody has, and goes on", async () => {
    await using client = new SmtpClient(options());
    const error = await client.send(message("nobody", TO.slice(1, 4))).catch((error) => error);
    expect(error).toMatchObject({ name: "RejectedError", phase: "final", fate: "deferred", reply: { code: 450 } });
    expect(refusals(error.rejected)).toHaveLength(3);
    const all = await client.send(message("all"), { recipients: "all" }).catch((error) => error);
    expect(all).toMatchObject({ name: "UnsupportedError", feature: "LMTP", fate: "unsent" });
    expect(await client.send(message("one", ["bob@example.test"]), { recipients: "all" })).toMatchObject({
      accepted: ["bob@example.test"],
    });
  });
});
