import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import { parseConnectionString } from "../../../lib/profile/connection_string.ts";
import { everythingIn, refusal } from "./helpers.ts";
import { tries } from "../../support/effort.ts";

test.each([
  ["smtp.myorg.com", "TCP", "smtp.myorg.com", 25, undefined],
  ["smtp.myorg.com+587", "TCP", "smtp.myorg.com", 587, undefined],
  ["tcp:localhost", "TCP", "localhost", 25, undefined],
  ["tls:smtp.myorg.com", "TLS", "smtp.myorg.com", 465, undefined],
  ["TLS:smtp.myorg.com+465:smtp_profile", "TLS", "smtp.myorg.com", 465, "smtp_profile"],
  ["TLS:smtp.myorg.com:smtp_profile", "TLS", "smtp.myorg.com", 465, "smtp_profile"],
  ["TLS:smtp.myorg.com+:smtp_profile", "TLS", "smtp.myorg.com", 465, "smtp_profile"],
  ["TlS:SMTP.MyOrg.com+1:USYS$TLS_PARAMS", "TLS", "SMTP.MyOrg.com", 1, "USYS$TLS_PARAMS"],
  ["tls:[2001:db8::1]+465", "TLS", "2001:db8::1", 465, undefined],
  ["tls:[2001:db8::1]:prof", "TLS", "2001:db8::1", 465, "prof"],
  ["tls:[2001:db8::1]+2525:prof", "TLS", "2001:db8::1", 2525, "prof"],
  ["2001:db8::1", "TCP", "2001:db8::1", 25, undefined],
  ["TLS:::1", "TLS", "::1", 465, undefined],
  ["TLS:2001:db8::1+465:prof", "TLS", "2001:db8::1", 465, "prof"],
  ["TLS:2001:db8::beef", "TLS", "2001:db8::beef", 465, undefined],
  ["192.0.2.1+25", "TCP", "192.0.2.1", 25, undefined],
  ["smtp.myorg.com+", "TCP", "smtp.myorg.com", 25, undefined],
  ["TLS:münchen.test:größe", "TLS", "münchen.test", 465, "größe"],
  ["tls+465", "TCP", "tls", 465, undefined],
])("parseConnectionString reads %s", (text, connector, host, port, profile) => {
  expect(parseConnectionString(text)).toEqual({ connector, host, port, profile });
});

