import { inspect } from "node:util";
import { expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import { checkCredentials, type Credentials, oauth2 } from "../../../lib/sasl/credentials.ts";
import { password } from "../../../lib/sasl/password.ts";
import { candidates } from "../../../lib/sasl/select.ts";
import { cramMd5 } from "../../../lib/sasl/cram_md5.ts";
import { login } from "../../../lib/sasl/login.ts";
import { plain } from "../../../lib/sasl/plain.ts";
import { xoauth2 } from "../../../lib/sasl/xoauth2.ts";

const EVERYTHING = [
  "LOGIN",
  "CRAM-MD5",
  "plain",
  "XOAUTH2",
  "SCRAM-SHA-1",
  "scram-sha-256",
  "SCRAM-SHA-1-PLUS",
  "SCRAM-SHA-256-PLUS",
  "OAUTHBEARER",
  "EXTERNAL",
  "NTLM",
  "X-MINE",
];
const mine: Mechanism = {
  name: "X-MINE",
  revealsSecret: false,
  initial: () => undefined,
  next: () => new Uint8Array(0),
};

const user = "ada";
const cases: readonly [string, Credentials, readonly string[], readonly string[]][] = [
  ["PLAIN before LOGIN", { user, password: "p" }, EVERYTHING, ["PLAIN", "LOGIN"]],
  ["LOGIN when there is no PLAIN", { user, password: "p" }, ["LOGIN", "CRAM-MD5"], ["LOGIN"]],
  ["never CRAM-MD5 unasked", { user, password: "p" }, ["CRAM-MD5"], []],
  ["CRAM-MD5 when asked", { user, password: "p", mechanism: "CRAM-MD5" }, EVERYTHING, ["CRAM-MD5"]],
  ["no stand-in for a named one", { user, password: "p", mechanism: "LOGIN" }, ["PLAIN"], []],
  ["PLAIN alone with an authzid", { user, password: "p", authzid: "x" }, EVERYTHING, ["PLAIN"]],
  ["several that are named, the strongest first", { user, password: "p", mechanism: ["CRAM-MD5", "LOGIN", "PLAIN"] }, [
    "CRAM-MD5",
    "PLAIN",
    "LOGIN",
  ], ["PLAIN", "LOGIN", "CRAM-MD5"]],
  ["OAUTHBEARER before XOAUTH2 for a token", { user, token: "t" }, EVERYTHING, ["OAUTHBEARER", "XOAUTH2"]],
  ["XOAUTH2 where there is no OAUTHBEARER", { user, token: "t" }, ["PLAIN", "XOAUTH2"], ["XOAUTH2"]],
  ["XOAUTH2 alone when it is named", { user, token: "t", mechanism: ["XOAUTH2"] }, EVERYTHING, ["XOAUTH2"]],
  ["SCRAM before PLAIN for password()", password(user, "p"), EVERYTHING, [
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "PLAIN",
    "LOGIN",
  ]],
  ["SCRAM and PLAIN with an authzid", password(user, "p", { authzid: "x" }), EVERYTHING, [
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "PLAIN",
  ]],
  ["nothing weaker than what password() requires", password(user, "p", { mechanism: "SCRAM-SHA-256" }), [
    "SCRAM-SHA-1",
    "PLAIN",
    "LOGIN",
  ], []],
  ["what is in a list alone", password(user, "p", { mechanism: ["PLAIN", "SCRAM-SHA-256"] }), EVERYTHING, [
    "SCRAM-SHA-256",
    "PLAIN",
  ]],
  ["no SCRAM for a password that SASLprep prohibits", password(user, "p\u0007"), EVERYTHING, ["PLAIN", "LOGIN"]],
  ["no SCRAM for a name that SASLprep prohibits", password("a\ue000", "p"), EVERYTHING, ["PLAIN", "LOGIN"]],
  ["no PLAIN for a token", { user, token: "t", mechanism: "XOAUTH2" }, ["PLAIN"], []],
  ["EXTERNAL", { mechanism: "EXTERNAL" }, ["external"], ["EXTERNAL"]],
  ["a caller's own", { mechanism: () => mine }, EVERYTHING, ["X-MINE"]],
  ["a caller's own, not offered", { mechanism: () => mine }, ["PLAIN"], []],
  ["undefined as absent", { user, password: "p", token: undefined } as Credentials, EVERYTHING, ["PLAIN", "LOGIN"]],
  ["nothing offered", { user, password: "p" }, [], []],
];

test.each(cases)("candidates chooses %s", (_what, credentials, offered, expected) => {
  checkCredentials(credentials);
  expect(candidates(credentials, offered).map((make) => make().name)).toEqual(expected);
});

const binding = Uint8Array.of(1, 2, 3);

test.each<[string, readonly string[], boolean, readonly (readonly [string, string])[]]>([
  ["binds where the server offers it and the runtime can", EVERYTHING, true, [
    ["SCRAM-SHA-256-PLUS", "p=tls-exporter,,"],
    ["SCRAM-SHA-256", "n,,"],
    ["SCRAM-SHA-1-PLUS", "p=tls-exporter,,"],
    ["SCRAM-SHA-1", "n,,"],
  ]],
  ["says that it could have where the server does not offer it", ["SCRAM-SHA-1", "SCRAM-SHA-256"], true, [
    ["SCRAM-SHA-256", "y,,"],
    ["SCRAM-SHA-1", "y,,"],
  ]],
  ["says so of the hash that it was taken away from", ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "SCRAM-SHA-256"], true, [
    ["SCRAM-SHA-256", "y,,"],
    ["SCRAM-SHA-1-PLUS", "p=tls-exporter,,"],
    ["SCRAM-SHA-1", "n,,"],
  ]],
  ["says that it cannot where the runtime cannot", EVERYTHING, false, [["SCRAM-SHA-256", "n,,"], [
    "SCRAM-SHA-1",
    "n,,",
  ]]],
])("candidates for password() %s", async (_what, offered, able, expected) => {
  const channelBinding = () => able ? binding : undefined;
  const found = candidates(password(user, "p"), offered, { channelBinding }).map((make) => make());
  const scrams = found.filter(({ name }) => name.startsWith("SCRAM-"));
  const said = scrams.map(async (mechanism) => {
    const first = new TextDecoder().decode(await mechanism.initial());
    return [mechanism.name, first.slice(0, first.indexOf("n=ada"))];
  });
  expect(await Promise.all(said)).toEqual(expected);
});

