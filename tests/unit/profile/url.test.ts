import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import { parseSmtpUrl } from "../../../lib/profile/url.ts";
import { everythingIn, refusal } from "./helpers.ts";
import { tries } from "../../support/effort.ts";

test.each([
  ["smtps://mail.example.com", { tls: "implicit", host: "mail.example.com", port: 465, user: undefined }],
  ["smtp://mail.example.com", { tls: "starttls", host: "mail.example.com", port: 587 }],
  ["SMTP://mail.example.com/", { tls: "starttls", port: 587 }],
  ["smtps://mail.example.com:2465", { port: 2465 }],
  ["smtps://[2001:db8::1]:2465/", { host: "2001:db8::1", port: 2465 }],
  ["smtps://[::1]", { host: "::1", port: 465 }],
  ["smtp://192.0.2.1:25", { host: "192.0.2.1", port: 25 }],
  ["smtps://münchen.test", { host: "münchen.test" }],
  ["smtps://ada:secret@h", { user: "ada", password: "secret", mechanism: undefined, allowInsecureAuth: false }],
  ["smtps://ada%40x.org:p%3A%2F%40%25@h", { user: "ada@x.org", password: "p:/@%" }],
  ["smtps://ada:a:b@h", { user: "ada", password: "a:b" }],
  ["smtps://%C3%A4:%EF%BB%BFx@h", { user: "ä", password: "\ufeffx" }],
  ["smtp://h:25?tls=off", { tls: "off", port: 25 }],
  ["smtp://h?tls=off", { tls: "off", port: 587 }],
  ["smtp://a:b@h?tls=off&allow_insecure_auth=1", { tls: "off", user: "a", allowInsecureAuth: true }],
  ["smtps://h?profile=smtp_profile", { profile: "smtp_profile" }],
  ["smtps://a:b@h/?mechanism=scram-sha-256", { mechanism: "SCRAM-SHA-256" }],
  ["smtps://h?mechanism=EXTERNAL&profile=p", { mechanism: "EXTERNAL", user: undefined }],
  ["smtps://h?name=client.example.com", { name: "client.example.com" }],
  ["smtps://h?name=[192.0.2.1]", { name: "[192.0.2.1]" }],
  ["smtps://h?name=%5BIPv6:2001:db8::1%5D", { name: "[IPv6:2001:db8::1]" }],
])("parseSmtpUrl reads %s", (text, parts) => {
  expect(parseSmtpUrl(text)).toMatchObject(parts);
});

test.each([
  ["", "CONFIG_SYNTAX", "smtp://"],
  ["http://h", "CONFIG_SYNTAX", "smtp://"],
  ["smtp:h", "CONFIG_SYNTAX", "smtp://"],
  ["smtp:/h", "CONFIG_SYNTAX", "smtp://"],
  [" smtp://h", "CONFIG_SYNTAX", "blank"],
  ["smtp://h\n", "CONFIG_SYNTAX", "control"],
  ["smtp://h\t", "CONFIG_SYNTAX", "blank"],
  ["smtp:\\\\h", "CONFIG_SYNTAX", "backslash"],
  ["smtp://", "CONFIG_VALUE", "empty"],
  ["smtp://:587", "CONFIG_VALUE", "empty"],
  ["smtp://h:", "CONFIG_VALUE", "65535"],
  ["smtp://h:0", "CONFIG_VALUE", "65535"],
  ["smtp://h:65536", "CONFIG_VALUE", "65535"],
  ["smtp://::1", "CONFIG_VALUE", "brackets"],
  ["smtp://2001:db8::1", "CONFIG_VALUE", "brackets"],
  ["smtp://[::1", "CONFIG_VALUE", "brackets"],
  ["smtp://[192.0.2.1]", "CONFIG_VALUE", "IPv6"],
  ["smtp://[::1]x", "CONFIG_VALUE", "letters, digits"],
  ["smtp://h%2ecom", "CONFIG_VALUE", "letters, digits"],
  ["smtp://a_b", "CONFIG_VALUE", "letters, digits"],
  ["smtp://h/path", "CONFIG_SYNTAX", "path"],
  ["smtp://h//", "CONFIG_SYNTAX", "path"],
  ["smtp://h#x", "CONFIG_SYNTAX", "fragment"],
  ["smtp://h?tls=off#x", "CONFIG_SYNTAX", "fragment"],
  ["smtp://@h", "CONFIG_VALUE", "user is empty"],
  ["smtp://:p@h", "CONFIG_VALUE", "user is empty"],
  ["smtp://u@h", "CONFIG_VALUE", "without a password"],
  ["smtp://u:@h", "CONFIG_VALUE", "password is empty"],
  ["smtp://u:%@h", "CONFIG_SYNTAX", "hexadecimal"],
  ["smtp://u:%4@h", "CONFIG_SYNTAX", "hexadecimal"],
  ["smtp://u:%zz@h", "CONFIG_SYNTAX", "hexadecimal"],
  ["smtp://u:%ff@h", "CONFIG_SYNTAX", "UTF-8"],
  ["smtp://u:%c0%80@h", "CONFIG_SYNTAX", "UTF-8"],
  ["smtp://u%0d%0aRSET:p@h", "CONFIG_VALUE", "control"],
  ["smtp://u:p%00@h", "CONFIG_VALUE", "control"],
  ["smtp://u:p%09@h", "CONFIG_VALUE", "control"],
  ["smtp://u:p%E2%80%A8@h", "CONFIG_VALUE", "control"],
  ["smtp://ü:p@h", "CONFIG_SYNTAX", "percent-encoded"],
  ["smtp://u:p@q@h", "CONFIG_SYNTAX", "%40"],
  ["smtp://u:p/q@h", "CONFIG_SYNTAX", "%2F"],
  ["smtp://u:p?q@h", "CONFIG_SYNTAX", "%3F"],
  ["smtp://u:p#q@h", "CONFIG_SYNTAX", "%23"],
  ["smtp://h?", "CONFIG_SYNTAX", "name=value"],
  ["smtp://h?tls", "CONFIG_SYNTAX", "name=value"],
  ["smtp://h?tls=off&", "CONFIG_SYNTAX", "name=value"],
  ["smtp://h?=off", "CONFIG_SYNTAX", "name=value"],
  ["smtp://h?TLS=off", "CONFIG_UNKNOWN", "did you mean tls"],
  ["smtp://h?profil=p", "CONFIG_UNKNOWN", "did you mean profile"],
  ["smtp://h?__proto__=p", "CONFIG_UNKNOWN", "known are"],
  ["smtp://h?constructor=p", "CONFIG_UNKNOWN", "unknown option"],
  ["smtp://h?tls=off&tls=off", "CONFIG_DUPLICATE", "tls"],
  ["smtp://h?tls=on", "CONFIG_VALUE", "takes off"],
  ["smtp://h?tls=", "CONFIG_VALUE", "takes off"],
  ["smtp://h?tls=off&allow_insecure_auth=yes", "CONFIG_VALUE", "takes 1"],
  ["smtp://h?profile=", "CONFIG_VALUE", "profile takes"],
  ["smtp://h?profile=a%20b", "CONFIG_VALUE", "profile takes"],
  ["smtp://h?name=a%0d%0aMAIL", "CONFIG_VALUE", "name takes"],
  ["smtp://h?name=192.0.2.1", "CONFIG_VALUE", "name takes"],
  ["smtp://h?name=ü.test", "CONFIG_VALUE", "name takes"],
  ["smtp://h?name=%zz", "CONFIG_VALUE", "name takes"],
  ["smtp://u:p@h?mechanism=PLAIN%0d%0aRSET", "CONFIG_VALUE", "mechanism takes"],
  ["smtp://u:p@h?mechanism=ABCDEFGHIJKLMNOPQRSTU", "CONFIG_VALUE", "mechanism takes"],
  ["smtps://h?tls=off", "CONFIG_VALUE", "contradicts"],
  ["smtps://h:587", "CONFIG_VALUE", "smtp://"],
  ["smtp://h:465", "CONFIG_VALUE", "smtps://"],
  ["smtp://h?allow_insecure_auth=1", "CONFIG_VALUE", "only for tls=off"],
  ["smtp://h?tls=off&profile=p", "CONFIG_VALUE", "contradicts"],
  ["smtp://u:p@h?tls=off", "CONFIG_INSECURE", "allow_insecure_auth=1"],
  ["smtps://h?mechanism=PLAIN", "CONFIG_VALUE", "user and password"],
  ["smtps://u:p@h?mechanism=EXTERNAL", "CONFIG_VALUE", "no user"],
])("parseSmtpUrl refuses %j", (text, code, message) => {
  const error = refusal(() => parseSmtpUrl(text));
  expect(error).toMatchObject({ code, source: "SMTP URL", column: expect.any(Number) });
  expect(error.message).toContain(message);
});

