import { expect, test } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { ServerMemory } from "../../../lib/session/server_memory.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { serveWith } from "../../support/scripted_server.ts";

test("SmtpClient opens its later sessions early with a serverMemory", async () => {
  const runtime = new ScriptedRuntime(serveWith({ extensions: ["PIPELINING", "PIPECONNECT", "AUTH PLAIN"] }));
  const options = { host: "mail.example", auth: { user: "ada", password: "secret" }, runtime };
  const serverMemory = new ServerMemory();
  for (let i = 0; i < 2; i++) {
    await using client = new SmtpClient({ ...options, serverMemory });
    await client.send({ from: "ada@example.com", to: "bob@example.net", text: "Hi" });
  }
  const written = runtime.wires.map(({ writes }) => new TextDecoder().decode(writes[0]).match(/^[A-Z]+/gm));
  expect(written).toEqual([["EHLO"], ["EHLO", "AUTH"]]);
});