test("candidates asks for channel binding only where SCRAM is offered", () => {
  const channelBinding = () => {
    throw new Error("asked");
  };
  expect(candidates(password(user, "p"), ["PLAIN"], { channelBinding })).toHaveLength(1);
});

test("candidates takes nothing from a prototype", async () => {
  const evil = { authzid: "eve", token: "t", mechanism: "LOGIN", maxIterations: 1e9 };
  Object.assign(Object.prototype, evil);
  try {
    for (const credentials of [{ user, password: "p" }, password(user, "p")]) {
      const made = candidates(credentials, ["PLAIN", "SCRAM-SHA-256"]).map((make) => make());
      expect(made.map(({ name }) => name).at(-1)).toBe("PLAIN");
      for (const mechanism of made) {
        expect(new TextDecoder().decode(await mechanism.initial())).toMatch(/^(\0ada\0p|n,,n=ada,r=.*)$/);
      }
    }
    const [scram] = candidates(password(user, "p"), ["SCRAM-SHA-256"]).map((make) => make());
    const nonce = /r=(.*)/.exec(new TextDecoder().decode(await scram.initial()))![1];
    const asked = new TextEncoder().encode(`r=${nonce}x,s=QSXC,i=1000001`);
    await expect((async () => await scram.next(asked))()).rejects.toThrow("4096 to 1000000");
  } finally {
    for (const key of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, key);
  }
});

test("candidates tells a caller's own mechanism where it is used", () => {
  const seen: unknown[] = [];
  const credentials: Credentials = { mechanism: (context) => (seen.push(context), mine) };
  candidates(credentials, ["x-mine"], { host: "mail.example.com", port: 587 })[0]();
  const expected = { host: "mail.example.com", port: 587, offered: ["X-MINE"] };
  expect(seen).toEqual([expected, expected]);
});

test("candidates makes a mechanism anew each time, with the credentials in it", async () => {
  const [make] = candidates(password(user, "s3cret", { authzid: "x" }), ["PLAIN"]);
  expect(make()).not.toBe(make());
  expect(new TextDecoder().decode(await make().initial())).toBe("x\0ada\0s3cret");
  const [token] = candidates(oauth2(user, () => "s3cret"), ["XOAUTH2"]);
  expect(new TextDecoder().decode(await token().initial())).toContain("Bearer s3cret");
});

test("candidates refuses a name that would be more than a word of a command", () => {
  for (const name of ["PLAIN\r\nRSET", "PLAIN X", "", "plain", "A".repeat(21)]) {
    expect(() => candidates({ mechanism: () => ({ ...mine, name }) }, ["PLAIN"])).toThrow(InputError);
  }
});

