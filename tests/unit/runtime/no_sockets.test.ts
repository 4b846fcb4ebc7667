import { expect, test } from "vitest";
import { compose, dial, fromFile, send, Session, SmtpClient } from "../../../mod.ts";
import { UPopMail } from "../../../lib/uniface/mod.ts";
import { prepareTls, runtime } from "../../../lib/runtime/no_sockets.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

const target = { host: "mail.example.com", tls: "implicit", runtime } as const;
const message = { from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi" };
const missing = { name: "UnsupportedError", code: "RUNTIME_UNSUPPORTED", feature: "sockets", retryable: false };

test("Session, send and SmtpClient are refused as they are made where there are no sockets", async () => {
  await expect(Session.open(target)).rejects.toMatchObject(missing);
  await expect(send(target, message)).rejects.toMatchObject(missing);
  expect(() => new SmtpClient(target)).toThrow(expect.objectContaining(missing));
  expect(() => new SmtpClient({ hosts: ["smtps://a.example.com"], runtime })).toThrow(expect.objectContaining(missing));
  await expect(runtime.connect({ host: "mail.example.com", port: 465, tls: "implicit" })).rejects.toMatchObject(
    missing,
  );
});

test("what is refused for want of sockets names the runtime, and says what to do", async () => {
  const error = await Session.open(target).catch((error) => error);
  expect(error.message).toMatch(
    /^Nothing can be connected to: the runtime browser has no TCP sockets; send from a server/,
  );
});

test("UPopMail says that the server cannot be reached where there are no sockets", async () => {
  const mail = new UPopMail({ runtime });
  expect(await mail.logonSmtp("mail.example.com", "", "")).toBeLessThan(0);
  expect(mail.lastError).toMatchObject(missing);
});

test("messages are composed all the same, and files are an error", async () => {
  expect(compose(message).content.size).toBeGreaterThan(100);
  const files = { code: "RUNTIME_UNSUPPORTED", feature: "files" };
  await expect(fromFile("report.pdf", { runtime })).rejects.toMatchObject(files);
  await expect(runtime.readFile("mail.asn", { maxSize: 1_000 })).rejects.toMatchObject(files);
});

test("a connection of the caller's is used where there are no sockets, but not for TLS", async () => {
  let server: ScriptedServer | undefined;
  const scripted = new ScriptedRuntime((wire) => {
    server = new ScriptedServer(wire);
  });
  const open = dial(({ host, port }) => scripted.connect({ host, port, tls: "off" }));
  const receipt = await send({ ...target, tls: "off", proxy: open }, message);
  expect(receipt.accepted.map(String)).toEqual(["bob@example.net"]);
  expect(server!.taken).toHaveLength(1);
  await expect(prepareTls({ host: "mail.example.com", port: 465 })).rejects.toMatchObject({
    code: "RUNTIME_UNSUPPORTED",
  });
});
