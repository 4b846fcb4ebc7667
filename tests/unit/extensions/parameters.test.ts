import { afterEach, expect, test, vi } from "vitest";
import { deliverBy, type DeliverByOptions } from "../../../lib/extensions/deliver_by.ts";
import { dsn } from "../../../lib/extensions/dsn.ts";
import { futureRelease, type FutureReleaseOptions } from "../../../lib/extensions/future_release.ts";
import { mtPriority } from "../../../lib/extensions/mt_priority.ts";
import { requireTls } from "../../../lib/extensions/require_tls.ts";
import type { EnvelopeOption } from "../../../lib/mime/envelope_option.ts";
import { mailLine } from "../../../lib/wire/command.ts";
import { commandsOf, thrownBy } from "./support.ts";

afterEach(() => void vi.useRealTimers());

/** What MAIL says behind its path. */
function mailOf(option: EnvelopeOption, parameters = "", verified = false): string {
  const { lines } = commandsOf([option], { keywords: { [option.extension]: parameters }, verified });
  return lines[0]!.slice("MAIL FROM:<a@example.com> ".length);
}

function isUnsupported(option: EnvelopeOption, parameters: string): unknown {
  const error = thrownBy(() => mailOf(option, parameters));
  expect(error).toMatchObject({
    name: "UnsupportedError",
    code: "EXTENSION_UNSUPPORTED",
    phase: "mail",
    fate: "unsent",
  });
  expect(error).toMatchObject({ feature: option.extension, sessionUsable: true, retryable: false });
  return error;
}

test("deliverBy writes BY as RFC 2852 section 4 has it", () => {
  expect(mailOf(deliverBy({ seconds: 120, mode: "return" }))).toBe("BY=120;R");
  expect(mailOf(deliverBy({ seconds: 999_999_999, mode: "return", trace: true }))).toBe("BY=999999999;RT");
  expect(mailOf(deliverBy({ seconds: 0, mode: "notify" }))).toBe("BY=0;N");
  expect(mailOf(deliverBy({ seconds: -5, mode: "notify", trace: true }))).toBe("BY=-5;NT");
});

test("deliverBy cannot be had where the server needs more time before it returns a message", () => {
  isUnsupported(deliverBy({ seconds: 119, mode: "return" }), "120");
  expect(mailOf(deliverBy({ seconds: 120, mode: "return" }), "120")).toBe("BY=120;R");
  expect(mailOf(deliverBy({ seconds: 1, mode: "notify" }), "120")).toBe("BY=1;N");
  for (const nonsense of ["", "-1", "12x", "9999999999", " "]) {
    expect(mailOf(deliverBy({ seconds: 1, mode: "return" }), nonsense)).toBe("BY=1;R");
  }
});

test("mtPriority writes MT-PRIORITY from -9 to 9 (RFC 6710)", () => {
  expect([-9, -1, 0, 9].map((one) => mailOf(mtPriority(one), "MIXER"))).toEqual([
    "MT-PRIORITY=-9",
    "MT-PRIORITY=-1",
    "MT-PRIORITY=0",
    "MT-PRIORITY=9",
  ]);
});

test("futureRelease writes HOLDFOR and HOLDUNTIL (RFC 4865)", () => {
  expect(mailOf(futureRelease({ holdFor: 1 }), "86400 2099-01-01T00:00:00Z")).toBe("HOLDFOR=1");
  const holdUntil = new Date("2098-12-31T23:59:59.999+02:00");
  expect(mailOf(futureRelease({ holdUntil }), "86400 2099-01-01T00:00:00Z")).toBe("HOLDUNTIL=2098-12-31T21:59:59Z");
});

test("futureRelease cannot be had where the server holds messages for less, or not so long", () => {
  isUnsupported(futureRelease({ holdFor: 86_401 }), "86400 2099-01-01T00:00:00Z");
  expect(mailOf(futureRelease({ holdFor: 86_400 }), "86400 2099-01-01T00:00:00Z")).toBe("HOLDFOR=86400");
  for (const said of ["2099-01-01T00:00:00Z", "2099-01-01t02:00:00+02:00"]) {
    isUnsupported(futureRelease({ holdUntil: new Date("2099-01-01T00:00:01Z") }), `1 ${said}`);
    expect(mailOf(futureRelease({ holdUntil: new Date("2099-01-01T00:00:00Z") }), `1 ${said}`)).toMatch(/^HOLDUNTIL/);
  }
  for (const nonsense of ["", "soon", "86400", "1 soon", "1 2099-13-01T00:00:00Z"]) {
    expect(mailOf(futureRelease({ holdUntil: new Date("2099-01-01T00:00:01Z") }), nonsense)).toMatch(/^HOLDUNTIL/);
  }
  expect(mailOf(futureRelease({ holdFor: 7 }), "much")).toBe("HOLDFOR=7");
});

