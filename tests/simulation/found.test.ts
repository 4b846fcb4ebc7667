/** What simulations have found, each as the shortest conversation that shows it. */
import { expect, test } from "vitest";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

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
