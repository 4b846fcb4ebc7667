import { describe, expect, test } from "vitest";
import {
  ClosedError,
  ConfigError,
  ConnectionError,
  InputError,
  TimeoutError,
  UnsupportedError,
} from "../../../lib/errors.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import type { UPopMail, UPopMailOptions } from "../../../lib/uniface/mod.ts";
import { takesLogin, type UnifaceScript, type UnifaceServer, unifaceServer } from "../../support/uniface_server.ts";
import { watchedMail } from "../../support/watched_mail.ts";

const HOST = "mail.example.test";
const STARTTLS = ["SMTP=UStartTLSSMTP", ""] as const;
const STARTTLS_IF_SUPPORTED = ["SMTP=UStartTLSSMTP;USE=OPT", ""] as const;
const LOGIN = ["SMTP=UAuthLoginSMTP", "user=ada;password=s3cret"] as const;
const TAKES_LOGIN = takesLogin("ada", "s3cret");
const HELLO = "EHLO [127.0.0.1]";

interface Case {
  readonly script?: UnifaceScript;
  readonly drivers?: readonly (readonly [string, string])[];
  readonly options?: UPopMailOptions;
}

async function prepared({ script, drivers = [], options }: Case): Promise<{ mail: UPopMail; server: UnifaceServer }> {
  const server = unifaceServer(script);
  const mail = watchedMail({ runtime: server.runtime, ...options });
  for (const [properties, parameters] of drivers) expect(await mail.setSecurity(properties, parameters)).toBe(0);
  return { mail, server };
}

async function logonStatus(about: Case & { readonly to?: string }) {
  const { mail, server } = await prepared(about);
  return { status: await mail.logonSmtp(about.to ?? HOST, "", ""), error: mail.lastError, mail, server };
}

describe("UPopMail.logonSmtp returns 0", () => {
  test("and keeps the connection for sends and for logoffSmtp", async () => {
    const { mail, server } = await prepared({});
    expect([await mail.logonSmtp(HOST, "", ""), mail.loggedOn, server.open]).toEqual([0, true, 1]);
    expect(server.connected[0]).toMatchObject({ host: HOST, port: 25, tls: "off" });
    expect(await mail.logoffSmtp()).toBe(0);
    expect([mail.loggedOn, server.open, server.heard]).toEqual([false, 0, [HELLO, "QUIT"]]);
  });

  test.each([
    ["smtp.myorg.com+587", { host: "smtp.myorg.com", port: 587, tls: "off" }],
    ["TLS:smtp.myorg.com", { host: "smtp.myorg.com", port: 465, tls: "implicit" }],
    ["tls:[2001:db8::1]+4650", { host: "2001:db8::1", port: 4650, tls: "implicit" }],
  ])("over the connection that %s asks for", async (to, asked) => {
    const { status, server } = await logonStatus({ to });
    expect(status).toBe(0);
    expect(server.connected).toEqual([expect.objectContaining(asked)]);
  });

  test("with the TLS settings of the named profile, else of USYS$TLS_PARAMS, else of the platform", async () => {
    const profiles = AssignmentFile.parse(
      "[NET_SETTINGS]\nmine = verify_server_name=DNS:mine\n[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS verify_server_name=DNS:usys",
    );
    const names = async (to: string, options: UPopMailOptions, drivers: Case["drivers"] = []) => {
      const { server } = await logonStatus({ to, options, drivers, script: { offers: ["STARTTLS"] } });
      return server.connected[0]?.tlsSettings?.verifyServerName;
    };
    expect(await names(`TLS:${HOST}:MINE`, { profiles })).toEqual([{ type: "DNS", name: "mine" }]);
    expect(await names(`TLS:${HOST}`, { profiles })).toEqual([{ type: "DNS", name: "usys" }]);
    expect(await names(HOST, { profiles }, [STARTTLS])).toEqual([{ type: "DNS", name: "usys" }]);
    const { server } = await logonStatus({ drivers: [STARTTLS], script: { offers: ["STARTTLS"] } });
    expect(server.connected[0]).toMatchObject({ tls: "starttls", tlsSettings: {} });
  });

  test("after STARTTLS, a second EHLO and AUTH for what is offered in TLS alone", async () => {
    const script = { offers: ["STARTTLS"], offersInTls: ["AUTH LOGIN"], replies: TAKES_LOGIN };
    const { status, server } = await logonStatus({ script, drivers: [STARTTLS, LOGIN] });
    expect(status).toBe(0);
    expect(server.heard).toEqual([
      HELLO,
      "STARTTLS",
      ...[HELLO, "AUTH LOGIN", "YWRh", "czNjcmV0"].map((l) => `tls ${l}`),
    ]);
  });

  test("with optional drivers left out that the server does not support", async () => {
    const drivers = [STARTTLS_IF_SUPPORTED, ["SMTP=UAuthXOAUTH2SMTP;USE=OPT", "user=ada;token=t"]] as const;
    const { status, server } = await logonStatus({ script: { offers: ["AUTH LOGIN"] }, drivers });
    expect([status, server.heard]).toEqual([0, [HELLO]]);
  });

  test("with later drivers left out once one has authenticated", async () => {
    const drivers = [["SMTP=UAuthPlainSMTP", "user=ada;password=x"], LOGIN] as const;
    const { status, mail, server } = await logonStatus({
      to: `TLS:${HOST}`,
      script: { offers: ["AUTH PLAIN LOGIN"] },
      drivers,
    });
    expect([status, server.heard]).toEqual([0, [`tls ${HELLO}`, "tls AUTH PLAIN AGFkYQB4"]]);
    expect((await mail.getSecurity(1, "SMTP=")).runtimeInfo).toBe("INUSE=TRUE");
    expect((await mail.getSecurity(2, "SMTP=")).runtimeInfo).toBe("INUSE=FALSE");
  });

  test("in clear text only with allowInsecureAuth", async () => {
    const script = { offers: ["AUTH LOGIN"], replies: TAKES_LOGIN };
    expect((await logonStatus({ script, drivers: [LOGIN], options: { allowInsecureAuth: true } })).status).toBe(0);
  });

  test("under the client name that was given", async () => {
    const { server } = await logonStatus({ options: { clientName: "client.example.test" } });
    expect(server.heard).toEqual(["EHLO client.example.test"]);
  });
});