test("futureRelease refuses a time that is over when the message is composed", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-01T00:00:00Z") });
  const option = futureRelease({ holdUntil: new Date("2026-01-01T00:00:10Z") });
  expect(mailOf(option)).toBe("HOLDUNTIL=2026-01-01T00:00:10Z");
  vi.setSystemTime(new Date("2026-01-01T00:00:10Z"));
  expect(thrownBy(() => mailOf(option))).toMatchObject({ name: "InputError", field: "futureRelease.holdUntil" });
});

test("requireTls can be had only where the server was verified", () => {
  expect(mailOf(requireTls(), "", true)).toBe("REQUIRETLS");
  isUnsupported(requireTls(), "");
});

const refused: readonly (readonly [field: string, run: () => unknown])[] = [
  ...[0, -1, 1e9, 1.5, NaN, "120", undefined].map((seconds) =>
    [
      "deliverBy.seconds",
      () => deliverBy({ seconds, mode: "return" } as DeliverByOptions),
    ] as const
  ),
  ["deliverBy.seconds", () => deliverBy({ seconds: -1e9, mode: "notify" })],
  ["deliverBy.mode", () => deliverBy({ seconds: 1, mode: "R" } as unknown as DeliverByOptions)],
  ["deliverBy.trace", () => deliverBy({ seconds: 1, mode: "return", trace: "T" } as unknown as DeliverByOptions)],
  ["deliverBy.by", () => deliverBy({ seconds: 1, mode: "return", by: 1 } as DeliverByOptions)],
  ["deliverBy", () => deliverBy(undefined as unknown as DeliverByOptions)],
  ...[-10, 10, 0.5, NaN, "3", undefined].map((one) => ["mtPriority", () => mtPriority(one as number)] as const),
  ...[0, 1e9, -1, "7"].map((holdFor) =>
    [
      "futureRelease.holdFor",
      () => futureRelease({ holdFor } as FutureReleaseOptions),
    ] as const
  ),
  ...[new Date(NaN), new Date(253_402_300_800_000), new Date(-1), "2099-01-01T00:00:00Z", 1].map((holdUntil) =>
    ["futureRelease.holdUntil", () => futureRelease({ holdUntil } as FutureReleaseOptions)] as const
  ),
  ["futureRelease", () => futureRelease({} as FutureReleaseOptions)],
  ["futureRelease", () => futureRelease({ holdFor: 1, holdUntil: new Date(1e12) } as unknown as FutureReleaseOptions)],
];

test.each(refused)("what cannot be is refused at once, and %s named", (field, run) => {
  expect(thrownBy(run)).toMatchObject({ name: "InputError", field });
});

test("all options together keep command lines within 512 octets and what each extension adds", () => {
  const worst = `${"+".repeat(64)}@${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.test`;
  const { lines } = commandsOf([
    dsn({
      return: "headers",
      envelopeId: "x".repeat(100),
      notify: ["success", "failure", "delay"],
      recipients: { [worst]: { originalRecipient: worst } },
    }),
    deliverBy({ seconds: -999_999_999, mode: "notify", trace: true }),
    mtPriority(-9),
    futureRelease({ holdUntil: new Date("9999-12-31T23:59:59Z") }),
    requireTls(),
  ], {
    keywords: { DSN: "", DELIVERBY: "", "MT-PRIORITY": "", FUTURERELEASE: "", REQUIRETLS: "" },
    to: [worst],
    verified: true,
  });
  const parameters = lines[0]!.slice("MAIL FROM:<a@example.com> ".length);
  const path = "a".repeat(254);
  const mail = mailLine(path, { size: 1e15, body: "BINARYMIME", smtpUtf8: true, more: parameters });
  // SIZE 26 (RFC 1870), BODY 17 (RFC 6152), SMTPUTF8 10 (RFC 6531), BY 17, MT-PRIORITY 15, HOLDUNTIL 34, REQUIRETLS 11.
  expect(mail.length).toBeLessThanOrEqual(512 + 26 + 17 + 10 + 17 + 15 + 34 + 11);
  // ORCPT 500 (RFC 3461 section 4.2).
  expect(lines[1]!.length + 2).toBeLessThanOrEqual(512 + 500);
  expect(lines[1]!.length + 2).toBeGreaterThan(512);
});
