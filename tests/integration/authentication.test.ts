/**
 * Logging on to Postfix with Dovecot's SASL, and to npm's smtp-server: every mechanism, over STARTTLS and implicit TLS.
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import {
  AuthenticationError,
  oauth2,
  password,
  type PasswordCredentials,
  type PasswordMechanism,
  Session,
  SmtpClient,
  UnsupportedError,
} from "../../mod.ts";
import { NPM_SERVER_TOKEN, startNpmServer } from "./support/npm_server.ts";
import { startPostfix } from "./support/postfix.ts";
import { trusting } from "./support/profiles.ts";
import { bearerToken } from "./support/token.ts";
import { ADA, USERS } from "./support/users.ts";

const postfix = await startPostfix();
const npm = await startNpmServer();
afterAll(async () => {
  await Promise.all([postfix.stop(), npm.stop()]);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Hi" };

const servers = [
  {
    name: "Postfix",
    server: postfix,
    profile: await trusting(postfix),
    token: bearerToken(ADA.user),
    mechanisms: ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"],
    bearers: ["OAUTHBEARER", "XOAUTH2"],
    chosen: { password: "SCRAM-SHA-256", token: "OAUTHBEARER" },
  },
  {
    name: "smtp-server",
    server: npm,
    profile: await trusting(npm),
    token: NPM_SERVER_TOKEN,
    mechanisms: ["PLAIN", "LOGIN", "CRAM-MD5"],
    bearers: ["XOAUTH2"],
    chosen: { password: "PLAIN", token: "XOAUTH2" },
  },
] as const;

/** Credentials for one mechanism, hidden where that brings what it needs. */
function by(
  mechanism: PasswordMechanism,
  who: { readonly user: string; readonly password: string },
): PasswordCredentials {
  return mechanism.startsWith("SCRAM-") ? password(who.user, who.password, { mechanism }) : { ...who, mechanism };
}

const transports = [
  { listener: "submission", tls: "starttls" },
  { listener: "implicit", tls: "implicit" },
] as const;

for (const { name, server, profile, token, mechanisms, bearers, chosen } of servers) {
  describe.each(transports)(`${name}, $tls`, ({ listener, tls }) => {
    const target = { host: "127.0.0.1", port: server.port(listener), tls, profile };

    test.each(mechanisms)("Session.open logs on with %s and the user's mail is accepted", async (mechanism) => {
      await using session = await Session.open({ ...target, auth: by(mechanism, ADA) });
      const { details } = await server.delivered(await session.send(MESSAGE));
      expect(details.user).toBe(ADA.user);
      if (name === "Postfix") expect(details.mechanism).toBe(mechanism);
    });

    test.each(mechanisms)("Session.open with %s and a wrong password is an AuthenticationError", async (mechanism) => {
      const auth = by(mechanism, { user: ADA.user, password: "wr0ng" });
      const failure = await Session.open({ ...target, auth }).catch((e) => e);
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(failure).toMatchObject({ code: "AUTH_FAILED", phase: "auth", mechanism, reply: { code: 535 } });
      expect(failure.message).not.toContain("wr0ng");
    });

    test.each(bearers)("Session.open logs on with a token by %s", async (mechanism) => {
      await using session = await Session.open({ ...target, auth: { user: ADA.user, token, mechanism } });
      const { details } = await server.delivered(await session.send(MESSAGE));
      expect(details.user).toBe(ADA.user);
    });

    test.each(bearers)("Session.open with a bad token by %s is an AuthenticationError", async (mechanism) => {
      const failure = await Session.open({ ...target, auth: { user: ADA.user, token: "bad-token", mechanism } }).catch((
        e,
      ) => e);
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(failure).toMatchObject({ code: "AUTH_FAILED", mechanism });
      expect(failure.message).not.toContain("bad-token");
    });

    test("Session.open chooses the strongest mechanism for password() and for a token", async () => {
      for (
        const [auth, expected] of [
          [password(ADA.user, ADA.password), chosen.password],
          [oauth2(ADA.user, token), chosen.token],
        ] as const
      ) {
        const said: string[] = [];
        const log = (_direction: string, text: string) => void said.push(text);
        await using session = await Session.open({ ...target, auth, log });
        expect(said.find((line) => line.startsWith("AUTH "))).toMatch(new RegExp(`^AUTH ${expected} `));
        const { details } = await server.delivered(await session.send(MESSAGE));
        expect(details.user).toBe(ADA.user);
      }
    });

    test("Session.open asks for another token when one is refused, and logs on with that in the same session", async () => {
      const requests: unknown[] = [];
      const source = (request: { readonly refused?: string }) => {
        requests.push(request);
        return request.refused === undefined ? "old-token" : token;
      };
      await using session = await Session.open({ ...target, auth: oauth2(ADA.user, source) });
      const { details } = await server.delivered(await session.send(MESSAGE));
      expect(details.user).toBe(ADA.user);
      expect(requests).toEqual([{}, { refused: "old-token" }]);
    });

    test.each(USERS)("Session.open logs on as $user without a mechanism named", async (user) => {
      await using session = await Session.open({ ...target, auth: user });
      const { details } = await server.delivered(await session.send(MESSAGE));
      expect(details.user).toBe(user.user);
    });
  });
}

