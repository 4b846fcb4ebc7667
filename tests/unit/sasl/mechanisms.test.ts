import { expect, test } from "vitest";
import vectors from "../../vectors/sasl.json" with { type: "json" };
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { fromBase64, toBase64 } from "../../../lib/bytes/base64.ts";
import { InputError, ProtocolError } from "../../../lib/errors.ts";
import { anonymous } from "../../../lib/sasl/anonymous.ts";
import { cramMd5 } from "../../../lib/sasl/cram_md5.ts";
import { external } from "../../../lib/sasl/external.ts";
import { login } from "../../../lib/sasl/login.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import { oauthBearer } from "../../../lib/sasl/oauthbearer.ts";
import { plain } from "../../../lib/sasl/plain.ts";
import { xoauth2 } from "../../../lib/sasl/xoauth2.ts";

const challenge = encodeUtf8("challenge");

async function initial(mechanism: Mechanism): Promise<string | undefined> {
  const octets = await mechanism.initial();
  return octets === undefined ? undefined : decodeUtf8(octets);
}

async function next(mechanism: Mechanism, text: string): Promise<string> {
  return decodeUtf8(await mechanism.next(encodeUtf8(text)));
}

test.each(vectors.plain)("plain says what $rfc says: $base64", async ({ authzid, authcid, password, base64 }) => {
  const make = () => plain({ user: authcid, password, ...authzid ? { authzid } : {} });
  if (base64 === null) expect(make).toThrow(InputError);
  else expect(toBase64((await make().initial())!)).toBe(base64);
});

test("plain sends UTF-8 as it is, without preparation", async () => {
  expect(await initial(plain({ user: "Å", password: "Ⅸ\u00a0e\u0301" }))).toBe("\0Å\0Ⅸ\u00a0e\u0301");
});

test.each(vectors.login)("login answers name and password, whatever $decoded says", async ({ prompts }) => {
  for (
    const asked of [prompts.map((prompt) => decodeUtf8(fromBase64(prompt)!)), ["", ""], ["Password:", "User Name\0"]]
  ) {
    const mechanism = login({ user: "tim", password: "tanstaaf" });
    expect(mechanism.initial()).toBeUndefined();
    expect([await next(mechanism, asked[0]), await next(mechanism, asked[1])]).toEqual(["tim", "tanstaaf"]);
  }
});

test("cramMd5 proves what RFC 2195 section 2 proves", async () => {
  const vector = vectors.cramMd5[0];
  const mechanism = cramMd5({ user: vector.user!, password: vector.password! });
  expect(mechanism.initial()).toBeUndefined();
  expect(toBase64(await mechanism.next(fromBase64(vector.challengeBase64)!))).toBe(vector.responseBase64);
});

test("cramMd5 refuses an empty challenge, the proof of which would be good for ever", () => {
  expect(() => cramMd5({ user: "tim", password: "x" }).next(new Uint8Array(0))).toThrow(ProtocolError);
});

test("external sends the identity, or nothing", async () => {
  expect(await initial(external())).toBe("");
  expect(await initial(external("fred@example.com"))).toBe("fred@example.com");
  expect(() => external("")).toThrow(InputError);
});

test("xoauth2 sends a token, given or fetched, once for each run", async () => {
  const { user, token, base64 } = vectors.xoauth2[0];
  let asked = 0;
  const count = () => (asked++, token!);
  for (const source of [token!, count, () => Promise.resolve(token!)]) {
    expect(toBase64((await xoauth2({ user: user!, token: source }).initial())!)).toBe(base64);
  }
  expect(asked).toBe(1);
});

test("oauthBearer says what RFC 7628 section 3.1 says, and the name with its commas written out", async () => {
  const { user, token, host, port, base64 } = vectors.oauthbearer[0];
  const mechanism = oauthBearer({ user: user!, token: token! }, { host: host!, port: port! });
  expect(toBase64((await mechanism.initial())!)).toBe(base64);
  // The example of RFC 7628 section 4.1.
  const rfc = oauthBearer({ user: "user@example.com", token: "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==" }, {
    host: "server.example.com",
    port: 143,
  });
  expect(toBase64((await rfc.initial())!)).toBe(
    "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNS" +
      "bGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
  );
  const { user: awkward, gs2 } = vectors.oauthbearer[2];
  expect(await initial(oauthBearer({ user: awkward!, token: "t" }))).toBe(`${gs2}\x01auth=Bearer t\x01\x01`);
});

test("oauthBearer answers a refusal with U+0001 alone", async () => {
  const mechanism = oauthBearer({ user: "a", token: "ya29.secret" });
  await mechanism.initial();
  // RFC 7628 section 4.3.
  const said = '{"status":"invalid_token","scope":"example_scope","openid-configuration":' +
    '"https://example.com/.well-known/openid-configuration"}';
  expect(toBase64(await mechanism.next(encodeUtf8(said)))).toBe(vectors.oauthbearer[1].answerBase64);
  expect(mechanism.failure).toBe(
    "status invalid_token, scope example_scope, openid-configuration https://example.com/.well-known/openid-configuration",
  );
});

