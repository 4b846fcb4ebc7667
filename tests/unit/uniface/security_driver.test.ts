import { describe, expect, test } from "vitest";
import { ConfigError, InputError, UnsupportedError } from "../../../lib/errors.ts";
import { SECURITY_ENTRY_POINTS } from "../../../lib/uniface/mod.ts";
import { watchedMail } from "../../support/watched_mail.ts";

const LOGIN = "SMTP=UAuthLoginSMTP";
const ADA = "user=ada;password=s3cret-one";

describe("UPopMail.setSecurity takes", () => {
  test.each([
    ["a driver that is mandatory by default", LOGIN, ADA],
    ["server type and USE in any case", "smtp=UAuthLoginSMTP;use=oPt", ADA],
    ["parameters with keys in any case", LOGIN, "USER=ada;PassWord=secret"],
    ["a value that holds = and blanks", LOGIN, "user=ada;password= a=b "],
    ["an object, whose values may hold a ;", LOGIN, { user: "ada", Password: "a;b" }],
    ["STARTTLS as the first", "SMTP=UStartTLSSMTP;USE=OPT", ""],
    ["XOAUTH2", "SMTP=UAuthXOAUTH2SMTP", "user=ada;token=ya29.abc"],
    ["PLAIN with an authorization identity", "SMTP=UAuthPlainSMTP", "user=ada;password=x;authzid=bob"],
    ["CRAM-MD5", "SMTP=UAuthCramMd5SMTP", ADA],
    ["EXTERNAL, which needs no parameters", "SMTP=UAuthExternalSMTP", ""],
    ["the bare keyword, which removes the context", "smtp=", ""],
  ])("%s", async (_, properties, parameters) => {
    const mail = watchedMail();
    expect([await mail.setSecurity(properties, parameters), mail.lastError]).toEqual([0, undefined]);
  });
});

describe("UPopMail.setSecurity returns -1 for", () => {
  test.each([
    ["an entry point nobody knows", "SMTP=UAuthMagicSMTP", ConfigError, "UAuthMagicSMTP"],
    ["an entry point in another case", "SMTP=uauthloginsmtp", ConfigError, "did you mean UAuthLoginSMTP?"],
    ["NTLM", "SMTP=UAuthNTLMSMTP", UnsupportedError, "no NTLM"],
    ["SSPI", "SMTP=UAuthSSPISMTP;USE=OPT", UnsupportedError, "part of Windows"],
    ["a name that every object has", "SMTP=constructor", ConfigError, "constructor"],
  ])("%s", async (_, properties, kind, text) => {
    const mail = watchedMail();
    expect(await mail.setSecurity(properties, ADA)).toBe(-1);
    expect(mail.lastError).toBeInstanceOf(kind);
    expect(mail.lastError?.message).toContain(text);
  });
});

describe("UPopMail.setSecurity returns -2 for", () => {
  test.each([
    ["nothing", "", ""],
    ["POP", "POP=UAuthXOAUTH2POP", ""],
    ["another server type", "IMAP=UAuthLoginSMTP", ADA],
    ["no server type", "UAuthLoginSMTP", ADA],
    ["USE before the server type", "USE=MAND;SMTP=UAuthLoginSMTP", ADA],
    ["another USE", `${LOGIN};USE=MAYBE`, ADA],
    ["USE without a value", `${LOGIN};USE=`, ADA],
    ["USE twice", `${LOGIN};USE=MAND;USE=MAND`, ADA],
    ["another property", `${LOGIN};MODE=MAND`, ADA],
    ["a blank behind the ;", `${LOGIN}; USE=MAND`, ADA],
    ["a ; at the end", `${LOGIN};`, ADA],
    ["USE beside the removal", "SMTP=;USE=MAND", ""],
    ["parameters beside the removal", "SMTP=", ADA],
    ["parameters of STARTTLS", "SMTP=UStartTLSSMTP", "user=ada"],
    ["an unknown key", LOGIN, `${ADA};domain=x`],
    ["a key twice, in another case", LOGIN, `${ADA};USER=bob`],
    ["no password", LOGIN, "user=ada"],
    ["no user", LOGIN, "password=x"],
    ["no parameters", LOGIN, ""],
    ["an empty password", LOGIN, "user=ada;password="],
    ["a password with a ;", LOGIN, "user=ada;password=top;s3cret-one"],
    ["a control character in a name", LOGIN, "user=a\r\nda;password=x"],
    ["a NUL in a password", LOGIN, { user: "ada", password: "s3cret-one\0" }],
    ["a password in place of a token", "SMTP=UAuthXOAUTH2SMTP", ADA],
    ["a token with a blank", "SMTP=UAuthXOAUTH2SMTP", "user=ada;token=a b"],
    ["more than 255 octets of properties", `SMTP=${"é".repeat(126)}`, ADA],
    ["more than 4,095 octets of parameters", LOGIN, `user=ada;password=${"é".repeat(2_040)}`],
    ["more than 4,095 octets in an object", LOGIN, { user: "ada", password: "é".repeat(2_040) }],
  ])("%s", async (_, properties, parameters) => {
    const mail = watchedMail();
    expect([await mail.setSecurity(properties, parameters), mail.lastStatus]).toEqual([-2, -2]);
    expect(mail.lastError).toBeInstanceOf(InputError);
    expect(`${mail.lastError}${JSON.stringify(mail.lastError)}`).not.toContain("s3cret-one");
    expect((await mail.getSecurity(1, "SMTP=")).status).toBe(-1);
  });

  test("STARTTLS that is not the first", async () => {
    const mail = watchedMail();
    expect(await mail.setSecurity(LOGIN, ADA)).toBe(0);
    expect(await mail.setSecurity("SMTP=UStartTLSSMTP", "")).toBe(-2);
    expect(await mail.setSecurity("SMTP=", "")).toBe(0);
    expect(await mail.setSecurity("SMTP=UStartTLSSMTP", "")).toBe(0);
  });
});