test("Session.open logs on as users with awkward names and passwords, by every mechanism", async () => {
  const target = {
    host: "127.0.0.1",
    port: postfix.port("submission"),
    tls: "starttls",
    profile: await trusting(postfix),
  } as const;
  for (const user of USERS) {
    for (const mechanism of servers[0].mechanisms) {
      await using session = await Session.open({ ...target, auth: by(mechanism, user) });
      const { details } = await postfix.delivered(await session.send(MESSAGE));
      expect([details.user, details.mechanism]).toEqual([user.user, mechanism]);
    }
  }
});

test("Session.open takes user and password from a URL", async () => {
  const url = `smtps://${encodeURIComponent(ADA.user)}:${encodeURIComponent(ADA.password)}@127.0.0.1:${
    postfix.port("implicit")
  }`;
  await using session = await Session.open(url, { profile: await trusting(postfix) });
  expect((await postfix.delivered(await session.send(MESSAGE))).details.user).toBe(ADA.user);
});

test("Session.open refuses an expired token", async () => {
  const token = bearerToken(ADA.user, -60);
  const failure = await Session.open({
    host: "127.0.0.1",
    port: postfix.port("implicit"),
    tls: "implicit",
    profile: await trusting(postfix),
    auth: { user: ADA.user, token, mechanism: "XOAUTH2" },
  }).catch((e) => e);
  expect(failure).toBeInstanceOf(AuthenticationError);
  expect(failure.message).not.toContain(token);
});

test("Session.open does nothing weaker than what was required", async () => {
  const failure = await Session.open({
    host: "127.0.0.1",
    port: npm.port("implicit"),
    tls: "implicit",
    profile: await trusting(npm),
    auth: password(ADA.user, ADA.password, { mechanism: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"] }),
  }).catch((e) => e);
  expect(failure).toMatchObject({ name: "UnsupportedError", code: "MECHANISM_UNSUPPORTED" });
});

test("Session.open with a mechanism that the server does not offer is an UnsupportedError", async () => {
  const failure = await Session.open({
    host: "127.0.0.1",
    port: npm.port("implicit"),
    tls: "implicit",
    profile: await trusting(npm),
    auth: { mechanism: "EXTERNAL" },
  }).catch((e) => e);
  expect(failure).toBeInstanceOf(UnsupportedError);
  expect(failure).toMatchObject({ code: "MECHANISM_UNSUPPORTED", phase: "auth" });
  expect(failure.message).toContain("PLAIN LOGIN CRAM-MD5 XOAUTH2");
});

test("Session.open with credentials for a server without AUTH is an UnsupportedError", async () => {
  const failure = await Session.open({
    host: "127.0.0.1",
    port: postfix.port("plain"),
    tls: "starttls",
    profile: await trusting(postfix),
    auth: ADA,
  }).catch((e) => e);
  expect(failure).toBeInstanceOf(UnsupportedError);
  expect(failure).toMatchObject({ code: "EXTENSION_UNSUPPORTED", feature: "AUTH" });
});

test("Session.open sends no credentials in clear text unless that is asked for", async () => {
  const target = { host: "127.0.0.1", port: postfix.port("clear"), tls: "off", auth: ADA } as const;
  await expect((async () => await Session.open(target))()).rejects.toMatchObject({ code: "CONFIG_INSECURE" });
  await using session = await Session.open({ ...target, allowInsecureAuth: true });
  const { details } = await postfix.delivered(await session.send(MESSAGE));
  expect(details).toMatchObject({ user: ADA.user, mechanism: "PLAIN", protocol: "ESMTP" });
});

test("SmtpClient.verify tells good credentials from bad ones", async () => {
  const target = {
    host: "127.0.0.1",
    port: postfix.port("submission"),
    tls: "starttls",
    profile: await trusting(postfix),
  } as const;
  await using good = new SmtpClient({ ...target, auth: ADA });
  await good.verify();
  await using bad = new SmtpClient({ ...target, auth: { ...ADA, password: "wrong" } });
  await expect(bad.verify()).rejects.toBeInstanceOf(AuthenticationError);
});
