/**
 * What a server can do with AUTH (RFC 4954) and the mechanisms.
 *
 * @module
 */
import type { Mechanism } from "../../lib/sasl/mechanism.ts";
import { password } from "../../lib/sasl/password.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import { refused, senseless, tooMuch, unauthorized, unsupported } from "./support/failures.ts";
import { PASSWORD, USER } from "./support/play.ts";
import type { Act, Failing, Place, Scenario } from "./support/scenario.ts";

const plain: SessionOptions = { tls: "implicit", auth: { user: USER, password: PASSWORD } };
const pinned = (mechanism: "PLAIN" | "LOGIN" | "CRAM-MD5"): SessionOptions => {
  return { tls: "implicit", auth: { user: USER, password: PASSWORD, mechanism } };
};
/** SCRAM before all others. */
const proving: SessionOptions = { tls: "implicit", auth: password(USER, PASSWORD) };
const token: SessionOptions = { tls: "implicit", auth: { user: USER, token: PASSWORD } };
/** Answers whatever it is asked. */
const patient: SessionOptions = {
  tls: "implicit",
  auth: {
    mechanism: (): Mechanism => ({
      name: "X-PATIENT",
      revealsSecret: false,
      initial: () => undefined,
      next: () => new Uint8Array(3),
    }),
  },
};

const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });
/** To the end of the exchange from the client's side. */
const sorry = say("501 5.7.0 cancelled\r\n");
/** What XOAUTH2 is told of a token that does not do: {"status":"401"}. */
const NO_TOKEN = `334 ${btoa('{"status":"401"}')}\r\n`;

type Case = readonly [
  string,
  SessionOptions,
  readonly string[],
  Partial<Record<Place, Act>>,
  "fine" | Failing,
  readonly string[],
];

const REFUSED: readonly Case[] = ["535 5.7.8 no", "534 5.7.9 too weak", "530 5.7.0 no", "503 5.5.1 no", "500 what?"]
  .map((
    reply,
  ) => [`AUTH is answered ${reply}`, plain, ["AUTH PLAIN"], { auth: say(`${reply}\r\n`) }, unauthorized(false), [
    "refused credentials",
  ]]);

const DEFERRED: readonly Case[] = ["454 4.7.0 later", "432 4.7.12 change it", "450 4.3.0 x"].map((reply) => [
  `AUTH is answered ${reply}`,
  plain,
  ["AUTH PLAIN"],
  { auth: say(`${reply}\r\n`) },
  unauthorized(true),
  ["refused credentials"],
]);

const OFFERED: readonly Case[] = [
  ["no AUTH", plain, [], {}, unsupported("auth"), ["no AUTH offered"]],
  ["AUTH with no mechanism", plain, ["AUTH"], {}, unsupported("auth"), ["no AUTH offered"]],
  ["CRAM-MD5 alone", plain, ["AUTH CRAM-MD5"], {}, unsupported("auth", "MECHANISM_UNSUPPORTED"), [
    "mechanism downgrade",
  ]],
  ["mechanisms that nobody knows", plain, ["AUTH PLAINER LOGON X_PLAIN PLAIN-CLIENTTOKEN"], {}, {
    ...unsupported("auth", "MECHANISM_UNSUPPORTED"),
  }, ["mechanism downgrade"]],
  ["LOGIN, and PLAIN was asked for by name", pinned("PLAIN"), ["AUTH LOGIN CRAM-MD5"], {}, {
    ...unsupported("auth", "MECHANISM_UNSUPPORTED"),
  }, ["mechanism downgrade"]],
  ["PLAIN, and CRAM-MD5 was asked for by name", pinned("CRAM-MD5"), ["AUTH PLAIN LOGIN"], {}, {
    ...unsupported("auth", "MECHANISM_UNSUPPORTED"),
  }, ["mechanism downgrade"]],
  ["PLAIN, and there is a token", token, ["AUTH PLAIN LOGIN"], {}, unsupported("auth", "MECHANISM_UNSUPPORTED"), [
    "mechanism downgrade",
  ]],
  ["PLAIN, which it does not know, and LOGIN", plain, ["AUTH PLAIN LOGIN"], { auth: say("504 what?\r\n") }, "fine", [
    "mechanism downgrade",
  ]],
  ["PLAIN, which it does not know", plain, ["AUTH PLAIN"], { auth: say("504 what?\r\n") }, unauthorized(false), [
    "mechanism downgrade",
  ]],
  ["PLAIN in the form of before RFC 2554", plain, ["AUTH=PLAIN"], {}, "fine", ["mechanism downgrade"]],
];