test("parseSmtpUrl never shows a piece of what may be the password", () => {
  const texts = [
    "hun/ter2",
    "hun?ter2",
    "hun#ter2",
    "hun@ter2",
    "hun%ter2",
    "hun ter2",
    "hunüter2",
    "hun\nter2",
    "hun\\ter2",
  ]
    .flatMap((password) => [`smtps://ada:${password}@h`, `smtp://ada:${password}@h:99999?x=1`]);
  for (const text of [...texts, "smtps://ada:hunter2", "smtp://ada:hunter2@", "smtp://ada:hunter2@h?tls=off"]) {
    const shown = everythingIn(refusal(() => parseSmtpUrl(text)));
    expect(shown).not.toContain("hun");
    expect(shown).not.toContain("ter2");
  }
});

test("parseSmtpUrl refuses more than 16,384 characters", () => {
  const error = refusal(() => parseSmtpUrl(`smtp://${"a".repeat(16_384)}`));
  expect(error).toMatchObject({ code: "CONFIG_LIMIT", message: expect.stringContaining("16384") });
});

test("SmtpUrl shows its password only to those who ask for it", () => {
  const url = parseSmtpUrl("smtps://ada:hunter2@h");
  expect(url.password).toBe("hunter2");
  expect(JSON.stringify(url)).not.toContain("hunter2");
  expect(JSON.stringify({ ...url })).not.toContain("hunter2");
  expect(String(url)).not.toContain("hunter2");
});

test("parseSmtpUrl throws TypeError for what is no string", () => {
  expect(() => parseSmtpUrl(new URL("smtps://h") as unknown as string)).toThrow(TypeError);
});

test("parseSmtpUrl gives back what encodeURIComponent encoded", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) =>
    !/[\p{Cc}\u2028\u2029]/u.test(text)
  );
  fc.assert(
    fc.property(text, text, (user, password) => {
      const url = parseSmtpUrl(`smtps://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h`);
      expect([url.user, url.password]).toEqual([user, password]);
    }),
    { seed: 5, numRuns: tries(500) },
  );
});

test("parseSmtpUrl throws nothing but ConfigError, whatever the string", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "smtp://",
      "smtps://",
      "u:p@",
      "h",
      ":25",
      "/",
      "?",
      "#",
      "&",
      "=",
      "tls=off",
      "[::1]",
      "%41",
      "%",
      "@",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, prefixed) => {
      try {
        parseSmtpUrl((prefixed ? "smtps://" : "") + pieces.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { seed: 7, numRuns: tries(1000) },
  );
});