test("UPopMail.setSecurity counts octets up to the very bounds", async () => {
  const mail = watchedMail();
  // The bound is kept, and only then is the entry point unknown.
  expect(await mail.setSecurity(`SMTP=${"é".repeat(125)}`, ADA)).toBe(-1);
  const parameters = (password: string) => `user=ada;password=${password}`;
  expect(await mail.setSecurity(LOGIN, parameters("x".repeat(4_095 - parameters("").length)))).toBe(0);
  expect(await mail.setSecurity(LOGIN, parameters("x".repeat(4_096 - parameters("").length)))).toBe(-2);
});

test("UPopMail.setSecurity throws a TypeError for an argument of another type", async () => {
  const mail = watchedMail();
  await expect(mail.setSecurity(1 as never, "")).rejects.toThrow(TypeError);
  await expect(mail.setSecurity(LOGIN, null as never)).rejects.toThrow(TypeError);
  await expect(mail.setSecurity(LOGIN, { user: "ada", password: 7 } as never)).rejects.toThrow(TypeError);
});

test("UPopMail.getSecurity tells the properties as they were given, and no parameters", async () => {
  const mail = watchedMail();
  await mail.setSecurity("smtp=UStartTLSSMTP;Use=Opt", "");
  await mail.setSecurity(LOGIN, ADA);
  expect(await mail.getSecurity(1, "SMTP=")).toEqual({
    status: 0,
    driverProperties: "smtp=UStartTLSSMTP;Use=Opt",
    runtimeInfo: "INUSE=FALSE",
  });
  expect(await mail.getSecurity(2, "smtp=")).toEqual({
    status: 0,
    driverProperties: LOGIN,
    runtimeInfo: "INUSE=FALSE",
  });
});

test.each([
  ["-1", "a number without a driver", 2, "SMTP=", -1],
  ["-1", "number 0", 0, "SMTP=", -1],
  ["-1", "a negative number", -1, "SMTP=", -1],
  ["-1", "a fraction", 1.5, "SMTP=", -1],
  ["-2", "the keyword of POP", 1, "POP=", -2],
  ["-2", "a keyword without its =", 1, "SMTP", -2],
  ["-2", "no keyword", 1, "", -2],
])("UPopMail.getSecurity returns %s for %s", async (_, __, number, keyword, status) => {
  const mail = watchedMail();
  await mail.setSecurity(LOGIN, ADA);
  expect(await mail.getSecurity(number, keyword)).toEqual({ status, driverProperties: "", runtimeInfo: "" });
  expect([mail.lastStatus, mail.lastError]).toEqual([status, expect.any(InputError)]);
});

test("SECURITY_ENTRY_POINTS are all taken", async () => {
  const parameters = ["", ADA, "user=ada;token=x"];
  for (const entryPoint of SECURITY_ENTRY_POINTS) {
    const statuses = await Promise.all(parameters.map((one) => watchedMail().setSecurity(`SMTP=${entryPoint}`, one)));
    expect([entryPoint, statuses.includes(0)]).toEqual([entryPoint, true]);
  }
});