const CHALLENGES: readonly Case[] = [
  [
    "for ever",
    patient,
    ["AUTH X-PATIENT"],
    {
      "auth": say("334 AAAA\r\n"),
      "answer 1": say("334 AAAA\r\n"),
      "answer 2": say("334 AAAA\r\n"),
      "answer 3": say("334 AAAA\r\n"),
    },
    senseless("auth"),
    ["endless challenges"],
  ],
  [
    "a third time in LOGIN",
    pinned("LOGIN"),
    ["AUTH LOGIN"],
    {
      "answer 2": say("334 AAAA\r\n"),
      "answer 3": say("334 AAAA\r\n"),
    },
    senseless("auth"),
    ["endless challenges"],
  ],
  [
    "behind PLAIN's initial response",
    plain,
    ["AUTH PLAIN"],
    {
      "auth": say("334 AAAA\r\n"),
      "answer 1": sorry,
    },
    senseless("auth"),
    ["endless challenges"],
  ],
  [
    "of 700 kB",
    patient,
    ["AUTH X-PATIENT"],
    {
      auth: { do: "flood", unit: "A", octets: 700_000, before: "334 " },
    },
    tooMuch("auth"),
    ["huge challenge"],
  ],
  [
    "of 60 kB in lines",
    patient,
    ["AUTH X-PATIENT"],
    {
      auth: say(`${`334-${"A".repeat(1000)}\r\n`.repeat(60)}334 AAAA\r\n`),
    },
    "fine",
    ["huge challenge"],
  ],
  ["of 12,200 octets", patient, ["AUTH X-PATIENT"], { auth: say(`334 ${"A".repeat(12_200)}\r\n`) }, "fine", [
    "huge challenge",
  ]],
  ["of 12,300 octets", patient, ["AUTH X-PATIENT"], { auth: say(`334 ${"A".repeat(12_300)}\r\n`) }, tooMuch("auth"), [
    "huge challenge",
  ]],
  ...["****", "AAA", "AAAAA", "A===", "AA=A", "AAAA=", "QUJD RA==", "AA-_", "\0\0\0\0", "\xff\xfe"].map((
    text,
  ): Case => [
    JSON.stringify(text),
    patient,
    ["AUTH X-PATIENT"],
    { "auth": say(`334 ${text}\r\n`), "answer 1": sorry },
    senseless("auth"),
    ["challenge that is not base64"],
  ]),
  [
    "that is not base64, and takes the cancelling for success",
    patient,
    ["AUTH X-PATIENT"],
    {
      "auth": say("334 ****\r\n"),
      "answer 1": say("235 welcome\r\n"),
    },
    senseless("auth"),
    ["challenge that is not base64", "early success"],
  ],
  [
    "that is not base64, and another behind the cancelling",
    patient,
    ["AUTH X-PATIENT"],
    {
      "auth": say("334 ****\r\n"),
      "answer 1": say("334 AAAA\r\n"),
    },
    senseless("auth"),
    ["challenge that is not base64"],
  ],
  ["of CRAM-MD5 that is empty", pinned("CRAM-MD5"), ["AUTH CRAM-MD5"], { auth: say("334 \r\n"), "answer 1": sorry }, {
    ...senseless("auth"),
  }, ["challenge of a mechanism"]],
];

const TOKENS: readonly Case[] = [
  [
    "535 behind the reason",
    token,
    ["AUTH XOAUTH2"],
    {
      "auth": say(NO_TOKEN),
      "answer 1": say("535 5.7.8 no\r\n"),
    },
    unauthorized(false),
    ["token refused"],
  ],
  [
    "the reason over and over",
    token,
    ["AUTH XOAUTH2"],
    {
      "auth": say(NO_TOKEN),
      "answer 1": say(NO_TOKEN),
      "answer 2": say(NO_TOKEN),
      "answer 3": say(NO_TOKEN),
    },
    senseless("auth"),
    ["token refused", "endless challenges"],
  ],
  [
    "success behind the reason",
    token,
    ["AUTH XOAUTH2"],
    {
      "auth": say(NO_TOKEN),
      "answer 1": say("235 in spite of all\r\n"),
    },
    "fine",
    ["token refused"],
  ],
  [
    "a reason that steers a terminal",
    token,
    ["AUTH XOAUTH2"],
    {
      "auth": say(`334 ${btoa('{"status":"\x1b[2J\r\n"}')}\r\n`),
      "answer 1": say("535 5.7.8 no\r\n"),
    },
    unauthorized(false),
    ["token refused", "text of the peer"],
  ],
];