test.each([
  [
    '{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}',
    "status 401, schemes bearer, scope https://mail.google.com/",
  ],
  ['{"status":"400",\r\n"scope":"ya29.secret \\u001b\\u2028ya29\\u002esecret"}', "status 400, scope *** ***"],
  ['{"status":400}', '{"status":400}'],
  ["[]", "[]"],
  ["null", "null"],
  ['{"status":"400",\r\n"sent":"ya29.secret"\x1b\x85\u2028}', '{"status":"400","sent":"***"}'],
])("xoauth2 answers a refusal with nothing, and keeps the reason without the token: %j", async (said, failure) => {
  const mechanism = xoauth2({ user: "a@b.test", token: "ya29.secret" });
  await mechanism.initial();
  expect(mechanism.failure).toBeUndefined();
  expect(await next(mechanism, said)).toBe("");
  expect(mechanism.failure).toBe(failure);
});

test.each([["XOAUTH2", xoauth2], ["OAUTHBEARER", oauthBearer]])(
  "%s asks for another token once, and tells which was refused",
  async (name, make) => {
    const requests: unknown[] = [];
    const tokens = ["old", "new"];
    const first = make({ user: "a", token: (request) => (requests.push(request), tokens.shift()!) });
    await first.initial();
    const second = await first.again!();
    expect(second).toMatchObject({ name });
    expect(await initial(second!)).toContain("auth=Bearer new\x01");
    expect(requests).toEqual([{}, { refused: "old" }]);
    expect(second!.again!()).toBeUndefined();
    expect(make({ user: "a", token: "t" }).again!()).toBeUndefined();
    const same = make({ user: "a", token: () => "same" });
    await same.initial();
    expect(await same.again!()).toBeUndefined();
  },
);

test("xoauth2 keeps at most 1,024 characters of the reason, and none of an empty challenge", async () => {
  const talkative = xoauth2({ user: "a@b.test", token: "t0k3n" });
  await talkative.initial();
  await next(talkative, "x".repeat(1020) + "t0k3n".repeat(100));
  expect(talkative.failure).toBe("x".repeat(1020) + "***" + "*");
  const silent = xoauth2({ user: "a@b.test", token: "t0k3n" });
  expect(await next(silent, "")).toBe("");
  expect(silent.failure).toBeUndefined();
});

test("xoauth2 hands on what the token function throws, and refuses what is no token", async () => {
  const reason = new Error("no consent");
  await expect(xoauth2({ user: "a", token: () => Promise.reject(reason) }).initial()).rejects.toBe(reason);
  for (const bad of ["", "a b", "a\n", "a\x01auth=Bearer b", "é", undefined as unknown as string, "a".repeat(4097)]) {
    await expect(xoauth2({ user: "a", token: () => Promise.resolve(bad) }).initial()).rejects.toThrow(InputError);
  }
});

test("anonymous says what RFC 4505 section 4 says, or nothing", async () => {
  expect(toBase64((await anonymous("sirhc").mechanism({}).initial())!)).toBe("c2lyaGM=");
  expect(await initial(anonymous().mechanism({}))).toBe("");
  expect(await initial(anonymous("ada@example.com").mechanism({}))).toBe("ada@example.com");
  expect(await initial(anonymous("é".repeat(255)).mechanism({}))).toBe("é".repeat(255));
  for (const bad of ["", "a\n", "a".repeat(256), "@", "ada@", "a@b@c"]) {
    expect(() => anonymous(bad)).toThrow(InputError);
  }
});

const all: readonly [string, () => Mechanism, number, boolean][] = [
  ["PLAIN", () => plain({ user: "u", password: "p" }), 0, true],
  ["EXTERNAL", () => external(), 0, false],
  ["XOAUTH2", () => xoauth2({ user: "u", token: "t" }), 1, true],
  ["OAUTHBEARER", () => oauthBearer({ user: "u", token: "t" }), 1, true],
  ["ANONYMOUS", () => anonymous().mechanism({}), 0, false],
  ["CRAM-MD5", () => cramMd5({ user: "u", password: "p" }), 1, false],
  ["LOGIN", () => login({ user: "u", password: "p" }), 2, true],
];

test.each(all)("%s says its name and whether it reveals the secret", (name, make, _challenges, reveals) => {
  expect(make()).toMatchObject({ name, revealsSecret: reveals });
});

test.each(all)("%s refuses every challenge after its last", async (_name, make, challenges) => {
  const mechanism = make();
  await mechanism.initial();
  for (let i = 0; i < challenges; i++) await mechanism.next(challenge);
  for (let i = 0; i < 3; i++) {
    expect(() => mechanism.next(challenge)).toThrow(expect.objectContaining({ name: "ProtocolError", phase: "auth" }));
  }
});