test.each([["ada", ""], ["", "secret"]])(
  "UPopMail.logonSmtp returns -2 for user %j, password %j",
  async (user, pass) => {
    const { mail, server } = await prepared({});
    expect([await mail.logonSmtp(HOST, user, pass), server.connected]).toEqual([-2, []]);
    expect(mail.lastError).toBeInstanceOf(InputError);
    expect(mail.lastError?.message).not.toContain("secret");
  },
);

test("UPopMail.logonSmtp returns -3 when logged on already, and the session stays", async () => {
  const { mail, server } = await prepared({});
  await mail.logonSmtp(HOST, "", "");
  expect(await mail.logonSmtp("other.example.test", "", "")).toBe(-3);
  expect([mail.loggedOn, server.connected.length, server.open]).toEqual([true, 1, 1]);
  expect(await mail.sendMail("", { TO: "bob@example.net", FROM: "ada@example.com" }, "Hi")).toBe(0);
});

describe("UPopMail.logonSmtp returns -7", () => {
  test.each<[string, Case & { readonly to?: string }]>([
    ["without STARTTLS", { drivers: [STARTTLS] }],
    ["without AUTH", { drivers: [LOGIN] }],
    ["without the mechanism", { drivers: [LOGIN], script: { offers: ["AUTH PLAIN XOAUTH2"] } }],
    ["for STARTTLS inside of TLS", { drivers: [STARTTLS], to: `TLS:${HOST}`, script: { offers: ["STARTTLS"] } }],
    ["for a mechanism that is gone after STARTTLS", {
      drivers: [STARTTLS, LOGIN],
      script: { offers: ["STARTTLS", "AUTH LOGIN"], offersInTls: ["AUTH PLAIN"] },
    }],
    ["for HELO alone", { drivers: [LOGIN], script: { replies: { EHLO: "502 5.5.1 No", HELO: "250 Hello" } } }],
  ])("%s", async (_, about) => {
    const { status, error, server, mail } = await logonStatus(about);
    expect([status, mail.loggedOn, server.open]).toEqual([-7, false, 0]);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(server.heard.filter((line) => line.includes("AUTH"))).toEqual([]);
  });

  test("before any driver is run when a later one is mandatory and missing", async () => {
    const drivers = [LOGIN, ["SMTP=UAuthXOAUTH2SMTP;USE=MAND", "user=ada;token=t"]] as const;
    const { status, error, server } = await logonStatus({
      to: `TLS:${HOST}`,
      drivers,
      script: { offers: ["AUTH LOGIN"] },
    });
    expect([status, server.heard]).toEqual([-7, [`tls ${HELLO}`]]);
    // Drivers are named, and not `oauth2()`.
    expect(error).not.toHaveProperty("advice");
  });
});

const MISSING_CA = AssignmentFile.parse("[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS ca_certificate=gone.pem");
const FAULTY = AssignmentFile.parse("[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS verify_servr=1");
const OFFERS_TLS = { offers: ["STARTTLS"] };
const untrusted = () => {
  throw new ConnectionError("STARTTLS_FAILED", "starttls", "not trusted", { reason: "untrusted" });
};

