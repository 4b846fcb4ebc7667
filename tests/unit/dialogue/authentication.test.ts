import process from "node:process";
import { expect, test } from "vitest";
import { toBase64 } from "../../../lib/bytes/base64.ts";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { authenticate } from "../../../lib/dialogue/authentication.ts";
import { Pipeline } from "../../../lib/dialogue/pipeline.ts";
import { noop } from "../../../lib/dialogue/upkeep.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import type { Credentials } from "../../../lib/sasl/credentials.ts";
import { candidates } from "../../../lib/sasl/select.ts";
import { Bench } from "./support.ts";

const OFFERED = ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "X-MINE"];

function bench(credentials: Credentials, told: string[] = []): Bench {
  const made = new Bench(new Pipeline({ trace: (_direction, text) => told.push(text) }));
  made.run(authenticate(candidates(credentials, OFFERED), OFFERED));
  return made;
}

function custom(parts: Partial<Mechanism>): Credentials {
  const base: Mechanism = {
    name: "X-MINE",
    revealsSecret: true,
    initial: () => undefined,
    next: () => encodeUtf8("response"),
  };
  return { mechanism: () => ({ ...base, ...parts }) };
}

test("authenticate keeps an initial response for the challenge when the line would be longer than 512 octets", () => {
  // "AUTH PLAIN ", 372 octets of base64 for 279, CRLF: 385; and one that is 513.
  for (const [length, waits] of [[372, false], [376, true]] as const) {
    const made = bench({ user: "u", password: "p".repeat(length - 3) });
    const response = toBase64(encodeUtf8(`\0u\0${"p".repeat(length - 3)}`));
    expect(`AUTH PLAIN ${response}\r\n`.length > 512).toBe(waits);
    expect(made.written()).toBe(waits ? "AUTH PLAIN\r\n" : `AUTH PLAIN ${response}\r\n`);
    if (waits) {
      made.receive("334");
      expect(made.written()).toBe(`${response}\r\n`);
    }
    made.receive("235 ok");
    expect(made.outcomes[0]).toEqual({ value: "PLAIN" });
  }
});

test("authenticate writes an empty initial response as an equals sign", () => {
  const made = bench(custom({ initial: () => new Uint8Array(0) }));
  expect(made.written()).toBe("AUTH X-MINE =\r\n");
});

test("authenticate gives a mechanism eight challenges, then cancels", () => {
  const made = bench(custom({}));
  expect(made.written()).toBe("AUTH X-MINE\r\n");
  for (let round = 0; round < 8; round++) {
    made.receive("334 AAAA");
    expect(made.written()).toBe("cmVzcG9uc2U=\r\n");
  }
  made.receive("334 AAAA");
  expect(made.written()).toBe("*\r\n");
  made.receive("235 well then");
  expect(made.error(0)).toMatchObject({ name: "ProtocolError", phase: "auth" });
});

test("authenticate is not done before the mechanism is convinced of the server", () => {
  const made = bench(custom({
    finish: () => {
      throw new ProtocolError("auth", "The server has proved nothing");
    },
  }));
  made.written();
  made.receive("235 too early");
  expect(made.error(0)).toEqual(new ProtocolError("auth", "The server has proved nothing"));
  expect(made.pipeline.failed).toBeDefined();
});

test("authenticate waits for responses that are promises", async () => {
  const made = bench(custom({
    initial: () => Promise.resolve(encodeUtf8("first")),
    next: () => Promise.resolve(encodeUtf8("second")),
  }));
  const serve = async () => {
    const demand = made.pipeline.demand;
    if (demand?.kind !== "resolve") throw new Error("no demand");
    made.pipeline.resume(await demand.start());
    return made.written();
  };
  expect(await serve()).toBe("AUTH X-MINE Zmlyc3Q=\r\n");
  made.receive("334 AAAA");
  expect(await serve()).toBe("c2Vjb25k\r\n");
});

test("authenticate leaves no rejection unhandled when the session ends before a response is there", async () => {
  const unhandled: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  const noteOnNode = (reason: unknown) => void unhandled.push(reason);
  globalThis.addEventListener?.("unhandledrejection", note);
  process.on("unhandledRejection", noteOnNode);
  const made = bench(custom({ next: () => Promise.reject(new Error("too late")) }));
  made.written();
  made.receive("334 AAAA", "250 nothing asked for this");
  expect(made.error(0)).toMatchObject({ name: "ProtocolError" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  globalThis.removeEventListener?.("unhandledrejection", note);
  process.off("unhandledRejection", noteOnNode);
  expect(unhandled).toEqual([]);
});

/** Everything that can be read in an error, its causes included. */
function inside(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const own = Object.getOwnPropertyNames(value).map((key) => inside((value as Record<string, unknown>)[key], seen));
  return [String(value), JSON.stringify(value), ...own].join("\n");
}

const SECRET = "ada's own secret";
const cases: readonly [string, Credentials, readonly string[]][] = [
  ["PLAIN", { user: "ada", password: SECRET, mechanism: "PLAIN" }, []],
  ["LOGIN", { user: "ada", password: SECRET, mechanism: "LOGIN" }, ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]],
  ["XOAUTH2", { user: "ada", token: "ya29.own-secret" }, []],
  ["XOAUTH2, refused", { user: "ada", token: "ya29.own-secret" }, ["334 eyJzdGF0dXMiOiI0MDEifQ=="]],
];

test.each(cases)(
  "no secret of %s is in an error or the trace, wherever a server repeats it",
  (_name, credentials, before) => {
    const clear = "token" in credentials ? String(credentials.token) : SECRET;
    for (const answer of ["535 ", "454 ", "250 ", "235 ok\r\n250 ", "235 ok\r\n421 ", "", "334 *"]) {
      const told: string[] = [];
      const made = bench(credentials, told);
      let said = made.written();
      for (const line of before) {
        made.receive(line);
        said += made.written();
      }
      const coded = said.trim().split(/\s+/).filter((word) => word.length > 8);
      const words = `you said ${said.trim().split("\r\n").at(-1)}, ${coded.join(" ")}, that is ${clear}`;
      made.receive(`${answer}${words}`);
      if (made.written() === "*\r\n") made.receive(`501 ${words}`);
      const all = [inside(made.error(0)), inside(made.pipeline.failed), ...told].join("\n");
      for (const secret of [clear, ...coded.slice(-1)]) expect(all).not.toContain(secret);
      expect(all).not.toContain("own secret");
      expect(made.pipeline.failed ?? made.error(0), answer).toBeDefined();
    }
  },
);

test("no secret is in an error of what comes after AUTH", () => {
  const made = bench({ user: "ada", password: SECRET });
  made.written();
  made.receive("235 ok");
  made.run(noop());
  made.written();
  made.receive(`550 ada, is ${SECRET} still good?`);
  expect(made.error(1)).toMatchObject({ message: "NOOP was refused: 550 ada, is *** still good?" });
});
