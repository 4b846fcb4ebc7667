import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { expect, test, vi } from "vitest";
import vectors from "../../vectors/sasl.json" with { type: "json" };
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import { scram, type ScramHash, type ScramOptions } from "../../../lib/sasl/scram.ts";

const NONCE = "fyko+d2lbbFgONRv9qkxdawL";
const [SHA1] = vectors.scram;

function make(options: Partial<ScramOptions> = {}): Mechanism {
  return scram({ user: "user", password: "pencil", hash: "SHA-1", nonce: NONCE, ...options });
}

async function say(mechanism: Mechanism, text: string): Promise<string> {
  return decodeUtf8(await mechanism.next(encodeUtf8(text)));
}

async function first(mechanism: Mechanism): Promise<string> {
  return decodeUtf8((await mechanism.initial())!);
}

test.each(vectors.scram)("scram says in $mechanism what $rfc says", async (vector) => {
  const { user, password, clientNonce: nonce } = vector;
  const mechanism = scram({ user, password, nonce, hash: vector.mechanism.slice(6) as ScramHash });
  expect(mechanism).toMatchObject({ name: vector.mechanism, revealsSecret: false });
  expect(await first(mechanism)).toBe(vector.clientFirst);
  expect(await say(mechanism, vector.serverFirst)).toBe(vector.clientFinal);
  expect(() => mechanism.finish!()).toThrow("has not proved");
  expect(await say(mechanism, vector.serverFinal)).toBe("");
  mechanism.finish!();
});

/** A server's side, computed by other code than the client's. */
function serverOf(
  hash: ScramHash,
  about: { readonly password: string; readonly first: string; readonly bound: string },
) {
  const algorithm = hash.replace("-", "").toLowerCase();
  const hmac = (key: Uint8Array, text: string) => createHmac(algorithm, key).update(text).digest();
  const size = hash === "SHA-1" ? 20 : 32;
  const bare = about.first.slice(about.first.indexOf("n=", 3));
  const nonce = `${bare.slice(bare.indexOf(",r=") + 3)}server`;
  const serverFirst = `r=${nonce},s=${btoa("salty")},i=5000`;
  const final = `c=${about.bound},r=${nonce}`;
  const salted = pbkdf2Sync(about.password, "salty", 5000, size, algorithm);
  const clientKey = hmac(salted, "Client Key");
  const message = `${bare},${serverFirst},${final}`;
  const signature = hmac(createHash(algorithm).update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((octet, i) => octet ^ signature[i])).toString("base64");
  const proved = hmac(hmac(salted, "Server Key"), message).toString("base64");
  return { serverFirst, clientFinal: `${final},p=${proof}`, serverFinal: `v=${proved}` };
}

test.each<[string, Partial<ScramOptions>, string, string, string]>([
  ["binds the channel", { binding: Uint8Array.of(1, 2, 255) }, "p=tls-exporter,,", "pencil", "SCRAM-SHA-256-PLUS"],
  ["says that it could have bound it", { couldBind: true }, "y,,", "pencil", "SCRAM-SHA-256"],
  ["says whom to act as", { authzid: "a=b,c" }, "n,a=a=3Db=2Cc,", "pencil", "SCRAM-SHA-256"],
  ["prepares name and password", { user: "a,=\u00ad\u2168", password: "\u00aa\u00a0b" }, "n,,", "a b", "SCRAM-SHA-256"],
])("scram %s", async (_what, options, header, password, name) => {
  const mechanism = make({ hash: "SHA-256", ...options });
  expect(mechanism.name).toBe(name);
  const said = await first(mechanism);
  expect(said).toBe(`${header}n=${options.user === undefined ? "user" : "a=2C=3DIX"},r=${NONCE}`);
  const bound = Buffer.concat([Buffer.from(header), options.binding ?? new Uint8Array(0)]).toString("base64");
  const server = serverOf("SHA-256", { password, first: said, bound });
  expect(await say(mechanism, server.serverFirst)).toBe(server.clientFinal);
  await say(mechanism, server.serverFinal);
  mechanism.finish!();
});

test("scram makes a nonce of its own each time", async () => {
  const nonces = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const [, nonce] = /^n,,n=user,r=([A-Za-z0-9+/]{24})$/.exec(await first(make({ nonce: undefined })))!;
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(10);
});

const refusals = vectors.scramMustRefuse.filter(({ serverFirst }) => serverFirst !== undefined);

test.each(refusals)("scram refuses $serverFirst: $why", async ({ serverFirst }) => {
  const mechanism = make();
  await mechanism.initial();
  const failure = await say(mechanism, serverFirst!.replace("<client nonce>", NONCE)).catch((reason: unknown) =>
    reason
  );
  expect(failure).toMatchObject({ name: "ProtocolError", phase: "auth" });
  expect(() => mechanism.finish!()).toThrow("has not proved");
});

