import process from "node:process";
import { expect, test } from "vitest";
import { toBase64 } from "../../../lib/bytes/base64.ts";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import vectors from "../../vectors/sasl.json" with { type: "json" };
import { authenticate } from "../../../lib/dialogue/authentication.ts";
import { Pipeline } from "../../../lib/dialogue/pipeline.ts";
import { noop } from "../../../lib/dialogue/upkeep.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import type { Credentials, TokenCredentials } from "../../../lib/sasl/credentials.ts";
import { scram } from "../../../lib/sasl/scram.ts";
import { candidates } from "../../../lib/sasl/select.ts";
import { Bench } from "./support.ts";

const OFFERED = ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "X-MINE"];

function bench(credentials: Credentials, told: string[] = []): Bench {
  const made = new Bench(new Pipeline({ trace: (_direction, text) => told.push(text) }));
  const offered = credentials.mechanism === "OAUTHBEARER" ? ["OAUTHBEARER"] : OFFERED;
  made.run(authenticate(candidates(credentials, offered), offered));
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

/** Lets the dialogue go on with the promise that it waits for; what it then writes. */
async function served(made: Bench): Promise<string> {
  const demand = made.pipeline.demand;
  if (demand?.kind !== "resolve") throw new Error("no demand");
  await demand.start().then((value) => made.pipeline.resume(value), (error) => made.pipeline.resumeWithError(error));
  return made.written();
}

function bearerLine(token: string): string {
  return `AUTH XOAUTH2 ${toBase64(encodeUtf8(`user=ada\x01auth=Bearer ${token}\x01\x01`))}\r\n`;
}

test("authenticate asks once for another token when the server refuses one, and shows neither", async () => {
  const told: string[] = [];
  const requests: unknown[] = [];
  const tokens = ["ya29.first", "ya29.second", "ya29.third"];
  const made = bench(
    { user: "ada", token: (request) => (requests.push(request), Promise.resolve(tokens.shift()!)) },
    told,
  );
  expect(await served(made)).toBe(bearerLine("ya29.first"));
  made.receive("334 eyJzdGF0dXMiOiI0MDAifQ==");
  expect(made.written()).toBe("\r\n");
  made.receive("535 5.7.8 no ya29.first");
  expect(await served(made)).toBe(bearerLine("ya29.second"));
  made.receive("334 eyJzdGF0dXMiOiI0MDEifQ==");
  expect(made.written()).toBe("\r\n");
  made.receive("535 5.7.8 no ya29.second either");
  expect(requests).toEqual([{}, { refused: "ya29.first" }]);
  expect(made.error(0)).toMatchObject({
    name: "AuthenticationError",
    mechanism: "XOAUTH2",
    message: "AUTH XOAUTH2 was refused: 535 5.7.8 no *** either (status 401)",
  });
  expect(told.join("\n")).not.toContain("ya29");
});

test("authenticate is done with the second token, and ends with what its source throws", async () => {
  const tokens = ["old", "new"];
  const good = bench({ user: "ada", token: () => tokens.shift()! });
  await served(good);
  good.receive("535 no");
  expect(await served(good)).toBe(bearerLine("new"));
  good.receive("235 ok");
  expect(good.outcomes[0]).toEqual({ value: "XOAUTH2" });
  const reason = new Error("no consent any more");
  const bad = bench({ user: "ada", token: ({ refused }) => refused === undefined ? "old" : Promise.reject(reason) });
  await served(bad);
  bad.receive("535 no");
  await served(bad);
  expect(bad.error(0)).toBe(reason);
});

test.each<[string, TokenCredentials, string, boolean]>(
  [
    ["a token that is given", { user: "ada", token: "old" }, "535 no", false],
    ["a source that gives the same", { user: "ada", token: () => "old" }, "535 no", true],
    ["a refusal for now", { user: "ada", token: () => "old" }, "454 4.7.0 later", false],
    ["a refusal of the mechanism", { user: "ada", token: () => "old" }, "534 5.7.9 too weak", false],
  ],
)("authenticate does not try again with %s", async (_what, credentials, reply, asked) => {
  const made = bench(credentials);
  if (typeof credentials.token === "string") made.written();
  else await served(made);
  made.receive(reply);
  if (asked) await served(made);
  expect(made.written()).toBe("");
  expect(made.error(0)).toMatchObject({ name: "AuthenticationError", reply: { code: Number(reply.slice(0, 3)) } });
});

test.each([
  ["504 5.5.4 never heard of it", true],
  ["432 4.7.12 a password transition is needed", true],
  ["534 5.7.9 too weak", false],
  ["538 5.7.11 encryption required", false],
  ["535 5.7.8 credentials invalid", false],
  ["500 5.5.6 line too long", false],
  ["454 4.7.0 temporary failure", false],
])("authenticate after %s: the next mechanism %s", (reply, next) => {
  const made = bench({ user: "ada", password: "p" });
  expect(made.written()).toMatch(/^AUTH PLAIN /);
  made.receive(reply);
  expect(made.written()).toBe(next ? "AUTH LOGIN\r\n" : "");
  if (!next) expect(made.error(0)).toMatchObject({ name: "AuthenticationError", mechanism: "PLAIN" });
});

const [, SCRAM] = vectors.scram;

function scramBench(): Bench {
  const { user, password, clientNonce: nonce } = SCRAM;
  const credentials = { mechanism: () => scram({ user, password, nonce, hash: "SHA-256" }) };
  const made = new Bench();
  made.run(authenticate(candidates(credentials, ["SCRAM-SHA-256"]), ["SCRAM-SHA-256"]));
  return made;
}

test("authenticate carries the exchange of RFC 7677, and answers the server's proof with an empty line", async () => {
  const made = scramBench();
  const line = (text: string) => toBase64(encodeUtf8(text));
  expect(made.written()).toBe(`AUTH SCRAM-SHA-256 ${line(SCRAM.clientFirst)}\r\n`);
  made.receive(`334 ${line(SCRAM.serverFirst)}`);
  expect(await served(made)).toBe(`${line(SCRAM.clientFinal)}\r\n`);
  made.receive(`334 ${line(SCRAM.serverFinal)}`);
  expect(made.written()).toBe("\r\n");
  made.receive("235 ok");
  expect(made.outcomes[0]).toEqual({ value: "SCRAM-SHA-256" });
});

test("authenticate believes no success that a server has not proved itself for", async () => {
  const line = (text: string) => toBase64(encodeUtf8(text));
  const proof = { name: "ProtocolError", phase: "auth" };
  const early = scramBench();
  early.written();
  early.receive("235 ok");
  expect(early.error(0)).toMatchObject(proof);
  const unproved = scramBench();
  unproved.written();
  unproved.receive(`334 ${line(SCRAM.serverFirst)}`);
  await served(unproved);
  unproved.receive("235 ok");
  expect(unproved.error(0)).toMatchObject(proof);
  const wrong = scramBench();
  wrong.written();
  wrong.receive(`334 ${line(SCRAM.serverFirst)}`);
  await served(wrong);
  wrong.receive(`334 ${line("v=AAAA")}`);
  expect(wrong.written()).toBe("*\r\n");
  wrong.receive("501 cancelled");
  expect(wrong.error(0)).toMatchObject(proof);
  const failed = scramBench();
  failed.written();
  failed.receive(`334 ${line(SCRAM.serverFirst)}`);
  await served(failed);
  failed.receive(`334 ${line("e=invalid-proof")}`);
  expect(failed.written()).toBe("\r\n");
  failed.receive("235 ok");
  expect(failed.error(0)).toMatchObject(proof);
});

test("authenticate tells why a SCRAM server refuses", async () => {
  const made = scramBench();
  made.written();
  made.receive(`334 ${toBase64(encodeUtf8(SCRAM.serverFirst))}`);
  await served(made);
  made.receive(`334 ${toBase64(encodeUtf8("e=channel-bindings-dont-match"))}`);
  made.written();
  made.receive("535 5.7.8 no");
  expect(made.error(0)).toMatchObject({
    message: "AUTH SCRAM-SHA-256 was refused: 535 5.7.8 no (channel-bindings-dont-match)",
  });
});

test("authenticate sends the longest token within the 12,288 octets of a line, and no longer response", () => {
  const token = "t".repeat(4096);
  const made = bench({ user: "a".repeat(1024), token });
  expect(made.written()).toBe("AUTH XOAUTH2\r\n");
  made.receive("334");
  const response = made.written();
  expect(response.length).toBeLessThanOrEqual(12_288);
  made.receive("235 ok");
  expect(made.outcomes[0]).toEqual({ value: "XOAUTH2" });
  const endless = bench(custom({ next: () => new Uint8Array(9_214) }));
  endless.written();
  endless.receive("334 AAAA");
  expect(endless.written()).toBe("");
  expect(endless.error(0)).toBeInstanceOf(TypeError);
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
  ["OAUTHBEARER", { user: "ada", token: "ya29.own-secret", mechanism: "OAUTHBEARER" }, []],
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
