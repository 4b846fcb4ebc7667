import { expect, test, vi } from "vitest";
import { answerThenSend, sendThenAnswer } from "../../../examples/serverless.ts";
import { SmtpClient } from "../../../lib/client/client.ts";
import { scripted } from "../session/support.ts";

const ENVIRONMENT = { SMTP_URL: "smtps://ada:secret@mail.example" };

/** An instance of a function, with a client that talks to a scripted server. */
function instance(reply?: (line: string) => string | undefined) {
  const { runtime, servers } = scripted({ extensions: ["PIPELINING", "CHUNKING"], ...(reply && { reply }) });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime });
  const taken = () => servers.flatMap((server) => server.taken).map(({ to }) => to[0]);
  return { client, servers, taken };
}

const messageTo = (to: string) => ({ from: "ada@example.com", to, subject: "Hello", text: "Hi" });

test("sendThenAnswer answers when the server has the message, and keeps the session for the next request", async () => {
  const { client, servers, taken } = instance();
  for (const to of ["a@example.net", "b@example.net"]) {
    const response = await sendThenAnswer(messageTo(to), ENVIRONMENT, client);
    expect([response.status, await response.text(), taken().at(-1)]).toEqual([200, "sent", to]);
  }
  expect(servers).toHaveLength(1);
  await client.close();
});

test.each([
  ["451 4.3.0 later", 503, "deferred"],
  ["550 5.1.1 nobody", 502, "rejected"],
])("sendThenAnswer tells a refusal (%s) from one that may pass", async (refusal, status, fate) => {
  const { client } = instance((line) => line.startsWith("RCPT") ? refusal : undefined);
  const response = await sendThenAnswer(messageTo("a@example.net"), ENVIRONMENT, client);
  expect([response.status, await response.text()]).toEqual([status, fate]);
  await client.close();
});

test("answerThenSend answers before anything is sent, and hands its work to the platform", async () => {
  const { client, taken } = instance();
  const work: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) };
  const response = answerThenSend(messageTo("a@example.net"), ENVIRONMENT, context, client);
  expect([response.status, taken()]).toEqual([202, []]);
  expect(work).toHaveLength(1);
  await work[0];
  expect(taken()).toEqual(["a@example.net"]);
  await client.close();
});

test("answerThenSend rejects nothing behind the response, and logs what became of the message", async () => {
  const { client } = instance((line) => line.startsWith("RCPT") ? "550 5.1.1 nobody" : undefined);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const work: Promise<unknown>[] = [];
  answerThenSend(messageTo("a@example.net"), ENVIRONMENT, { waitUntil: (promise) => void work.push(promise) }, client);
  await expect(Promise.all(work)).resolves.toBeDefined();
  expect(log.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(/^Hello: rejected: .*nobody/)]);
  await client.close();
});
