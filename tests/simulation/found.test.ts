/** What simulations have found, each as the shortest conversation that shows it. */
import { expect, test } from "vitest";
import { SmtpClient } from "../../lib/client/client.ts";
import { ClosedError } from "../../lib/errors.ts";
import type { RawMessage } from "../../lib/mime/raw.ts";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer, serveWith } from "../support/scripted_server.ts";

function message(text = "Subject: x\r\n\r\nHi\r\n"): RawMessage {
  return { raw: text, envelope: { from: "a@example.com", to: "b@example.net" } };
}

test("Session.open waits with the handshake until STARTTLS is reported written, when its reply comes before that", async () => {
  const order: string[] = [];
  const runtime = new ScriptedRuntime((wire) => {
    new ScriptedServer(wire, { extensions: (secured) => secured ? [] : ["STARTTLS"] });
    const serve = wire.onWrite;
    wire.onWrite = async (octets) => {
      serve(octets);
      if (!new TextDecoder().decode(octets).startsWith("STARTTLS")) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push("written");
    };
    wire.onTls = () => void order.push("handshake");
  });
  const session = await Session.open({ host: "mail.example", port: 587, runtime });
  await session.close();
  expect(order).toEqual(["written", "handshake"]);
});

test("SmtpClient.close waits for a sign of life that was asked for, and lets others go on meanwhile", async () => {
  let answer = () => {};
  let asked: () => void;
  const isAsked = new Promise<void>((resolve) => asked = resolve);
  const runtime = new ScriptedRuntime((wire) => {
    new ScriptedServer(wire, {
      reply: (line, server) => {
        // Where opening takes longer than a millisecond, it is asked before the first message too.
        if (line !== "NOOP" || server.taken.length === 0) return undefined;
        answer = () => server.say("250 2.0.0 here");
        asked();
        return "";
      },
    });
  });
  const client = new SmtpClient("TCP:mail.example", { runtime, pool: { checkAfter: 1 } });
  await client.send(message());
  await new Promise((resolve) => setTimeout(resolve, 10));
  const controller = new AbortController();
  const second = client.send(message(), { signal: controller.signal });
  await isAsked;
  controller.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
  const closed = client.close();
  // Nothing else got its turn while it was asking again and again.
  setTimeout(answer, 1);
  await closed;
  expect(runtime.wires.map((wire) => wire.closeCalls > 0)).toEqual([true]);
});

test("SmtpClient.sendAll tells of a message that its source gives when the client was closed meanwhile", async () => {
  const runtime = new ScriptedRuntime(serveWith({}));
  const client = new SmtpClient("TCP:mail.example", { runtime });
  async function* messages() {
    await client.close();
    yield message();
  }
  const deliveries = client.sendAll(messages());
  expect(await deliveries.next()).toMatchObject({
    value: { index: 0, error: expect.any(ClosedError), fate: "unsent" },
  });
  expect(runtime.wires).toHaveLength(0);
  await deliveries.return?.();
});