test.each([
  ["", "CONFIG_VALUE", 1, "host is empty"],
  ["TLS:", "CONFIG_VALUE", 5, "host is empty"],
  ["+25", "CONFIG_VALUE", 1, "host is empty"],
  ["TLS:+465:p", "CONFIG_VALUE", 5, "host is empty"],
  ["h+0", "CONFIG_VALUE", 3, "1 to 65535"],
  ["h+65536", "CONFIG_VALUE", 3, "1 to 65535"],
  ["h+025", "CONFIG_VALUE", 3, "1 to 65535"],
  ["TLS:h+smtp:p", "CONFIG_VALUE", 7, "1 to 65535"],
  ["h+25+26", "CONFIG_VALUE", 2, "letters, digits"],
  ["SSL:h", "CONFIG_UNKNOWN", 1, "TCP and TLS"],
  ["SSL:h+465", "CONFIG_UNKNOWN", 1, "TCP and TLS"],
  ["SSL:h+465:p", "CONFIG_UNKNOWN", 1, "TCP and TLS"],
  ["STARTTLS:h:p", "CONFIG_UNKNOWN", 1, "TCP and TLS"],
  ["TLS:tls:p", "CONFIG_SYNTAX", 5, "second connector"],
  ["mail.example.com:p", "CONFIG_VALUE", 18, "only for the connector TLS"],
  ["localhost:1025", "CONFIG_VALUE", 11, "a port stands behind +"],
  ["mail.example.com:587", "CONFIG_VALUE", 18, "a port stands behind +"],
  ["TCP:h:p", "CONFIG_VALUE", 7, "only for the connector TLS"],
  ["h+25:p", "CONFIG_VALUE", 6, "only for the connector TLS"],
  ["TLS:h:", "CONFIG_VALUE", 7, "profile is empty"],
  ["TLS:h+465:", "CONFIG_VALUE", 11, "profile is empty"],
  ["TLS:h+465:a:b", "CONFIG_SYNTAX", 12, "profile name"],
  ["TLS:2001:db8::1:prof", "CONFIG_VALUE", 5, "brackets"],
  ["TLS:[192.0.2.1]", "CONFIG_VALUE", 5, "IPv6"],
  ["TLS:[::1", "CONFIG_VALUE", 5, "IPv6"],
  ["TLS:[::1]x+465", "CONFIG_VALUE", 5, "IPv6"],
  ["TLS:[]", "CONFIG_VALUE", 5, "IPv6"],
  ["TLS:a]", "CONFIG_VALUE", 6, "letters, digits"],
  ["fe80::1%eth0", "CONFIG_SYNTAX", 8, '"%"'],
  [" h", "CONFIG_SYNTAX", 1, '" "'],
  ["h ", "CONFIG_SYNTAX", 2, '" "'],
  ["h\r\nMAIL FROM:<x>", "CONFIG_SYNTAX", 2, "\\u{d}"],
  ["h\0", "CONFIG_SYNTAX", 2, "\\u{0}"],
  ["h\u2028", "CONFIG_SYNTAX", 2, "\\u{2028}"],
  ["h\ud800", "CONFIG_SYNTAX", 2, "\\u{d800}"],
  ["smtp://h", "CONFIG_SYNTAX", 5, "URL"],
  ["a,b", "CONFIG_SYNTAX", 2, '","'],
  ["1.2.3+25", "CONFIG_VALUE", 1, "IPv4"],
])("parseConnectionString refuses %j", (text, code, column, message) => {
  const error = refusal(() => parseConnectionString(text));
  expect(error).toMatchObject({ code, column, source: "connection string", phase: "configuration" });
  expect(error.message).toContain(message);
  expect(error.message).toContain("{TCP:|TLS:}host{+port}{:profile}");
});

test("parseConnectionString has bounds for the whole and for the profile", () => {
  expect(refusal(() => parseConnectionString("a".repeat(1025)))).toMatchObject({ code: "CONFIG_LIMIT", column: 1025 });
  expect(refusal(() => parseConnectionString(`TLS:h:${"p".repeat(256)}`))).toMatchObject({
    code: "CONFIG_LIMIT",
    column: 7,
  });
});

test("parseConnectionString shows no part of a URL's credentials", () => {
  for (const text of ["smtps://ada:hunter2@h", "ada:hunter2@h", "TLS:ada:hunter2@h+465"]) {
    expect(everythingIn(refusal(() => parseConnectionString(text)))).not.toContain("hunter2");
  }
});

test("parseConnectionString throws TypeError for what is no string", () => {
  for (const value of [undefined, null, 25, {}, ["h"]]) {
    expect(() => parseConnectionString(value as string)).toThrow(TypeError);
  }
});

test("parseConnectionString throws nothing but ConfigError, whatever the string", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "TLS:",
      "tcp:",
      ":",
      "::",
      "+",
      "[",
      "]",
      "::1",
      "host",
      "a.b",
      "465",
      "1.2.3.4",
      "\0",
      "\n",
      "p$_",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      try {
        const { host, port } = parseConnectionString(pieces.join(""));
        expect(host).toMatch(/^[A-Za-z0-9.:\-\p{L}\p{M}\p{Nd}]+$/u);
        expect(port > 0 && port < 65536).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { seed: 2_11, numRuns: tries(1000) },
  );
});

test("parseConnectionString gives back the parts that a string was made of", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const host = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
    fc.ipV4(),
    fc.ipV6(),
  );
  const profile = fc.option(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_$]{0,8}$/), { nil: undefined });
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65535 }), profile, (host, port, profile) => {
      const written = host.includes(":") ? `[${host}]` : host;
      const text = `TLS:${written}+${port}${profile === undefined ? "" : `:${profile}`}`;
      expect(parseConnectionString(text)).toEqual({ connector: "TLS", host, port, profile });
    }),
    { seed: 1, numRuns: tries(500) },
  );
});
