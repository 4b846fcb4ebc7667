import { expect, test } from "vitest";
import { openSession, raw, rejection } from "../session/support.ts";

const BEHIND = ["500 5.5.2 what", "221 2.7.0 Error: I can break rules, too. Goodbye."];

test.each(BEHIND)(
  "Session.send says what a server refused that takes content for commands then: %s",
  async (behind) => {
    // Postfix, where it wants TLS first: it refuses BDAT, and reads on in the chunk.
    const { session } = await openSession({
      extensions: ["PIPELINING", "CHUNKING"],
      reply: (line) => {
        if (line.startsWith("MAIL")) return "530 5.7.0 Must issue STARTTLS first";
        // The reply to BDAT, and to what stands in the chunk.
        return line.startsWith("RCPT") ? `530 5.7.0 no\r\n530 5.7.0 no\r\n${behind}` : undefined;
      },
    });
    const error = await rejection(session.send(raw()));
    expect(error).toMatchObject({ name: "RejectedError", fate: "rejected", reply: { code: 530, enhanced: "5.7.0" } });
    expect(session.closed).toBeDefined();
    await session.close();
  },
);

test("Session.send calls a message unknown where an acceptance stands behind a group that was refused", async () => {
  const { session } = await openSession({
    extensions: ["PIPELINING", "CHUNKING"],
    reply: (line) => {
      if (line.startsWith("MAIL")) return "550 5.7.1 no";
      return line.startsWith("RCPT") ? "550 5.7.1 no\r\n550 5.7.1 no\r\n250 2.0.0 taken" : undefined;
    },
  });
  expect(await rejection(session.send(raw()))).toMatchObject({ name: "ProtocolError", fate: "unknown" });
  await session.close();
});