const CANCELLED = { "answer 1": sorry } as const;
const scramSays = (text: string): Partial<Record<Place, Act>> => ({ auth: say(`334 {{${text}}}\r\n`), ...CANCELLED });
const scramProof = (...rest: readonly string[]): Partial<Record<Place, Act>> => {
  return Object.fromEntries(
    ["334 {{r=NONCEmore,s=c2FsdA==,i=4096}}", ...rest].map((line, index) => {
      return [index === 0 ? "auth" : `answer ${index}`, say(`${line}\r\n`)];
    }),
  );
};

/** A server that does not know the password, or would like to find it out. */
const scramCases: readonly (readonly [string, Partial<Record<Place, Act>>, Failing, string])[] = [
  ["another nonce", scramSays("r=another,s=c2FsdA==,i=4096"), senseless("auth"), "scram lies"],
  ["the client's nonce and nothing more", scramSays("r=NONCE,s=c2FsdA==,i=4096"), senseless("auth"), "scram lies"],
  ["no nonce", scramSays("s=c2FsdA==,i=4096"), senseless("auth"), "scram lies"],
  ["no salt", scramSays("r=NONCEmore,i=4096"), senseless("auth"), "scram lies"],
  ["an empty salt", scramSays("r=NONCEmore,s=,i=4096"), senseless("auth"), "scram lies"],
  ["a salt that is not base64", scramSays("r=NONCEmore,s=!!!!,i=4096"), senseless("auth"), "scram lies"],
  ["an extension", scramSays("m=x,r=NONCEmore,s=c2FsdA==,i=4096"), senseless("auth"), "scram lies"],
  ["nothing", { auth: say("334 \r\n"), ...CANCELLED }, senseless("auth"), "scram lies"],
  ["5,000 octets", scramSays(`r=NONCE${"x".repeat(5000)},s=c2FsdA==,i=4096`), senseless("auth"), "scram lies"],
  ...["0", "1", "4095", "-5", "1e9", "1000000000", "99999999999999999999", "4096.5", "04096", "", "NaN"].map((count) =>
    [
      `${count || "no"} iterations`,
      scramSays(`r=NONCEmore,s=c2FsdA==,i=${count}`),
      senseless("auth"),
      "scram work",
    ] as const
  ),
  ["success at once", { auth: say("235 welcome\r\n") }, senseless("auth"), "scram unproved"],
  ["success without a proof of its own", scramProof("235 welcome"), senseless("auth"), "scram unproved"],
  [
    "a wrong proof",
    scramProof(`334 {{v=${btoa("x".repeat(32))}}}`, "235 welcome"),
    senseless("auth"),
    "scram unproved",
  ],
  ["an empty proof", scramProof("334 {{v=}}", "501 sorry"), senseless("auth"), "scram unproved"],
  [
    "an error of SCRAM's and success",
    scramProof("334 {{e=other-error}}", "235 welcome"),
    senseless("auth"),
    "scram unproved",
  ],
  [
    "an error of SCRAM's and 535",
    scramProof("334 {{e=invalid-proof}}", "535 5.7.8 no"),
    unauthorized(false),
    "scram unproved",
  ],
];
const SCRAM: readonly Case[] = scramCases.map(([name, acts, outcome, threat]) => {
  return [name, proving, ["AUTH SCRAM-SHA-256 PLAIN"], acts, outcome, [threat]];
});

const ECHO: readonly Case[] = ["535", "454", "334", "421", "250", "no reply:"].map((code) => [
  `the credentials are repeated behind ${code}`,
  plain,
  ["AUTH PLAIN"],
  {
    "auth": say(`${code} ${btoa(`\0${USER}\0${PASSWORD}`)} ${PASSWORD} \0${USER}\0${PASSWORD}\r\n`),
    "answer 1": sorry,
  },
  code === "535" || code === "454"
    ? unauthorized(code === "454")
    : code === "421"
    ? refused("auth", true)
    : senseless("auth"),
  ["echoed secrets"],
]);

/** All of them. */
export const AUTHENTICATION: readonly Scenario[] = ([
  ["", [...REFUSED, ...DEFERRED, ...ECHO]],
  ["EHLO offers ", OFFERED],
  ["a challenge ", CHALLENGES],
  ["a token is answered: ", TOKENS],
  ["SCRAM is answered with ", SCRAM],
] as const).flatMap(([what, cases]) =>
  cases.map(([name, options, offers, acts, outcome, threats]): Scenario => ({
    name: `${what}${name}`,
    threats,
    client: "send",
    options,
    offers,
    acts,
    outcome,
    ...offers[0]?.includes("SCRAM") === true && { computes: true },
    // After a failure the connection is closed, and nothing more is said in it.
    ...outcome !== "fine" && { unheard: ["MAIL", "QUIT", ...options === proving ? ["AUTH PLAIN"] : []] },
  }))
);
