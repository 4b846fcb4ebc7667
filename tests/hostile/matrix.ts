/**
 * Every place with every act: what a server does at a place, and what a correct client makes of it, which follows from
 * both. Where it does not, it stands in `EXCEPTIONS`, with the reason.
 *
 * @module
 */
import { PLACES, type Reached } from "./places.ts";
import type { Act, Failing, Scenario } from "./support/scenario.ts";

/** Octets of a line that has no end, and of a reply that has none. */
const TEN_MB = 10_000_000;
const MILLION_LINES = 1_000_000;

/** What an act is at a place, and what comes of it. */
interface Row {
  readonly act: string;
  readonly threats: readonly string[];
  readonly does: (at: Reached) => Act;
  readonly outcome: (at: Reached) => "fine" | Failing;
  readonly pieces?: number;
  /** Octets that the client may take. */
  readonly most?: number;
}

const lost = ({ phase, fate }: Reached): Failing => {
  return { name: "ConnectionError", code: "CONNECTION_LOST", phase, fate, retryable: fate !== "unknown" };
};
const late = ({ phase, fate }: Reached): Failing => {
  return { name: "TimeoutError", code: "TIMEOUT", phase, fate, retryable: fate !== "unknown" };
};
const senseless = ({ phase, fate }: Reached): Failing => {
  return { name: "ProtocolError", code: "PROTOCOL_ERROR", phase, fate, retryable: false };
};
const tooMuch = (at: Reached): Failing => ({ ...senseless(at), code: "LIMIT_EXCEEDED" });
const closing = ({ place, phase }: Reached): Failing => {
  const isMessage = ["mail", "rcpt", "data", "content", "chunk", "final"].includes(place);
  return { name: "ReplyError", code: "REPLY_REFUSED", phase, fate: isMessage ? "deferred" : "unsent", retryable: true };
};
const fine = () => "fine" as const;

const code = ({ good }: Reached) => good.slice(0, 3);

/** The acts. */
const ROWS: readonly Row[] = [
  { act: "closes", threats: ["close anywhere"], does: () => ({ do: "close" }), outcome: lost },
  { act: "resets", threats: ["reset anywhere"], does: () => ({ do: "reset" }), outcome: lost },
  {
    act: "closes within a reply",
    threats: ["close anywhere"],
    does: (at) => ({ do: "say", text: `${code(at)}-half of it\r\n${code(at)}`, then: "close" }),
    outcome: lost,
  },
  { act: "hangs", threats: ["silent peer"], does: () => ({ do: "hang" }), outcome: late },
  {
    act: "hangs within a reply",
    threats: ["silent peer"],
    does: (at) => ({ do: "say", text: `${code(at)}-half of it\r\n${code(at)}`, then: "hang" }),
    outcome: late,
  },
  {
    act: "drips a reply that has no end",
    threats: ["slow peer"],
    does: (at) => ({ do: "drip", text: `${code(at)}-and so on\r\n`.repeat(20) }),
    outcome: late,
    most: 500,
  },
  {
    act: "drips a line that has no end",
    threats: ["slow peer"],
    does: (at) => ({ do: "drip", text: code(at).padEnd(300, " ") }),
    outcome: late,
    most: 500,
  },
  {
    act: "answers too late",
    threats: ["late reply"],
    does: (at) => ({ do: "late", text: `${at.good}\r\n`, ms: at.limit + 1 }),
    outcome: late,
  },
  {
    act: "says 421 and closes",
    threats: ["421 anywhere"],
    does: () => ({ do: "say", text: "421 4.3.2 going down\r\n", then: "close" }),
    outcome: closing,
  },
  {
    act: "says 421 and hangs",
    threats: ["421 anywhere"],
    does: () => ({ do: "say", text: "421 4.3.2 going down\r\n", then: "hang" }),
    outcome: closing,
  },
  {
    act: "says 421 in ten lines and resets",
    threats: ["421 anywhere"],
    does: () => ({ do: "say", text: `${"421-4.3.2 going\r\n".repeat(9)}421 4.3.2 down\r\n`, then: "reset" }),
    outcome: closing,
  },
  ...["\x16\x03\x01\x02\x00\x01\xfc\r\n", "+OK POP3 ready\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\r\n", "\0\0\0\n"]
    .map((text, index) => ({
      act: `says what is no reply, ${index + 1}`,
      threats: ["no reply"],
      does: () => ({ do: "say" as const, text }),
      outcome: senseless,
    })),
  ...["25 ok", "2500 ok", "25\0 ok", "150 ok", "650 ok", "-250 ok", " 250 ok", "250+ok", "2５0 ok", "25O ok"].map((
    text,
  ) => ({
    act: `says ${JSON.stringify(text)}`,
    threats: ["no reply"],
    does: () => ({ do: "say" as const, text: `${text}\r\n` }),
    outcome: senseless,
  })),
  {
    act: "begins a reply with one code and ends it with another",
    threats: ["lines disagree"],
    does: (at) => ({ do: "say", text: `${code(at)}-yes\r\n554 no\r\n` }),
    outcome: senseless,
  },
  {
    act: "begins a refusal and ends it with what was hoped for",
    threats: ["lines disagree"],
    does: (at) => ({ do: "say", text: `554-no\r\n${code(at)} yes\r\n` }),
    outcome: senseless,
  },
  {
    act: "puts a line without a code into a reply",
    threats: ["lines disagree"],
    does: (at) => ({ do: "say", text: `${code(at)}-yes\r\nwell\r\n${code(at)} yes\r\n` }),
    outcome: senseless,
  },
  {
    act: "sends a line of 10 MB",
    threats: ["long line"],
    does: (at) => ({ do: "flood", unit: "x".repeat(1000), octets: TEN_MB, before: `${code(at)} ` }),
    outcome: tooMuch,
    most: 150_000,
  },
  {
    act: "sends 10 MB without a line",
    threats: ["long line"],
    does: () => ({ do: "flood", unit: "\0".repeat(1000), octets: TEN_MB }),
    outcome: tooMuch,
    most: 150_000,
  },
  {
    act: "sends a million lines of one reply",
    threats: ["many lines"],
    does: (at) => ({ do: "flood", unit: `${code(at)}-\r\n`, octets: 6 * MILLION_LINES }),
    outcome: tooMuch,
    most: 150_000,
  },
  {
    act: "sends a reply in 500 lines of 200 octets",
    threats: ["many lines"],
    does: (at) => ({ do: "flood", unit: `${code(at)}-${"y".repeat(194)}\r\n`, octets: 100_000 }),
    outcome: tooMuch,
    most: 150_000,
  },
  {
    act: "sends everything octet by octet",
    threats: ["split replies"],
    does: (at) => ({ do: "say", text: `${at.good}\r\n` }),
    outcome: fine,
    pieces: 1,
  },
  {
    act: "ends its lines with LF",
    threats: ["split replies"],
    does: (at) => ({ do: "say", text: `${at.good.replaceAll("\r\n", "\n")}\n` }),
    outcome: fine,
  },
  {
    act: "drips a good reply",
    threats: ["slow peer"],
    // Within its limit, which is for all of it.
    does: (at) => ({ do: "drip", text: `${at.good.split("\r\n").at(-1)!.slice(0, at.place === "quit" ? 3 : 50)}\n` }),
    outcome: fine,
  },
];

