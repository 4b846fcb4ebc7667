import { expect, test } from "vitest";
import { openSession, raw, rejection } from "./support.ts";

test.each([[[]], [["PIPELINING"]], [["PIPELINING", "CHUNKING"]]])(
  "Session.send does not take a goodbye for the acceptance of a content: %j",
  async (extensions) => {
    const { session, server } = await openSession({
      extensions,
      reply: (line) => line !== "." ? undefined : extensions.length === 0 ? "221 2.0.0 bye" : "",
    });
    const sending = rejection(session.send(raw()));
    const closing = session.close();
    expect(await sending).toMatchObject({ name: "ProtocolError", fate: "unknown" });
    await closing;
    expect(server.taken).toHaveLength(1);
  },
);
