import { expect, test } from "vitest";
import { send } from "../../../lib/client/send.ts";
import { LARGE, raw, rejection, scripted, silentAt, streamed } from "../session/support.ts";

const MESSAGE = { from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi Bob" };

test("send logs on, sends one message, and logs off", async () => {
  const { runtime, servers } = scripted({ extensions: ["AUTH PLAIN", "PIPELINING"] });
  const receipt = await send("smtps://ada:secret@mail.example", MESSAGE, { runtime });
  expect(receipt).toMatchObject({
    accepted: ["bob@example.net"],
    rejected: [],
    reply: { code: 250, enhanced: "2.0.0" },
  });
  expect(receipt.messageId).toMatch(/@example\.com$/);
  expect(servers[0]!.commands).toEqual([
    "EHLO [127.0.0.1]",
    "AUTH PLAIN AGFkYQBzZWNyZXQ=",
    "MAIL FROM:<ada@example.com>",
    "RCPT TO:<bob@example.net>",
    "DATA",
    ".",
    "QUIT",
  ]);
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
});

test.each(["MAIL", ".", "QUIT"])("send closes the connection when the server refuses %s", async (command) => {
  const { runtime } = scripted({ reply: (line) => line.startsWith(command) ? "550 no" : undefined });
  const sending = send({ host: "mail.example", tls: "off" }, MESSAGE, { runtime });
  if (command === "QUIT") expect((await sending).accepted).toEqual(["bob@example.net"]);
  else expect(await rejection(sending)).toMatchObject({ name: "RejectedError" });
  expect([runtime.wires[0]!.closeCalls > 0, runtime.wires[0]!.violations]).toEqual([true, []]);
});

test("send closes the connection when logging on fails", async () => {
  const { runtime } = scripted({
    extensions: ["AUTH PLAIN"],
    reply: (line) => line.startsWith("AUTH") ? "535 no" : undefined,
  });
  expect(await rejection(send("smtps://ada:secret@mail.example", MESSAGE, { runtime }))).toMatchObject({
    name: "AuthenticationError",
    command: "AUTH PLAIN",
  });
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
});

test("send refuses what cannot be sent before it connects", async () => {
  const { runtime } = scripted({});
  const wrong = { ...MESSAGE, subject: "a\r\nBcc: evil@example.org" };
  expect(await rejection(send("smtps://mail.example", wrong, { runtime }))).toMatchObject({ name: "InputError" });
  expect(await rejection(send("smtps://mail.example:587", MESSAGE, { runtime }))).toMatchObject({
    name: "ConfigError",
  });
  expect(await rejection(send("smtps://mail.example", MESSAGE, { runtime, recipient: "all" } as never))).toBeInstanceOf(
    TypeError,
  );
  expect(runtime.wires).toEqual([]);
});

test("send keeps its deadline and its policy on recipients", async () => {
  const slow = scripted({ reply: silentAt("MAIL") });
  const target = { host: "mail.example", tls: "off" } as const;
  const late = send(target, raw(), { runtime: slow.runtime, deadline: 20, timeouts: { quit: 20 } });
  expect(await rejection(late)).toMatchObject({ name: "TimeoutError", phase: "mail", fate: "unsent" });
  const strict = scripted({ reply: (line) => line.includes("<no@") ? "550 no" : undefined });
  const both = raw("yes@example.net", "no@example.net");
  const all = send(target, both, { runtime: strict.runtime, recipients: "all" });
  expect(await rejection(all)).toMatchObject({ name: "RejectedError", rejected: [{ recipient: "no@example.net" }] });
});

test("send refuses options of the wrong kind before it connects", async () => {
  const { runtime } = scripted({});
  for (const wrong of [{ recipients: "most" }, { onProgress: 1 }, { deadline: -1 }, { signall: 1 }]) {
    const sending = send({ host: "mail.example", tls: "off" }, MESSAGE, { runtime, ...wrong } as never);
    expect(["TypeError", "RangeError", "InputError"]).toContain((await rejection(sending) as Error).name);
  }
  expect(runtime.wires).toEqual([]);
});

test("send counts logging on into its deadline, and closes the connection", async () => {
  const { runtime } = scripted({ reply: silentAt("EHLO") });
  const late = send({ host: "mail.example", tls: "off" }, MESSAGE, { runtime, deadline: 20 });
  expect(await rejection(late)).toMatchObject({
    name: "TimeoutError",
    phase: "connect",
    fate: "unsent",
    limit: 20,
  });
  await new Promise((resolve) => setTimeout(resolve));
  expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
  await expect(send({ host: "mail.example", tls: "off" }, MESSAGE, { runtime, deadline: 0 })).rejects.toThrow(
    RangeError,
  );
});

test.each(["its signal", "its deadline"])(
  "send ends with %s when replies are owed for what was broken off",
  async (by) => {
    const { runtime } = scripted({ extensions: ["PIPELINING", "CHUNKING"], reply: silentAt("MAIL") });
    const endless = streamed(async function* () {
      yield LARGE;
      await new Promise(() => {});
    });
    const controller = new AbortController();
    const patience = by === "its signal" ? { signal: controller.signal } : { deadline: 20 };
    const sending = send({ host: "mail.example", tls: "off" }, endless, { runtime, ...patience });
    if (by === "its signal") setTimeout(() => controller.abort(new Error("enough")), 20);
    expect(await rejection(sending)).toMatchObject({ name: by === "its signal" ? "Error" : "TimeoutError" });
    expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
  },
);
