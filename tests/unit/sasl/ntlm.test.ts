import { inspect } from "node:util";
import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import { md4 } from "../../../lib/sasl/md4.ts";
import { hmacMd5 } from "../../../lib/sasl/md5.ts";
import type { Mechanism } from "../../../lib/sasl/mechanism.ts";
import { ntlm, type NtlmOptions } from "../../../lib/sasl/ntlm.ts";
import { ntlmV2, ntowfV2, utf16 } from "../../../lib/sasl/ntlm_v2.ts";

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

function octets(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

// RFC 1320 appendix A.5.
test.each([
  ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
  ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
  ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
  ["message digest", "d9130a8164549fe818874806e1c7014b"],
  ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"],
  [
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
    "e33b4ddc9c38f2199c3e7b164fcc0536",
  ],
])("md4 of %j is as RFC 1320 has it", (text, digest) => {
  expect(hex(md4(encodeUtf8(text)))).toBe(digest);
});

// MS-NLMP sections 4.2.1 and 4.2.4.
const WHO = { user: "User", password: "Password", domain: "Domain" };
const SERVER_CHALLENGE = "0123456789abcdef";
const TARGET_INFO = "02000c0044006f006d00610069006e0001000c005300650072007600650072000000" + "0000";
const CHALLENGE = "4e544c4d53535000020000000c000c003800000033828ae2" + SERVER_CHALLENGE +
  "00000000000000002400240044000000060070170000000f530065007200760065007200" + TARGET_INFO;

test("ntlmV2 computes what MS-NLMP section 4.2.4 has", () => {
  expect(hex(ntowfV2(WHO))).toBe("0c868a403bfd7a93a3001ef22ef02e3f");
  const { ntResponse, lmResponse, sessionKey } = ntlmV2({
    ...WHO,
    serverChallenge: octets(SERVER_CHALLENGE),
    clientChallenge: octets("aa".repeat(8)),
    time: new Uint8Array(8),
    targetInfo: octets(TARGET_INFO),
  });
  expect(hex(ntResponse)).toBe(
    "68cd0ab851e51c96aabc927bebef6a1c" + "0101000000000000" + "00".repeat(8) + "aa".repeat(8) + "00000000" +
      TARGET_INFO +
      "00000000",
  );
  expect(hex(lmResponse)).toBe("86c35097ac9cec102554764a57cccc19" + "aa".repeat(8));
  expect(hex(sessionKey)).toBe("8de40ccadbc14a82f15cb0ad0de95ca3");
});

test("ntowfV2 takes the user without regard to case, where one character stays one, and the domain as it is", () => {
  expect(ntowfV2({ ...WHO, user: "uSER" })).toEqual(ntowfV2(WHO));
  expect(ntowfV2({ ...WHO, user: "straße" })).toEqual(ntowfV2({ ...WHO, user: "STRAßE" }));
  expect(ntowfV2({ ...WHO, domain: "DOMAIN" })).not.toEqual(ntowfV2(WHO));
});

function make(options: Partial<NtlmOptions> = {}): Mechanism {
  return ntlm({ ...WHO, workstation: "COMPUTER", ...options }).mechanism({});
}

interface Answer {
  readonly message: Uint8Array;
  readonly flags: number;
  field(at: number): Uint8Array;
}

async function answer(mechanism: Mechanism, challenge: Uint8Array): Promise<Answer> {
  const message = await mechanism.next(challenge);
  const view = new DataView(message.buffer, message.byteOffset);
  return {
    message,
    flags: view.getUint32(60, true),
    field: (at) => message.slice(view.getUint32(at + 4, true), view.getUint32(at + 4, true) + view.getUint16(at, true)),
  };
}

/** The offsets of the last message's fields (MS-NLMP section 2.2.1.3). */
const AT = { lm: 12, nt: 20, domain: 28, user: 36, workstation: 44, key: 52 };

test("ntlm begins with what it can do, and nothing about anybody", () => {
  const message = make().initial() as Uint8Array;
  expect(hex(message)).toBe("4e544c4d5353500001000000" + "07828800" + "0000000020000000" + "0000000020000000");
  expect(hex(make({ charset: "OEM" }).initial() as Uint8Array).slice(24, 32)).toBe("06828800");
});

test("ntlm answers a challenge with responses that the server can compute as well", async () => {
  const mechanism = make();
  mechanism.initial();
  const { field, flags, message } = await answer(mechanism, octets(CHALLENGE));
  expect(decodeUtf8(message.slice(0, 8))).toBe("NTLMSSP\0");
  expect([field(AT.domain), field(AT.user), field(AT.workstation)]).toEqual(["Domain", "User", "COMPUTER"].map(utf16));
  expect(field(AT.key)).toHaveLength(0);
  expect(flags.toString(16)).toBe("888201");
  const nt = field(AT.nt);
  const proof = hmacMd5(ntowfV2(WHO), concat([octets(SERVER_CHALLENGE), nt.slice(16)]));
  expect(nt.slice(0, 16)).toEqual(proof);
  expect(hex(nt.slice(44))).toBe(TARGET_INFO + "00000000");
  const client = nt.slice(32, 40);
  const lm = hmacMd5(ntowfV2(WHO), concat([octets(SERVER_CHALLENGE), client]));
  expect(field(AT.lm)).toEqual(concat([lm, client]));
  // Units of 100 ns since 1601.
  const time = Number(new DataView(nt.buffer, nt.byteOffset).getBigUint64(24, true) / 10_000n - 11_644_473_600_000n);
  expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
});

test("ntlm answers a server that says nothing about itself with an empty list", async () => {
  for (const size of [32, 40, 48]) {
    const mechanism = make();
    mechanism.initial();
    const { field } = await answer(mechanism, challenge("", "33820ae2").slice(0, size));
    const nt = field(AT.nt);
    expect(hex(nt.slice(44))).toBe("0000000000000000");
    expect(nt.slice(0, 16)).toEqual(hmacMd5(ntowfV2(WHO), concat([octets(SERVER_CHALLENGE), nt.slice(16)])));
  }
});

/** The challenge of a server that tells about itself what is given. */
function challenge(targetInfo: string, flags = "33828ae2"): Uint8Array {
  const size = (targetInfo.length / 2).toString(16).padStart(2, "0") + "00";
  return octets(
    `4e544c4d53535000020000000000000038000000${flags}${SERVER_CHALLENGE}0000000000000000${size}${size}38000000` +
      `060070170000000f${targetInfo}`,
  );
}

const TIMESTAMP = "07000800" + "0090d336b734c301";

test("ntlm gives a code over the three messages to a server that tells its time, and takes that time", async () => {
  const mechanism = make();
  const negotiate = mechanism.initial() as Uint8Array;
  const sent = challenge(`${TIMESTAMP}00000000`);
  const { field, message } = await answer(mechanism, sent);
  const nt = field(AT.nt);
  expect(hex(nt.slice(24, 32))).toBe("0090d336b734c301");
  expect(hex(nt.slice(44))).toBe(`${TIMESTAMP}06000400020000000000000000000000`);
  expect(field(AT.lm)).toEqual(new Uint8Array(24));
  const key = hmacMd5(ntowfV2(WHO), nt.slice(0, 16));
  const bare = message.slice();
  bare.fill(0, 72, 88);
  expect(message.slice(72, 88)).toEqual(hmacMd5(key, concat([negotiate, sent, bare])));
});

test("ntlm keeps a server's own flags beside the one for the code", async () => {
  const mechanism = make();
  mechanism.initial();
  const { field } = await answer(mechanism, challenge(`${TIMESTAMP}060004000100000000000000`));
  expect(hex(field(AT.nt).slice(44))).toBe(`${TIMESTAMP}06000400030000000000000000000000`);
});

test("ntlm writes names in ASCII for OEM, or for a server without Unicode, and refuses others there", async () => {
  const oem = make({ charset: "OEM" });
  oem.initial();
  const first = await answer(oem, octets(CHALLENGE));
  expect([decodeUtf8(first.field(AT.user)), first.flags & 3]).toEqual(["User", 2]);
  const without = challenge("00000000", "32828ae2");
  const plain = make();
  plain.initial();
  expect(decodeUtf8((await answer(plain, without)).field(AT.domain))).toBe("Domain");
  const awkward = make({ user: "Åda" });
  awkward.initial();
  expect(() => awkward.next(without)).toThrow(expect.objectContaining({ name: "ProtocolError" }));
});

test.each([
  ["nothing", ""],
  ["a message that is another", hex(challenge("00000000")).replace("0200", "0300")],
  ["no NTLM", hex(challenge("00000000")).replace("4e54", "4e55")],
  ["a place outside of the message", hex(challenge("00000000")).replace("0400040038", "0400040039")],
  ["a place within the header", hex(challenge("00000000")).replace("0400040038", "0400040028")],
  ["a list without an end", hex(challenge("010000000100"))],
  ["an attribute that is cut short", hex(challenge("0100040000"))],
  ["a time that is none", hex(challenge("070004000000000000000000"))],
  ["a header that is cut short", hex(challenge("00000000")).slice(0, 2 * 47)],
])("ntlm refuses %s as a challenge", (_what, text) => {
  const mechanism = make();
  mechanism.initial();
  expect(() => mechanism.next(octets(text))).toThrow(expect.objectContaining({ name: "ProtocolError", phase: "auth" }));
});

test("ntlm refuses a second challenge", async () => {
  const mechanism = make();
  mechanism.initial();
  await mechanism.next(octets(CHALLENGE));
  expect(() => mechanism.next(octets(CHALLENGE))).toThrow("no answer");
});

test.each([
  ["pass", { user: "a", password: "p", pass: "p" }],
  ["user", { password: "p" }],
  ["user", { user: "EXAMPLE\\ada", password: "p" }],
  ["user", { user: "Åda", password: "p", charset: "OEM" }],
  ["password", { user: "ada", password: "" }],
  ["domain", { user: "ada", password: "p", domain: "a\n" }],
  ["domain", { user: "ada", password: "p", domain: "a".repeat(256) }],
  ["workstation", { user: "ada", password: "p", workstation: "" }],
  ["charset", { user: "ada", password: "p", charset: "UTF-8" }],
])("ntlm finds fault with %s in %j", (field, options) => {
  expect(() => ntlm(options as NtlmOptions)).toThrow(expect.objectContaining({ name: "InputError", field }));
});

test("ntlm makes credentials that do not show the password", () => {
  const credentials = ntlm({ user: "ada", password: "s3cret" });
  const shown = [
    JSON.stringify(credentials),
    inspect([credentials, credentials.mechanism({})], { showHidden: true, depth: 9 }),
  ];
  expect(shown.join("")).not.toContain("s3cret");
  expect(() => ntlm({ user: "ada", password: "s3cret\0" })).toThrow(InputError);
  expect(() => ntlm({ user: "ada", password: "s3cret\0" })).not.toThrow("s3cret");
});
