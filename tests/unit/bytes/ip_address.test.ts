import { isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIp } from "../../../lib/bytes/ip_address.ts";

test.each([
  ["192.0.2.255", [192, 0, 2, 255]],
  ["::", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ["1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ["2001:DB8::a", [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]],
  ["::ffff:192.0.2.1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1]],
  ["fe80::", [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
])("parseIp reads %s", (text, octets) => {
  expect([...parseIp(text)!]).toEqual(octets);
});

test.each([
  "",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "1.2.3.256",
  "1.2.3.4 ",
  "0x7f.0.0.1",
  "127.1",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "::1:2:3:4:5:6:7:8",
  "12345::",
  "g::",
  "[::1]",
  "fe80::1%eth0",
  "1.2.3.4::",
  "::1.2.3.4:5",
  "mail.example.test",
])("parseIp takes %j for no address", (text) => {
  expect(parseIp(text)).toBeUndefined();
});

test("parseIp takes for an address what the platform takes for one", () => {
  const part = fc.constantFrom("0", "1", "ffff", "255", "256", "00", ":", "::", ".", "1.2.3.4");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")), (text) => {
      expect(parseIp(text) !== undefined, text).toBe(isIP(text) !== 0);
    }),
    { seed: 4291, numRuns: 2_000 },
  );
});