const UNKNOWN = { fate: "unknown", retryable: false } as const;

/** Acts that do something else at these places, and why. */
const EXCEPTIONS: Readonly<Record<string, "none" | Partial<Failing>>> = {
  // Chunks do not wait for each other's replies: while the server is silent, all of them are handed over.
  ...Object.fromEntries(
    [
      "hangs",
      "hangs within a reply",
      "drips a reply that has no end",
      "drips a line that has no end",
      "answers too late",
    ].map((act) => [`chunk: ${act}`, UNKNOWN]),
  ),
  // The account goes on, and refuses the content: it is certainly not taken.
  "mail, by BDAT: says 334": { fate: "unsent" },
  "mail, by BDAT: says 354": { fate: "unsent" },
  // Its limit is two octets long.
  "quit: drips a good reply": "none",
};

function scenario(at: Reached, row: Row): Scenario | undefined {
  const mechanism = at.options?.auth === undefined ? "" : "mechanism" in at.options.auth ? " (LOGIN)" : " (PLAIN)";
  const where = `${at.place}${mechanism}${at.way === undefined ? "" : `, ${at.way}`}`;
  const exception = EXCEPTIONS[`${where}: ${row.act}`] ?? EXCEPTIONS[`${at.place}: ${row.act}`];
  if (exception === "none") return undefined;
  const usual = row.outcome(at);
  return {
    name: `${where}: ${row.act}`,
    threats: row.threats,
    client: at.client,
    ...at.options !== undefined && { options: at.options },
    offers: at.offers,
    acts: { [at.place]: row.does(at) },
    outcome: usual === "fine" ? usual : { ...usual, ...exception },
    ...row.pieces !== undefined && { pieces: row.pieces },
    ...row.most !== undefined && { most: row.most },
  };
}

const nonsense: readonly Scenario[] = PLACES.flatMap((at) =>
  at.senseless.map((code) =>
    scenario(at, {
      act: `says ${code}`,
      threats: ["wrong code"],
      does: () => ({ do: "say", text: `${code} 2.0.0 what you will\r\n` }),
      outcome: senseless,
    })!
  )
);

/** The matrix. */
export const MATRIX: readonly Scenario[] = [
  ...PLACES.flatMap((at) => ROWS.map((row) => scenario(at, row)).filter((one) => one !== undefined)),
  ...nonsense,
];
