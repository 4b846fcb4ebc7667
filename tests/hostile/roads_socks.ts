/**
 * SOCKS5 (RFC 1928, RFC 1929) and SOCKS4a: what a proxy of that kind can do wrong in a way of its own.
 *
 * @module
 */
import { type Case, flood, FOUR, GRANTED, notLed, PLANS, say } from "./roads_plans.ts";
import { late, senseless, tooMuch } from "./support/failures.ts";
import { PASSWORD } from "./support/play.ts";

const longest = `\x05\0\0\x03\xff${"a".repeat(255)}\0\0`;

/** SOCKS5 (RFC 1928, RFC 1929). */
export const SOCKS5: readonly Case[] = [
  ...(["SOCKS5", "SOCKS5 with a password"] as const).flatMap((kind): readonly Case[] => {
    const request = PLANS[kind].good.length - 1;
    return [
      [kind, 0, "takes nobody", say("\x05\xff"), notLed(false), { advice: "user and password", writes: 1 }],
      [kind, 0, "chooses GSS-API", say("\x05\x01"), notLed(false), { says: "1, which was not offered", writes: 1 }],
      [kind, 0, "chooses a private method", say("\x05\x80"), notLed(false), { says: "128, which was", writes: 1 }],
      [kind, 0, "answers as version 4", say("\x04\0"), notLed(false), { says: "first octet is 4" }],
      [kind, 0, "answers as SOCKS4", say("\0\x5b\0\0\0\0\0\0"), notLed(false), { says: "first octet is 0" }],
      [kind, 0, "answers in HTTP", say("HTTP/1.1 400 No\r\n\r\n"), notLed(false), { says: "may be an HTTP proxy" }],
      ...["a", "b", "c", "d", "e", "f", "g", "h"].map((_, index): Case => [
        kind,
        request,
        `refuses with ${index + 1}`,
        say(`\x05${String.fromCharCode(index + 1)}\0\x01\0\0\0\0\0\0`),
        notLed(![2, 7, 8].includes(index + 1)),
        index === 1 ? { advice: "operator" } : {},
      ]),
      [kind, request, "refuses with 9", say("\x05\x09\0\x01\0\0\0\0\0\0"), notLed(false), { says: "no meaning" }],
      [kind, request, "refuses in two octets, and closes", say("\x05\x05", "close"), notLed(true)],
      [kind, request, "answers as version 4", say("\x04\0\0\x01\0\0\0\0\0\0"), notLed(false)],
      [kind, request, "sets the reserved octet", say("\x05\0\x7f\x01\0\0\0\0\0\0"), "fine"],
      ...[0, 2, 5, 255].map((type): Case => [
        kind,
        request,
        `is bound to an address of kind ${type}`,
        say(`\x05\0\0${String.fromCharCode(type)}\0\0\0\0\0\0`),
        notLed(false),
        { says: `unknown kind ${type}` },
      ]),
      [kind, request, "is bound to an IPv6 address", say(`\x05\0\0\x04${"\0".repeat(16)}\0\0`), "fine", {
        plan: { ...PLANS[kind], good: [...PLANS[kind].good.slice(0, -1), `\x05\0\0\x04${"\0".repeat(16)}\0\0`] },
      }],
      [kind, request, "is bound to a name of 255 octets", say(longest), "fine", {
        plan: { ...PLANS[kind], good: [...PLANS[kind].good.slice(0, -1), longest] },
      }],
      [kind, request, "is bound to a name of no octets", say("\x05\0\0\x03\0\0\0"), "fine", {
        plan: { ...PLANS[kind], good: [...PLANS[kind].good.slice(0, -1), "\x05\0\0\x03\0\0\0"] },
      }],
      [kind, request, "announces a longer name than comes", say("\x05\0\0\x03\xff\x61\0\0"), late("connect")],
      [kind, request, "announces IPv6 and sends IPv4", say("\x05\0\0\x04\0\0\0\0\0\0", "hang"), late("connect")],
      [kind, request, "drips a name without end", { do: "drip", text: longest }, late("connect")],
      [kind, request, "drips its answer", { do: "drip", text: GRANTED }, "fine"],
      [kind, request, "agrees and floods", flood("\0".repeat(1000), GRANTED), tooMuch("greeting")],
    ];
  }),
  ["SOCKS5", 0, "wants a password that there is none of", say("\x05\x02"), notLed(false), {
    says: "which was not offered",
    writes: 1,
  }],
  ["SOCKS5", 0, "says all at once, and answers again", say(`\x05\0${GRANTED}`), senseless("greeting")],
  ["SOCKS5 with a password", 0, "wants no password", say("\x05\0"), "fine", {
    plan: { road: PLANS["SOCKS5 with a password"].road, good: ["\x05\0", GRANTED] },
  }],
  ["SOCKS5 with a password", 1, "refuses the password", say("\x01\x01"), notLed(false), {
    says: "refused the user or the password",
    advice: "user and password",
    writes: 2,
  }],
  ["SOCKS5 with a password", 1, "refuses the password, and closes", say("\x01\xff", "close"), notLed(false)],
  ["SOCKS5 with a password", 1, "takes the password as version 5", say("\x05\0"), "fine"],
  ["SOCKS5 with a password", 1, "answers the password as version 0", say("\0\0"), notLed(false), { writes: 2 }],
  ["SOCKS5 with a password", 1, "answers the password as version 2", say("\x02\0"), notLed(false), { writes: 2 }],
  ["SOCKS5 with a password", 1, "echoes the password", say(`\x01${PASSWORD}`), notLed(false), { writes: 2 }],
];

/** SOCKS4 and SOCKS4a, which have no RFC. */
export const SOCKS4: readonly Case[] = [
  ["SOCKS4a", 0, "refuses with 91", say("\0\x5b\0\0\0\0\0\0"), notLed(true)],
  ["SOCKS4a", 0, "refuses with 92", say("\0\x5c\0\0\0\0\0\0"), notLed(false), { says: "identd" }],
  ["SOCKS4a", 0, "refuses with 93", say("\0\x5d\0\0\0\0\0\0"), notLed(false), { says: "another user" }],
  ["SOCKS4a", 0, "refuses with 94", say("\0\x5e\0\0\0\0\0\0"), notLed(false), { says: "no meaning" }],
  ["SOCKS4a", 0, "answers 0", say("\0\0\0\0\0\0\0\0"), notLed(false), { says: "no meaning" }],
  ["SOCKS4a", 0, "answers as version 4", say("\x04\x5a\0\0\0\0\0\0"), notLed(false), { says: "first octet is 4" }],
  ["SOCKS4a", 0, "answers as version 5", say("\x05\0"), notLed(false), { says: "first octet is 5" }],
  ["SOCKS4a", 0, "refuses in two octets, and closes", say("\0\x5b", "close"), notLed(true)],
  ["SOCKS4a", 0, "is bound to anything", say("\0\x5a\xff\xff\xff\xff\xff\xff"), "fine"],
  ["SOCKS4a", 0, "agrees and floods", flood("\0".repeat(1000), FOUR), tooMuch("greeting")],
];