test.each([
  ["auth", undefined],
  ["auth", null],
  ["auth", "ada:secret"],
  ["auth.user", {}],
  ["auth.user", { password: "p" }],
  ["auth.user", { user: "", password: "p" }],
  ["auth.user", { user: "a\0b", password: "p" }],
  ["auth.user", { user: "a\r\nb", password: "p" }],
  ["auth.user", { user: "a\u2028b", token: "t" }],
  ["auth.user", { user: "a\ud800", password: "p" }],
  ["auth.user", { user: "a".repeat(1025), password: "p" }],
  ["auth.user", { mechanism: "PLAIN" }],
  ["auth.password", { user: "ada" }],
  ["auth.password", { user: "ada", password: "" }],
  ["auth.password", { user: "ada", password: 1 }],
  ["auth.token", { user: "ada", token: "a b" }],
  ["auth.token", { user: "ada", token: {} }],
  ["auth.authzid", { user: "ada", password: "p", authzid: "" }],
  ["auth.authzid", { user: "ada", password: "p", authzid: "a\0" }],
  ["auth.authzid", { user: "ada", password: "p", authzid: "x", mechanism: "LOGIN" }],
  ["auth.authzid", { mechanism: "EXTERNAL", authzid: "a\0" }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: "XOAUTH2" }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: [] }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: ["PLAIN", "plain"] }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: [["PLAIN"]] }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: "SCRAM-SHA-256" }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: ["PLAIN", "SCRAM-SHA-1-PLUS"] }],
  ["auth.mechanism", { user: "ada", token: "t", mechanism: ["OAUTHBEARER", "PLAIN"] }],
  ["auth.authzid", { user: "ada", password: "p", authzid: "x", mechanism: ["PLAIN", "CRAM-MD5"] }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: "plain" }],
  ["auth.mechanism", { user: "ada", password: "p", mechanism: "PLAIN\r\nRSET" }],
  ["auth.mechanism", { user: "ada", token: "t", mechanism: "PLAIN" }],
  ["auth", { user: "ada", password: "p", token: "t" }],
  ["auth.authzld", { user: "ada", password: "p", authzld: "x" }],
  ["auth", { user: "ada", token: "t", authzid: "x" }],
  ["auth", { user: "ada", mechanism: "EXTERNAL" }],
  ["auth", { user: "ada", mechanism: () => mine }],
])("checkCredentials finds fault with %s in %j", (field, credentials) => {
  expect(() => checkCredentials(credentials as Credentials)).toThrow(
    expect.objectContaining({ name: "InputError", field }),
  );
});

test("checkCredentials names a misspelt key", () => {
  expect(() => checkCredentials({ user: "ada", password: "p", pass: "p" } as Credentials)).toThrow(
    /^auth\.pass: unknown key \(did you mean password\?\); credentials may have /,
  );
});

test("password and oauth2 check what they are given, and options cannot name another user", () => {
  expect(() => password("", "p")).toThrow(InputError);
  expect(() => oauth2("ada", "a b")).toThrow(InputError);
  const options = { mechanism: "LOGIN" } as const;
  expect(password("ada", "p", options)).toMatchObject({ user: "ada", password: "p", mechanism: "LOGIN" });
  for (const make of [password, oauth2]) {
    expect(() => make("ada", "p", { user: "eve" } as never)).toThrow(/^user: unknown key/);
  }
});

test("password refuses what no mechanism that is named can use, and bounds that are none", () => {
  const field = (name: string) => expect.objectContaining({ name: "InputError", field: name });
  const scramOnly = { mechanism: ["SCRAM-SHA-1", "SCRAM-SHA-256"] } as const;
  expect(() => password("ada", "p\u0007", scramOnly)).toThrow(field("auth.password"));
  expect(() => password("a\ue000", "p", scramOnly)).toThrow(field("auth.user"));
  expect(() => password("ada", "p", { mechanism: "XOAUTH2" as "PLAIN" })).toThrow(field("auth.mechanism"));
  for (const maxIterations of [4095, 4096.5, NaN, 2 ** 31, "5000" as unknown as number]) {
    expect(() => password("ada", "p", { maxIterations })).toThrow(field("maxIterations"));
  }
  expect(password("ada", "p", { maxIterations: 4096 })).not.toHaveProperty("maxIterations");
});

test("password and oauth2 make credentials that do not show the secret", () => {
  for (const credentials of [password("ada", "s3cret"), oauth2("ada", "s3cret")]) {
    const nested = { auth: credentials };
    for (const shown of [JSON.stringify(nested), inspect(nested, { depth: 9 }), `${Object.entries(credentials)}`]) {
      expect(shown).not.toContain("s3cret");
      expect(shown).toContain("ada");
    }
  }
});

test("errors of credentials and mechanisms hold no secret", async () => {
  const secret = "s3cret";
  const faulty: (() => unknown)[] = [
    () => plain({ user: "ada", password: `${secret}\0` }),
    () => plain({ user: "", password: secret }),
    () => plain({ user: "ada", password: secret }).next(new Uint8Array(0)),
    () => login({ user: "ada", password: `${secret}\ud800` }),
    () => cramMd5({ user: "ada\0", password: secret }),
    () => cramMd5({ user: "ada", password: secret }).next(new Uint8Array(0)),
    () => xoauth2({ user: "ada", token: `${secret} ` }),
    () => xoauth2({ user: "ada", token: () => `${secret}\n` }).initial(),
    () => password("ada", `${secret}\0`),
    () => oauth2("ada", `${secret}\n`),
    () => checkCredentials({ user: "ada", password: secret, mechanism: "X" } as unknown as Credentials),
    () => checkCredentials({ user: "ada", token: secret, password: secret } as Credentials),
    () => checkCredentials(secret as unknown as Credentials),
  ];
  for (const fault of faulty) {
    const error = await Promise.resolve().then(fault).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const { message, stack } = error as Error;
    for (const shown of [message, stack, JSON.stringify(error), inspect(error, { showHidden: true, depth: 9 })]) {
      expect(shown).not.toContain(secret);
    }
  }
});
