/** Receipts of a client whose server has a reply for each recipient, and does not get to all of them. */
import { expect, test } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import type { ClientOptions } from "../../../lib/client/client_options.ts";
import { fateOf } from "../../../lib/errors.ts";
import { lmtp } from "../../../lib/extensions/lmtp.ts";
import type { DeliveryEnded, SmtpEvent } from "../../../lib/session/observation.ts";
import { each, serve } from "../../support/scripted_lmtp.ts";
import type { ScriptedRuntime, Wire } from "../../support/scripted_runtime.ts";
import { raw, rejection } from "../session/support.ts";

const TO = ["a@x.test", "b@x.test", "c@x.test"];

function clientOf(runtime: ScriptedRuntime, options: ClientOptions = {}): SmtpClient {
  return new SmtpClient({ host: "server.example", port: 24, tls: "off", protocol: lmtp, runtime, ...options });
}

/** Says yes to the first recipient of the first message and ends the session; what comes later is taken. */
function once(then: (wire: Wire) => void): (wire: Wire, recipients: number) => void {
  let contents = 0;
  return (wire, recipients) => {
    if (contents++ > 0) return each(() => "250 ok")(wire, recipients);
    wire.send("250 one\r\n");
    then(wire);
  };
}

test("SmtpClient gives a receipt for those who were answered with a yes, and goes on in another session", async () => {
  const { runtime, heard } = serve(once((wire) => wire.finish()));
  const client = clientOf(runtime);
  const [first, second] = await Promise.all([client.send(raw(...TO)), client.send(raw("d@x.test"))]);
  expect(first).toMatchObject({
    accepted: ["a@x.test"],
    rejected: [],
    failed: [{ recipients: ["b@x.test", "c@x.test"], fate: "unknown", error: { name: "ConnectionError" } }],
  });
  expect([second.accepted, second.failed]).toEqual([["d@x.test"], undefined]);
  // What one of them may have is sent to nobody again.
  expect(heard.filter((line) => line.startsWith("RCPT"))).toEqual([
    ...[...TO, "d@x.test"].map((one) => `RCPT TO:<${one}>`),
  ]);
  expect(runtime.wires).toHaveLength(2);
  await client.close();
});

test("SmtpClient.sendAll delivers such a receipt, with the caller's own reason where it was cancelled", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const { runtime } = serve(once(() => setTimeout(() => controller.abort(reason), 1)));
  const events: SmtpEvent[] = [];
  const client = clientOf(runtime, { observe: (event) => events.push(event) });
  const deliveries = client.sendAll([raw(...TO)], { signal: controller.signal });
  const { value } = await deliveries.next();
  const failed = [{ recipients: ["b@x.test", "c@x.test"], fate: "unknown", error: reason }];
  expect(value).toMatchObject({ index: 0, receipt: { accepted: ["a@x.test"] }, error: undefined, fate: undefined });
  expect([value?.receipt?.failed, fateOf(reason)]).toEqual([failed, "unknown"]);
  const end = events.find((event): event is DeliveryEnded => event.type === "delivery.end");
  expect(end?.receipt?.failed).toEqual(failed);
  expect(await rejection(deliveries.next())).toBe(reason);
  await client.close();
});

test("SmtpClient puts what is known of each recipient into one receipt, where the message goes out in several transactions", async () => {
  const { runtime } = serve(once((wire) => (wire.send("550 5.7.1 two\r\n"), wire.finish())), {
    keywords: ["LIMITS RCPTMAX=3"],
  });
  const client = clientOf(runtime);
  const receipt = await client.send(raw(...TO, "d@x.test", "e@x.test"));
  expect(receipt).toMatchObject({
    accepted: ["a@x.test", "d@x.test", "e@x.test"],
    rejected: [{ recipient: "b@x.test", reply: { code: 550 }, phase: "final" }],
    failed: [{ recipients: ["c@x.test"], fate: "unknown" }],
    replies: [{ text: "one" }, { text: "ok" }],
  });
  await client.close();
});

test("SmtpClient names those of a transaction in doubt who were refused, where another one was taken", async () => {
  let contents = 0;
  const { runtime } = serve((wire, recipients) => {
    if (contents++ === 0) return each(() => "250 ok")(wire, recipients);
    wire.send("550 5.7.1 four\r\n");
    wire.finish();
  }, { keywords: ["LIMITS RCPTMAX=3"] });
  const client = clientOf(runtime);
  expect(await client.send(raw(...TO, "d@x.test", "e@x.test"))).toMatchObject({
    accepted: TO,
    rejected: [{ recipient: "d@x.test", reply: { code: 550 } }],
    failed: [{ recipients: ["e@x.test"], fate: "unknown", error: { name: "ConnectionError" } }],
  });
  await client.close();
});

test.each(["452 no space", "552 no space", "452 4.5.3 no", "552 5.5.3 no"])(
  "SmtpClient does not send again to whom %s was said behind the content",
  async (refusal) => {
    const { runtime, heard } = serve(each((place) => place === 0 ? "250 ok" : refusal));
    const client = clientOf(runtime);
    const { accepted, rejected } = await client.send(raw(...TO));
    expect([accepted, rejected.map(({ recipient }) => recipient)]).toEqual([["a@x.test"], ["b@x.test", "c@x.test"]]);
    await client.send(raw(...TO));
    expect(heard.filter((line) => line.startsWith("MAIL"))).toHaveLength(2);
    await client.close();
  },
);
