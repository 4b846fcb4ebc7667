import { describe, expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import type { UPopMail } from "../../../lib/uniface/mod.ts";
import { takesLogin, type UnifaceServer, unifaceServer } from "../../support/uniface_server.ts";
import { watchedMail } from "../../support/watched_mail.ts";

const LOGIN = "SMTP=UAuthLoginSMTP";
const OPTIONAL = "SMTP=UAuthPlainSMTP;USE=OPT";
const ADA = "user=ada;password=s3cret";
const MESSAGE = { TO: "bob@example.net", FROM: "ada@example.com" };
const GOOD = "TLS:good.example.test";

/** Behind every address a server that takes LOGIN; but `bare.` offers nothing, `strict.` refuses, `gone.` is not there. */
function servers(): { readonly mail: UPopMail; readonly server: UnifaceServer } {
  const offers: string[] = [];
  const replies: Record<string, string> = {};
  const server = unifaceServer({
    offers,
    replies,
    onConnect: ({ host }) => {
      if (host.startsWith("gone.")) throw new Error("no such host");
      offers.splice(0, 1, ...(host.startsWith("bare.") ? ["SIZE"] : ["AUTH LOGIN"]));
      Object.assign(replies, takesLogin("ada", "s3cret"));
      if (host.startsWith("strict.")) replies[btoa("s3cret")] = "535 5.7.8 Refused";
    },
  });
  return { mail: watchedMail({ runtime: server.runtime }), server };
}

async function context(mail: UPopMail): Promise<string[]> {
  const drivers: string[] = [];
  for (let number = 1;; number++) {
    const { status, driverProperties, runtimeInfo } = await mail.getSecurity(number, "SMTP=");
    if (status !== 0) return drivers;
    drivers.push(runtimeInfo === "INUSE=TRUE" ? `${driverProperties} in use` : driverProperties);
  }
}

describe("The security context of UPopMail", () => {
  test("before a logon: each driver is appended", async () => {
    const { mail } = servers();
    await mail.setSecurity(OPTIONAL, ADA);
    await mail.setSecurity(LOGIN, ADA);
    expect(await context(mail)).toEqual([OPTIONAL, LOGIN]);
  });

  test("while logged on: is locked until the logoff", async () => {
    const { mail } = servers();
    await mail.setSecurity(OPTIONAL, ADA);
    await mail.setSecurity(LOGIN, ADA);
    expect(await mail.logonSmtp(GOOD, "", "")).toBe(0);
    expect(await context(mail)).toEqual([OPTIONAL, `${LOGIN} in use`]);
    for (const properties of [OPTIONAL, "SMTP=", "nonsense"]) {
      expect([await mail.setSecurity(properties, ""), mail.lastError]).toEqual([-8, expect.any(InputError)]);
    }
    expect(await mail.logonSmtp(GOOD, "", "")).toBe(-3);
    expect(await context(mail)).toEqual([OPTIONAL, `${LOGIN} in use`]);
  });

  test("after a logoff: is kept for another logon, and the next driver begins a new one", async () => {
    const { mail, server } = servers();
    await mail.setSecurity(LOGIN, ADA);
    for (let i = 0; i < 2; i++) {
      expect([await mail.logonSmtp(GOOD, "", ""), await mail.logoffSmtp()]).toEqual([0, 0]);
      expect(await context(mail)).toEqual([LOGIN]);
    }
    expect(server.heard.filter((line) => line === "tls AUTH LOGIN")).toHaveLength(2);
    await mail.setSecurity(OPTIONAL, ADA);
    expect(await context(mail)).toEqual([OPTIONAL]);
    await mail.setSecurity(LOGIN, ADA);
    expect(await context(mail)).toEqual([OPTIONAL, LOGIN]);
  });

  test.each([[-7, "TLS:bare.example.test"], [-8, "TLS:strict.example.test"]])(
    "after a logon = %i: is kept for another server, and the next driver begins a new one",
    async (status, host) => {
      const { mail } = servers();
      await mail.setSecurity(OPTIONAL, ADA);
      await mail.setSecurity(LOGIN, ADA);
      expect([await mail.logonSmtp(host, "", ""), mail.loggedOn]).toEqual([status, false]);
      expect(await context(mail)).toEqual([OPTIONAL, LOGIN]);
      expect([await mail.logonSmtp(GOOD, "", ""), await mail.logoffSmtp()]).toEqual([0, 0]);
      expect(await mail.logonSmtp(host, "", "")).toBe(status);
      await mail.setSecurity("SMTP=UStartTLSSMTP", "");
      expect(await context(mail)).toEqual(["SMTP=UStartTLSSMTP"]);
    },
  );

  test.each([
    [-9, "TLS:gone.example.test", ""],
    [-9, "TLS:good.example.test+0", ""],
    [-2, "TLS:good.example.test", "ada"],
  ])("after a logon = %i (%s, user %j): is untouched, and the next driver is appended", async (status, host, user) => {
    const { mail } = servers();
    await mail.setSecurity(OPTIONAL, ADA);
    expect(await mail.logonSmtp(host, user, "")).toBe(status);
    await mail.setSecurity(LOGIN, ADA);
    expect(await context(mail)).toEqual([OPTIONAL, LOGIN]);
  });

  test("after a driver that was refused: is as before, and a context to come is not begun by it", async () => {
    const { mail } = servers();
    await mail.setSecurity(LOGIN, ADA);
    expect([await mail.logonSmtp(GOOD, "", ""), await mail.logoffSmtp()]).toEqual([0, 0]);
    expect(await mail.setSecurity("SMTP=UAuthMagicSMTP", "")).toBe(-1);
    expect(await mail.setSecurity(LOGIN, "user=ada")).toBe(-2);
    expect(await context(mail)).toEqual([LOGIN]);
  });

  test("removed: is empty, and the next driver is its first", async () => {
    const { mail, server } = servers();
    await mail.setSecurity(LOGIN, ADA);
    expect([await mail.setSecurity("SMTP=", ""), await context(mail)]).toEqual([0, []]);
    expect(await mail.logonSmtp("bare.example.test", "", "")).toBe(0);
    expect(server.heard).toEqual(["EHLO [127.0.0.1]"]);
  });

  test("when the session is lost: is not in use, and locked until the logoff", async () => {
    const { mail, server } = servers();
    await mail.setSecurity(LOGIN, ADA);
    await mail.logonSmtp(GOOD, "", "");
    server.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect([await context(mail), await mail.setSecurity(LOGIN, ADA)]).toEqual([[LOGIN], -8]);
    expect([await mail.logoffSmtp(), await mail.setSecurity(OPTIONAL, ADA)]).toEqual([-9, 0]);
    expect(await context(mail)).toEqual([OPTIONAL]);
  });

  test.each([
    [0, GOOD, [OPTIONAL]],
    [-7, "TLS:bare.example.test", [OPTIONAL]],
    [-8, "TLS:strict.example.test", [OPTIONAL]],
    [-9, "TLS:gone.example.test", [LOGIN, OPTIONAL]],
  ])("after sendMail = %i with a connection of its own: as after a logon and a logoff", async (status, host, after) => {
    const { mail, server } = servers();
    await mail.setSecurity(LOGIN, ADA);
    expect([await mail.sendMail(host, MESSAGE, "Hi"), mail.loggedOn]).toEqual([status, false]);
    expect([await context(mail), server.taken.length]).toEqual([[LOGIN], status === 0 ? 1 : 0]);
    await mail.setSecurity(OPTIONAL, ADA);
    expect(await context(mail)).toEqual(after);
  });
});

test("UPopMail does operations that were not waited for one after the other", async () => {
  const { mail, server } = servers();
  const statuses = await Promise.all([
    mail.setSecurity(LOGIN, ADA),
    mail.logonSmtp(GOOD, "", ""),
    mail.logonSmtp(GOOD, "", ""),
    mail.sendMail("", MESSAGE, "Hi"),
    mail.logoffSmtp(),
    mail.sendMail("TLS:gone.example.test", MESSAGE, "Hi"),
  ]);
  expect(statuses).toEqual([0, 0, -3, 0, 0, -9]);
  expect([server.taken.length, mail.lastStatus]).toEqual([1, -9]);
});

test("UPopMail logs off when it is disposed of, whatever the server says", async () => {
  const { mail, server } = servers();
  {
    await using disposable = mail;
    await disposable.logonSmtp("bare.example.test", "", "");
  }
  expect([mail.loggedOn, server.heard.at(-1), server.open]).toEqual([false, "QUIT", 0]);
  await mail[Symbol.asyncDispose]();
  await mail.logonSmtp("bare.example.test", "", "");
  server.hangUp();
  await mail[Symbol.asyncDispose]();
  expect(mail.loggedOn).toBe(false);
});

test.each([
  ["an option that does not exist", { profile: "x" }, TypeError],
  ["a flag that is none", { allowInsecureAuth: "yes" }, TypeError],
  ["a client name with a line end", { clientName: "x\r\nMAIL" }, TypeError],
  ["a limit of 0", { timeouts: { command: 0 } }, RangeError],
  ["no object", "mail.asn", TypeError],
])("UPopMail throws for %s", (_, options, kind) => {
  expect(() => watchedMail(options as never)).toThrow(kind);
});