function refusingEhloInTls(): UnifaceScript {
  const replies: Record<string, string> = {};
  return { ...OFFERS_TLS, replies, onTls: () => void (replies.EHLO = "554 5.7.1 No") };
}

describe("UPopMail.logonSmtp returns -8, a driver being optional or not, when", () => {
  test.each<[string, Case & { readonly to?: string }, unknown]>([
    ["STARTTLS is refused", {
      drivers: [STARTTLS_IF_SUPPORTED],
      script: { ...OFFERS_TLS, replies: { STARTTLS: "454 4.7.0 No" } },
    }, {
      code: "STARTTLS_FAILED",
    }],
    ["STARTTLS is answered by nonsense", {
      drivers: [STARTTLS],
      script: { ...OFFERS_TLS, replies: { STARTTLS: "354 Go" } },
    }, {
      code: "PROTOCOL_ERROR",
    }],
    ["octets stand behind the reply to STARTTLS", {
      drivers: [STARTTLS],
      script: { ...OFFERS_TLS, replies: { STARTTLS: "220 Go\r\n250 injected" } },
    }, { code: "STARTTLS_FAILED" }],
    ["the certificate is not trusted", {
      drivers: [STARTTLS_IF_SUPPORTED],
      script: { ...OFFERS_TLS, onTls: untrusted },
    }, {
      reason: "untrusted",
    }],
    ["EHLO in TLS is refused", { drivers: [STARTTLS], script: refusingEhloInTls() }, { phase: "ehlo" }],
    ["the CA certificate for STARTTLS is missing", {
      drivers: [STARTTLS],
      script: OFFERS_TLS,
      options: { profiles: MISSING_CA },
    }, { code: "CONFIG_FILE" }],
    ["USYS$TLS_PARAMS is faulty", { drivers: [STARTTLS], script: OFFERS_TLS, options: { profiles: FAULTY } }, {
      code: "CONFIG_UNKNOWN",
    }],
    ["the runtime cannot do what USYS$TLS_PARAMS says", {
      drivers: [STARTTLS],
      script: {
        ...OFFERS_TLS,
        onConnect: () => {
          throw new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", "shared_key", "no");
        },
      },
    }, { code: "RUNTIME_UNSUPPORTED" }],
    ["the credentials are refused", {
      to: `TLS:${HOST}`,
      drivers: [["SMTP=UAuthLoginSMTP;USE=OPT", "user=ada;password=s3cret"]],
      script: { offers: ["AUTH LOGIN"], replies: { ...TAKES_LOGIN, czNjcmV0: "535 5.7.8 Bad credentials" } },
    }, { code: "AUTH_FAILED" }],
    ["the server closes by 421 in AUTH", {
      to: `TLS:${HOST}`,
      drivers: [LOGIN],
      script: { offers: ["AUTH LOGIN"], replies: { "AUTH LOGIN": "421 4.7.0 Too many" } },
    }, { phase: "auth" }],
    ["a challenge is not base64", {
      to: `TLS:${HOST}`,
      drivers: [LOGIN],
      script: { offers: ["AUTH LOGIN"], replies: { "AUTH LOGIN": "334 ???", "*": "501 Cancelled" } },
    }, { code: "PROTOCOL_ERROR" }],
    ["credentials would travel in clear text", { drivers: [LOGIN], script: { offers: ["AUTH LOGIN"] } }, {
      code: "CONFIG_INSECURE",
    }],
    ["optional STARTTLS is not supported and credentials would travel in clear text", {
      drivers: [STARTTLS_IF_SUPPORTED, LOGIN],
      script: { offers: ["AUTH LOGIN"] },
    }, { code: "CONFIG_INSECURE" }],
  ])("%s", async (_, about, wanted) => {
    const { status, error, server, mail } = await logonStatus(about);
    expect(status).toBe(-8);
    expect(error).toMatchObject(wanted as object);
    expect([mail.loggedOn, server.runtime.wires.every((wire) => wire.closeCalls > 0 || wire.text === "")])
      .toEqual([false, true]);
    expect(String(error)).not.toMatch(/s3cret|czNjcmV0/);
    if ((error as ConfigError).code === "CONFIG_INSECURE") expect(server.heard).toEqual([HELLO]);
  });

  test("a settings problem comes after the server's word on STARTTLS", async () => {
    const options = { profiles: MISSING_CA };
    expect((await logonStatus({ drivers: [STARTTLS], options })).status).toBe(-7);
    expect((await logonStatus({ drivers: [STARTTLS_IF_SUPPORTED], options })).status).toBe(0);
    const { server } = await logonStatus({ drivers: [STARTTLS], options, script: OFFERS_TLS });
    expect(server.heard).toEqual([HELLO]);
  });
});

