/**
 * Mechanisms with two libraries that many servers have: Cyrus SASL, in Postfix, and GNU SASL.
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import { runtime } from "#runtime";
import {
  AuthenticationError,
  type Credentials,
  ntlm,
  password,
  type PasswordMechanism,
  Session,
  type SessionOptions,
  tlsProfile,
} from "../../mod.ts";
import { startGsaslServer } from "./support/gsasl_server.ts";
import { startPostfix } from "./support/postfix.ts";
import { trusting } from "./support/profiles.ts";
import { ADA, type User, USERS } from "./support/users.ts";

/** Passwords that SASLprep (RFC 4013) makes others of: a blank that is none, a hyphen that is not seen, a ligature. */
const PREPARED: readonly User[] = [
  { user: "blank", password: "a\u00a0b" },
  { user: "hyphen", password: "a\u00adb" },
  { user: "ligature", password: "\ufb01\u2168\u00aa" },
];

const postfix = await startPostfix();
const gsasl = await startGsaslServer([...USERS, ...PREPARED]);
afterAll(async () => {
  await Promise.all([postfix.stop(), gsasl.stop()]);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };
const CYRUS: SessionOptions = {
  host: "127.0.0.1",
  port: postfix.port("cyrus"),
  tls: "starttls",
  profile: await trusting(postfix),
};
const GSASL: SessionOptions = {
  host: "127.0.0.1",
  port: gsasl.port,
  tls: "implicit",
  profile: tlsProfile({ caCertificate: gsasl.caCertificate }),
};

/** Logs on and sends; who the server says it was. */
async function byCyrus(auth: Credentials): Promise<unknown> {
  await using session = await Session.open({ ...CYRUS, auth });
  const { details } = await postfix.delivered(await session.send(MESSAGE));
  return [details.mechanism, details.user];
}

async function byGsasl(auth: Credentials, options: SessionOptions = GSASL): Promise<unknown> {
  await using session = await Session.open({ ...options, auth });
  return JSON.parse((await session.send(MESSAGE)).reply.text);
}

/** Credentials for one mechanism, hidden where that brings what it needs. */
function by(mechanism: PasswordMechanism, who: User & { readonly authzid?: string }): Credentials {
  const { user, password: secret, authzid } = who;
  const named = { mechanism, ...authzid !== undefined && { authzid } };
  return mechanism.startsWith("SCRAM-") ? password(user, secret, named) : { user, password: secret, ...named };
}

const MECHANISMS = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"] as const;

describe.each(MECHANISMS)("%s", (mechanism) => {
  test.each(USERS)("lets $user in by Cyrus SASL and by GNU SASL", async (user) => {
    expect(await byCyrus(by(mechanism, user))).toEqual([mechanism, user.user]);
    expect(await byGsasl(by(mechanism, user))).toEqual([mechanism, user.user, user.user]);
  });

  test.each([["a wrong password", { ...ADA, password: "wr0ng" }], ["nobody", { ...ADA, user: "nobody" }]])(
    "keeps %s out",
    async (_, who) => {
      for (const log of [byCyrus, byGsasl]) {
        const failure = await log(by(mechanism, who)).catch((error) => error);
        expect(failure).toBeInstanceOf(AuthenticationError);
        expect(failure).toMatchObject({ code: "AUTH_FAILED", mechanism, reply: { code: 535 }, fate: "unsent" });
      }
    },
  );
});

test.each(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"] as const)("%s says whom a user acts as", async (mechanism) => {
  const [, grace] = USERS;
  for (const authzid of [ADA.user, grace!.user]) {
    expect(await byGsasl(by(mechanism, { ...ADA, authzid }))).toEqual([mechanism, ADA.user, authzid]);
  }
  // Cyrus SASL lets nobody act as somebody else, where no plugin says who may.
  expect(await byCyrus(by(mechanism, { ...grace!, authzid: grace!.user }))).toEqual([mechanism, grace!.user]);
  const failure = await byCyrus(by(mechanism, { ...ADA, authzid: grace!.user })).catch((error) => error);
  expect(failure).toMatchObject({ name: "AuthenticationError", mechanism, reply: { code: 535 } });
});

test.each(PREPARED)("a password that SASLprep changes is the same to GNU SASL ($user)", async (user) => {
  // CRAM-MD5 takes passwords as they are (RFC 2195), by most servers and here; GNU SASL prepares them there too.
  for (const mechanism of MECHANISMS.filter((name) => name !== "CRAM-MD5")) {
    expect(await byGsasl(by(mechanism, user)), mechanism).toEqual([mechanism, user.user, user.user]);
  }
});

/** Deno does not tell what a channel is bound by. */
const binds = runtime.name !== "deno";

describe.each(["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"] as const)("%s", (mechanism) => {
  const unsupported = { name: "UnsupportedError", code: "MECHANISM_UNSUPPORTED", fate: "unsent" };

  test("binds to the connection", async () => {
    const bound = await byGsasl(by(mechanism, ADA)).catch((error) => error);
    if (!binds) return expect(bound).toMatchObject(unsupported);
    expect(bound).toEqual([mechanism, ADA.user, ADA.user]);
    const failure = await byGsasl(by(mechanism, { ...ADA, password: "wr0ng" })).catch((error) => error);
    expect(failure).toMatchObject({ name: "AuthenticationError", mechanism, reply: { code: 535 } });
  });

  test("is missed by a server that offers it where somebody has taken it off the list", async () => {
    const unbound = mechanism.replace("-PLUS", "") as PasswordMechanism;
    const outcome = await byGsasl(by(unbound, ADA), { ...GSASL, port: gsasl.stripped }).catch((error) => error);
    if (!binds) return expect(outcome).toEqual([unbound, ADA.user, ADA.user]);
    expect(outcome).toMatchObject({ name: "AuthenticationError", mechanism: unbound, reply: { code: 535 } });
  });

  test("is not to be had with TLS 1.2, which has nothing to bind to", async () => {
    const profile = tlsProfile({ caCertificate: gsasl.caCertificate, maxTlsVersion: "1.2" });
    expect(await byGsasl(by(mechanism, ADA), { ...GSASL, profile }).catch((error) => error)).toMatchObject(unsupported);
  });
});

test("password() takes the strongest that both have", async () => {
  expect(await byGsasl(password(ADA.user, ADA.password))).toEqual([
    `SCRAM-SHA-256${binds ? "-PLUS" : ""}`,
    ADA.user,
    ADA.user,
  ]);
  expect(await byCyrus(password(ADA.user, ADA.password))).toEqual(["SCRAM-SHA-256", ADA.user]);
});

test("NTLM lets in by Cyrus SASL, which says nothing about itself, whoever knows the password", async () => {
  for (const { user, password } of [USERS[0]!, USERS[2]!]) {
    expect(await byCyrus(ntlm({ user, password }))).toEqual(["NTLM", user]);
    const failure = await byCyrus(ntlm({ user, password: "wr0ng" })).catch((error) => error);
    expect(failure).toMatchObject({ name: "AuthenticationError", mechanism: "NTLM", reply: { code: 535 } });
  }
});