test.each([
  ["nothing", ""],
  ["a salt that is no base64", `r=${NONCE}x,s=QSXC!,i=4096`],
  ["a salt with unused bits", `r=${NONCE}x,s=QSXCR,i=4096`],
  ["an empty salt", `r=${NONCE}x,s=,i=4096`],
  ["a count with a sign", `r=${NONCE}x,s=QSXC,i=+5000`],
  ["a count with a zero before it", `r=${NONCE}x,s=QSXC,i=05000`],
  ["a count that is no whole number", `r=${NONCE}x,s=QSXC,i=5000.5`],
  ["a negative count", `r=${NONCE}x,s=QSXC,i=-5`],
  ["another order", `s=QSXC,r=${NONCE}x,i=5000`],
  ["a nonce with a control character", `r=${NONCE}\x01,s=QSXC,i=5000`],
  ["something behind it that is no attribute", `r=${NONCE}x,s=QSXC,i=5000,x`],
  ["more than is read", `r=${NONCE}x,s=QSXC,i=5000,x=${"y".repeat(4096)}`],
  ["one iteration too many", `r=${NONCE}x,s=QSXC,i=1000001`],
])("scram refuses %s as the server's first message", async (_what, text) => {
  const mechanism = make();
  await mechanism.initial();
  await expect((async () => await say(mechanism, text))()).rejects.toMatchObject({ name: "ProtocolError" });
});

test("scram takes what may be ignored behind the count, and the iterations that are allowed", async () => {
  const mechanism = make({ maxIterations: 5000 });
  await mechanism.initial();
  expect(await say(mechanism, `r=${NONCE}x,s=QSXC,i=5000,x=whatever,Y=z`)).toMatch(/^c=biws,r=/);
  const strict = make({ maxIterations: 5000 });
  await strict.initial();
  await expect(say(strict, `r=${NONCE}x,s=QSXC,i=5001`)).rejects.toThrow("4096 to 5000 are done");
});

test.each([
  ["another signature", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
  ["a signature that is cut short", "v=rmF9pqV8S7suAoZWja4dJRkFsA=="],
  ["a signature that is no base64", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ"],
  ["no signature", "x=y"],
  ["nothing", ""],
])("scram refuses %s as the server's proof", async (_what, text) => {
  const mechanism = make();
  await mechanism.initial();
  await say(mechanism, SHA1.serverFirst);
  await expect((async () => await say(mechanism, text))()).rejects.toThrow("has not proved");
  expect(() => mechanism.finish!()).toThrow("has not proved");
});

test("scram takes a server's proof neither before its own nor twice", async () => {
  const early = make();
  await early.initial();
  await expect((async () => await say(early, SHA1.serverFinal))()).rejects.toMatchObject({ name: "ProtocolError" });
  const mechanism = make();
  await mechanism.initial();
  await say(mechanism, SHA1.serverFirst);
  await say(mechanism, SHA1.serverFinal);
  await expect((async () => await say(mechanism, SHA1.serverFinal))()).rejects.toThrow("no answer");
});

test.each([0, 1])(
  "scram keeps what the server says instead of message %d, and is then convinced of nothing",
  async (at) => {
    const mechanism = make();
    await mechanism.initial();
    if (at === 1) await say(mechanism, SHA1.serverFirst);
    expect(await say(mechanism, "e=channel-bindings-dont-match")).toBe("");
    expect(mechanism.failure).toBe("channel-bindings-dont-match");
    expect(() => mechanism.finish!()).toThrow("has not proved");
    expect(() => mechanism.next(encodeUtf8("e=again"))).toThrow("no answer");
  },
);

test("scram refuses a name and a password that cannot be prepared, without showing them", () => {
  for (const [options, field] of [[{ user: "a\ue000" }, "user"], [{ password: "s3cret\x07" }, "password"]] as const) {
    expect(() => make(options)).toThrow(expect.objectContaining({ name: "InputError", field }));
    expect(() => make(options)).not.toThrow("s3cret");
  }
  expect(() => make({ authzid: "a\0" })).toThrow(InputError);
});

test("scram says so when the platform does not do as many iterations as the server asks for", async () => {
  // Cloudflare does 100,000 at most.
  vi.spyOn(crypto.subtle, "deriveBits").mockRejectedValue(new DOMException("Pbkdf2 failed", "NotSupportedError"));
  const mechanism = make();
  await mechanism.initial();
  const saying = say(mechanism, `r=${NONCE}x,s=QSXC,i=200000`);
  await expect(saying).rejects.toMatchObject({ name: "ProtocolError", phase: "auth" });
  await expect(saying).rejects.toThrow("asks for 200000 iterations, which this platform does not do");
});
