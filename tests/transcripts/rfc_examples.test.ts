import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import vectors from "../vectors/transcripts.json" with { type: "json" };

test.each([
  ["typical transaction", "typical_transaction"],
  ["aborted transaction", "aborted_transaction"],
  ["pipelined", "pipelined"],
  ["pipelined, all recipients refused", "pipelined_all_refused"],
  ["PLAIN after STARTTLS, initial response", "starttls"],
])("the RFC's example %s is what %s.txt plays, line by line", (name, file) => {
  const { lines } = vectors.sessions.find((session) => session.name === name)!;
  const played = readFileSync(`${import.meta.dirname}/${file}.txt`, "utf8").split("\n");
  let at = -1;
  for (const { S, C } of lines as readonly { readonly S?: string; readonly C?: string }[]) {
    if (S === undefined && C === undefined) continue;
    // MAIL has a parameter that the example does without; a greeting that goes on is one in the example.
    const wanted = S === undefined ? `C: ${C}` : `S: ${S}`;
    at = played.findIndex((line, index) => index > at && line.startsWith(wanted));
    expect(at, wanted).toBeGreaterThan(0);
  }
});
