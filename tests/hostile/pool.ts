/**
 * What a server does to a session that a client keeps: the next message goes out over another one, whole and once.
 *
 * @module
 */
import { OFFERS, type Way } from "./places.ts";
import type { Act, Place } from "./support/scenario.ts";

/** One scenario of two messages, one after the other. */
export interface Pooled {
  readonly name: string;
  readonly threats: readonly string[];
  readonly offers: readonly string[];
  /** In the first session alone. */
  readonly acts: Partial<Readonly<Record<Place, Act>>>;
  /** There is no message before it, and so no session that is kept. */
  readonly fresh?: boolean;
  /** In all sessions after the first, which are over STARTTLS then, with credentials. */
  readonly later?: Partial<Readonly<Record<Place, Act>>>;
  /** What becomes of the second message. */
  readonly second: "sent elsewhere" | "unsent" | "deferred" | "unknown";
}

const say = (text: string, then?: "close" | "hang"): Act => ({ do: "say", text, then });

const kept: readonly [string, Act, string][] = [
  ["closed", { do: "close" }, "close anywhere"],
  ["reset", { do: "reset" }, "reset anywhere"],
  ["sent 421", say("421 4.4.2 idle\r\n"), "421 anywhere"],
  ["sent 421 and closed", say("421 4.4.2 idle\r\n", "close"), "421 anywhere"],
  ["sent an acceptance", say("250 2.0.0 queued\r\n"), "unsolicited reply"],
  ["sent a refusal", say("550 5.0.0 no\r\n"), "unsolicited reply"],
  ["sent half a reply", say("250 2.0.0 que"), "half a reply"],
  ["sent half a reply of several lines", say("250-2.0.0 que\r\n250-"), "half a reply"],
  ["sent what is no reply", say("\x15\x03\x03\r\n"), "no reply"],
  ["sent a line without end", { do: "flood", unit: "z", octets: 10_000_000 }, "long line"],
  ["sent lines without end", { do: "flood", unit: "250-\r\n", octets: 6_000_000 }, "many lines"],
];

const ways: readonly Way[] = ["in groups", "step by step", "by BDAT"];

/** What the next session meets, when the first one had TLS. */
const elsewhere: readonly [string, Partial<Record<Place, Act>>, Pooled["second"]][] = [
  ["no STARTTLS", { ehlo: say("250 server.example\r\n") }, "unsent"],
  ["STARTTLS refused", { starttls: say("502 5.5.1 what?\r\n") }, "unsent"],
  ["STARTTLS answered 250", { starttls: say("250 ok\r\n") }, "unsent"],
  ["a session behind 220", { starttls: say("220 go\r\n250 ok\r\n250 ok\r\n") }, "unsent"],
  ["a handshake that fails", { tls: { do: "fail" } }, "unsent"],
  ["no AUTH within TLS", { "ehlo again": say("250 server.example\r\n") }, "unsent"],
];

/** How a session ends in mid-message, and what becomes of a message then of which nothing was taken. */
const ends: readonly [string, Act, string, "sent elsewhere" | "unsent"][] = [
  ["closes", { do: "close" }, "close anywhere", "sent elsewhere"],
  ["resets", { do: "reset" }, "reset anywhere", "sent elsewhere"],
  ["hangs", { do: "hang" }, "silent peer", "sent elsewhere"],
  ["says what is no reply", say("what?\r\n"), "no reply", "unsent"],
  ["says lines that disagree", say("250-a\r\n550 b\r\n"), "lines disagree", "unsent"],
];

/** Behind the last octet of its content a message is given to nobody else; by BDAT that goes along with MAIL. */
const MIDWAY: readonly Pooled[] = ways.flatMap((way) =>
  (["mail", "rcpt", "data", "final"] as const).filter((place) => way !== "by BDAT" || place !== "data").flatMap((
    place,
  ) =>
    [false, true].flatMap((fresh) =>
      ends.map(([what, act, threat, second]): Pooled => ({
        name: `${fresh ? "a new" : "a kept"} session: the server ${what} at ${place}, ${way}`,
        threats: [threat, "sent twice"],
        offers: OFFERS[way],
        acts: { [place]: act },
        fresh,
        // What happens in a new session is told: it would happen in the next one too.
        second: place === "final" || way === "by BDAT" ? "unknown" : fresh ? "unsent" : second,
      }))
    )
  )
);

/** 421 says that the message was not taken; to MAIL it says nothing of the message at all. */
const MIDWAY_421: readonly Pooled[] = ways.flatMap((way) =>
  (["mail", "rcpt", "final"] as const).flatMap((place) =>
    [false, true].map((fresh): Pooled => ({
      name: `${fresh ? "a new" : "a kept"} session: the server says 421 at ${place}, ${way}`,
      threats: ["421 anywhere", "sent twice"],
      offers: OFFERS[way],
      acts: { [place]: say("421 4.3.2 going down\r\n", "close") },
      fresh,
      second: place === "mail" ? "sent elsewhere" : "deferred",
    }))
  )
);

/** All of them. */
export const POOLED: readonly Pooled[] = [
  ...ways.flatMap((way) =>
    kept.map(([what, act, threat]): Pooled => ({
      name: `a session that is kept and was ${what}, ${way}`,
      threats: [threat, "desync in the pool"],
      offers: OFFERS[way],
      acts: { idle: act },
      second: "sent elsewhere",
    }))
  ),
  ...elsewhere.map(([what, later, second]): Pooled => ({
    name: `a session with TLS is reset, and the next one meets ${what}`,
    threats: ["another session without TLS"],
    offers: ["STARTTLS", "AUTH PLAIN"],
    acts: { idle: { do: "reset" } },
    later,
    second,
  })),
  ...MIDWAY,
  ...MIDWAY_421,
];