const cannotConnect = (code: "DNS_FAILED" | "CONNECT_FAILED" | "TLS_FAILED") => () => {
  throw new ConnectionError(code, code === "TLS_FAILED" ? "tls" : "connect", "no");
};

describe("UPopMail.logonSmtp returns -9 for", () => {
  test.each<[string, Case & { readonly to?: string }, unknown]>([
    ["a malformed connection string", { to: "smtp.myorg.com+0" }, ConfigError],
    ["an empty connection string", { to: "" }, ConfigError],
    ["an unknown connector", { to: "UDP:smtp.myorg.com+25" }, ConfigError],
    ["a profile with TCP", { to: "TCP:smtp.myorg.com+25:mine" }, ConfigError],
    ["a name that is none", { to: "-smtp.myorg.com" }, ConfigError],
    ["a profile that is not defined", { to: `TLS:${HOST}:mine`, options: { profiles: MISSING_CA } }, ConfigError],
    ["a profile without an assignment file", { to: `TLS:${HOST}:mine` }, ConfigError],
    [
      "a missing CA certificate of a TLS: connection",
      { to: `TLS:${HOST}`, options: { profiles: MISSING_CA } },
      ConfigError,
    ],
    ["a faulty profile of a TLS: connection", { to: `TLS:${HOST}`, options: { profiles: FAULTY } }, ConfigError],
    ["a host that does not exist", { script: { onConnect: cannotConnect("DNS_FAILED") } }, ConnectionError],
    ["a port that nobody listens on", { script: { onConnect: cannotConnect("CONNECT_FAILED") } }, ConnectionError],
    ["TLS that fails on a TLS: connection", {
      to: `TLS:${HOST}`,
      script: { onConnect: cannotConnect("TLS_FAILED") },
    }, ConnectionError],
    ["a server that refuses the connection", { script: { greeting: "554 5.3.2 Go away" } }, Error],
    ["a server that speaks another protocol", { script: { greeting: "HTTP/1.1 400 Bad Request" } }, Error],
    ["a server that refuses EHLO", { script: { replies: { EHLO: "554 5.7.1 No" } } }, Error],
    ["a server that hangs up at EHLO", { script: { replies: { EHLO: "HANG UP" } } }, ConnectionError],
    ["a server that hangs up at AUTH", {
      to: `TLS:${HOST}`,
      drivers: [LOGIN],
      script: { offers: ["AUTH LOGIN"], replies: { AUTH: "HANG UP" } },
    }, ConnectionError],
    [
      "a server that says nothing",
      { script: { replies: { EHLO: "" } }, options: { timeouts: { command: 20 } } },
      TimeoutError,
    ],
    ["a platform that fails in its own way", {
      script: {
        onConnect: () => {
          throw "no network";
        },
      },
    }, Error],
  ])("%s", async (_, about, kind) => {
    const { status, error, mail } = await logonStatus(about);
    expect([status, mail.loggedOn, mail.lastStatus]).toEqual([-9, false, -9]);
    expect(error).toBeInstanceOf(kind);
  });
});

describe("UPopMail.logoffSmtp", () => {
  test("returns -8 when not logged on, and after a logoff", async () => {
    const { mail } = await prepared({});
    expect([await mail.logoffSmtp(), mail.lastError]).toEqual([-8, expect.any(ClosedError)]);
    await mail.logonSmtp(HOST, "", "");
    expect([await mail.logoffSmtp(), await mail.logoffSmtp()]).toEqual([0, -8]);
  });

  test.each([
    ["the server hangs up at QUIT", "HANG UP"],
    ["the server refuses QUIT", "500 5.5.1 What?"],
    ["the server does not answer QUIT", ""],
  ])("returns -9 when %s, and is logged off all the same", async (_, reply) => {
    const { mail, server } = await prepared({
      script: { replies: { QUIT: reply } },
      options: { timeouts: { quit: 20 } },
    });
    await mail.logonSmtp(HOST, "", "");
    expect([await mail.logoffSmtp(), mail.loggedOn, server.open]).toEqual([-9, false, 0]);
    expect(await mail.logonSmtp(HOST, "", "")).toBe(0);
  });

  test("returns -9 when the session was lost before", async () => {
    const { mail, server } = await prepared({});
    await mail.logonSmtp(HOST, "", "");
    server.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect([mail.loggedOn, await mail.logonSmtp(HOST, "", "")]).toEqual([true, -3]);
    expect([await mail.logoffSmtp(), mail.loggedOn]).toEqual([-9, false]);
  });
});
