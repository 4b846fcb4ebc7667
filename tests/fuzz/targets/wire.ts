/** What a server sends, and what is made of a caller's octets on the way to it. @module */
import { concat } from "../../../lib/bytes/ascii.ts";
import { CrlfEncoder, toCrlf } from "../../../lib/bytes/line_ends.ts";
import { adviceOnReply } from "../../../lib/errors/reply_advice.ts";
import { commandReply } from "../../../lib/extensions/command_reply.ts";
import { commandLine, helloLine } from "../../../lib/wire/command.ts";
import { parseExtensions } from "../../../lib/wire/extension.ts";
import type { Reply } from "../../../lib/wire/reply.ts";
import { ReplyParser } from "../../../lib/wire/reply_parser.ts";
import { Transparency } from "../../../lib/wire/transparency.ts";
import { Session } from "../../../mod.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { HELLO, REPLY_LINES, SESSION } from "../grammars.ts";
import { attempt, attemptLater, binaryOf, cuttings, octetsOf, require, type Target, textOf } from "../target.ts";

const REPLIES = [
  ...["250 ", "250-", "220 x\r\n", "354 go\r\n", "334 ", "235 2.7.0 ok\r\n", "421 4.3.2 bye\r\n", "550 5.1.1 no\r\n"],
  ...["250-PIPELINING\r\n", "250-SIZE 1000\r\n", "250-AUTH PLAIN LOGIN\r\n", "250-CHUNKING\r\n", "250-DSN\r\n"],
  ...["250-LIMITS RCPTMAX=1 MAILMAX=\r\n", "250-AUTH=PLAIN\r\n", "\r\n", "\n", "\r", "\0", "2.0.0", "\xff", "=", " "],
];

const PHASES = ["greeting", "ehlo", "auth", "mail", "rcpt", "data", "final"] as const;

/** Replies read from pieces, as text, up to the first that is none. */
function repliesIn(pieces: readonly Uint8Array[]): { readonly texts: string[]; readonly replies: Reply[] } {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  let refused = "";
  const read = () => {
    for (let reply: Reply | undefined; (reply = parser.next()) !== undefined;) replies.push(reply);
    return true;
  };
  for (const piece of pieces) {
    const goesOn = attempt(() => {
      parser.push(piece);
      return read();
    });
    if (goesOn === undefined) {
      refused = "refused";
      break;
    }
  }
  return { replies, texts: [...replies.map((reply) => `${reply.code} ${reply.lines().join("|")}`), refused] };
}

function joined(pieces: readonly Uint8Array[], push: (piece: Uint8Array) => Uint8Array): Uint8Array {
  return concat(pieces.map((piece) => push(piece).slice()));
}

function same(results: readonly Uint8Array[], what: string): void {
  for (const one of results) require(String(one) === String(results[0]), () => `${what} depends on the pieces`);
}

/** Both directions of RFC 5321's grammar. */
export const WIRE: readonly Target[] = [
  {
    name: "replies",
    grammar: REPLY_LINES,
    promise: "any octets, in any pieces, are the same replies, line by line as they came, up to the same ProtocolError",
    words: REPLIES,
    seeds: ["220 hi\r\n250-a\r\n250 b\r\n", "250-2.1.0 a\n250 2.1.0 b\n", "250-a\r\n251 b\r\n"],
    run(input) {
      const results = cuttings(input).map((pieces) => repliesIn(pieces));
      for (const { texts } of results) {
        require(texts.join("\n") === results[0]!.texts.join("\n"), () => "replies depend on the pieces");
      }
      const [{ replies }] = results as [typeof results[0]];
      const sent = new TextDecoder().decode(input).replace(/\r?\n/g, "\n");
      const read = replies.map((reply) =>
        reply.lines().map((line, at, all) => `${reply.code}${at < all.length - 1 ? "-" : " "}${line}\n`).join("")
      ).join("");
      const shown = (text: string) =>
        // deno-lint-ignore no-control-regex
        text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd").replace(/^(\d{3})$/gm, "$1 ");
      require(shown(sent).startsWith(read), () => `${JSON.stringify(read)} is read in ${JSON.stringify(sent)}`);
      for (const reply of replies) {
        const advice = adviceOnReply(reply.info(), {
          phase: PHASES[reply.code % PHASES.length]!,
          by: "password",
          host: "mail.example",
        });
        require(advice === undefined || /^[A-Z][ -~]+\.$/.test(advice), () => `no advice: ${advice}`);
        const shown = JSON.stringify([reply.info(), commandReply(reply)]);
        // A backslash that the server sent is written as two.
        const escapes = shown.replaceAll("\\\\", "");
        require(!/\\u00[01]|\\r/.test(escapes), () => `a control character is shown: ${shown}`);
      }
    },
  },
  {
    name: "extensions",
    grammar: HELLO,
    promise: "any reply to EHLO gives keywords that are words in upper case, and limits that are whole numbers",
    words: [...REPLIES, "SIZE ", "AUTH ", "LIMITS ", "RCPTDOMAINMAX=", "9999999999999999999", "\t", "  "],
    seeds: ["250-x\r\n250-SIZE 100\r\n250-LIMITS RCPTMAX=5\r\n250 AUTH PLAIN\r\n", "250-x\r\n250 AUTH=LOGIN PLAIN\r\n"],
    run(input) {
      const [reply] = repliesIn([input]).replies;
      if (reply === undefined) return;
      const { keywords, limits } = parseExtensions(reply);
      for (const [name, parameters] of keywords) {
        require(/^[A-Z0-9-]+$/.test(name), () => `no keyword: ${JSON.stringify(name)}`);
        require(!/\p{Cc}/u.test(parameters), () => `no parameters: ${JSON.stringify(parameters)}`);
      }
      for (const value of Object.values(limits)) {
        require(value === undefined || (Number.isSafeInteger(value) && value >= 0), () => `no limit: ${value}`);
      }
    },
  },
  {
    name: "command_line",
    promise: "any text is a line of one command without a control character, or an InputError",
    words: ["\r\n", "\n", "\r", "\0", "RCPT TO:<a@b>", " ", "[127.0.0.1]", "[IPv6:::1]", "ß", "\u010d\u010a", "\x7f"],
    seeds: ["NOOP", "mail.example", "[127.0.0.1]", "VRFY a"],
    run(input) {
      const text = textOf(input);
      const lines = [
        attempt(() => commandLine(text)),
        attempt(() => commandLine(text, { utf8: true })),
        attempt(() => helloLine("EHLO", text)),
      ];
      for (const line of lines) {
        require(
          line === undefined || !/[\p{Cc}]/u.test(line.replace(/\r\n$/, "")),
          () => `no line: ${JSON.stringify(line)}`,
        );
      }
    },
  },
  {
    name: "line_ends",
    promise: "any octets, in any pieces, become the same lines that CRLF ends, with everything else as it was",
    words: ["\r\n", "\r", "\n", "a", "\0"],
    seeds: ["a\nb\r\nc\rd", "\r\r\n\n", "\r"],
    run(input) {
      const whole = toCrlf(input);
      const results = cuttings(input).map((pieces) => {
        const lines = new CrlfEncoder();
        return joined(pieces, (piece) => lines.push(piece));
      });
      same([whole, ...results], "a line's end");
      const text = binaryOf(whole);
      require(!/(^|[^\r])\n|\r(?!\n)/.test(text), () => `a line end that is no CRLF: ${JSON.stringify(text)}`);
      const bare = (one: string) => one.replace(/[\r\n]/g, "");
      require(bare(text) === bare(binaryOf(input)), () => "something else was changed");
    },
  },
  {
    name: "transparency",
    promise:
      "any octets, in any pieces, have their dots doubled so that taking them away gives the octets back, or are refused",
    words: ["\r\n", ".", "\r\n.\r\n", "\n.\n", "\r.\r", "..", "\0", "a"],
    seeds: [".a\r\n..\r\n.\r\nb", "\r\n.\r\n", "\n.\r\n"],
    run(input) {
      const results = cuttings(input).map((pieces) =>
        attempt(() => {
          const transparency = new Transparency();
          return joined(pieces, (piece) => transparency.push(piece));
        })
      );
      const given = results.filter((result) => result !== undefined);
      require(given.length === 0 || given.length === results.length, () => "a refusal depends on the pieces");
      if (given.length === 0) return;
      same(given, "transparency");
      const text = binaryOf(given[0]!);
      require(!/(^|\r\n)\.(?!\.)/.test(text), () => `a dot that is not doubled: ${JSON.stringify(text)}`);
      const back = text.replace(/(^|\r\n)\.\./g, "$1.");
      require(
        back === binaryOf(toCrlf(input)) || back === binaryOf(input),
        () => "octets changed",
      );
    },
  },
  {
    name: "session",
    grammar: SESSION,
    promise:
      "whatever a server answers, octet by octet: opening and sending end in a receipt or an error, and the connection is closed",
    words: [...REPLIES, "\xfe"],
    seeds: [
      "220 hi\r\n\xfe250-x\r\n250 PIPELINING\r\n\xfe250 ok\r\n250 ok\r\n354 go\r\n\xfe250 queued\r\n\xfe221 bye\r\n",
      "220 hi\r\n\xfe250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n\xfe250 a\r\n250 b\r\n250 c\r\n\xfe221 bye\r\n",
      "220 hi\r\n\xfe500 no\r\n\xfe250 helo\r\n\xfe250 a\r\n\xfe250 b\r\n\xfe354 c\r\n\xfe550 d\r\n",
      "220 hi\r\n\xfe250-x\r\n250 AUTH PLAIN\r\n\xfe535 5.7.8 no\r\n",
    ],
    async run(input) {
      const turns = binaryOf(input).split("\xfe", 64).map(octetsOf);
      const runtime = new ScriptedRuntime((wire) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const next = () => {
          clearTimeout(timer);
          const turn = turns.shift();
          for (let at = 0; turn !== undefined && at < turn.length; at += 5) wire.send(turn.slice(at, at + 5));
          if (turns.length === 0) wire.finish();
          // A client that waits for more gets it all the same.
          else timer = setTimeout(next, 2);
        };
        wire.onWrite = next;
        next();
      });
      const taken = await attemptLater(async () => {
        const session = await Session.open({
          host: "mail.example",
          tls: "off",
          runtime,
          timeouts: { quit: 100 } as never,
        });
        try {
          return await session.send({ from: "a@b.example", to: ["c@d.example", "e@f.example"], text: "Hi" });
        } finally {
          await session.close();
        }
      });
      for (const wire of runtime.wires) {
        require(wire.closeCalls > 0, () => "the connection is left open");
        require(wire.violations.length === 0, () => wire.violations.join(", "));
        const end = /\r\n\.\r\n|BDAT \d+ LAST/.test(wire.text);
        require(taken === undefined || end, () => "a message is called sent that was not written");
        // The greeting, EHLO, MAIL, one recipient and the content: each has been answered by 2yz.
        const yes = binaryOf(input).replaceAll("\xfe", "").match(/^2\d\d(?: |\r?$)/gm)?.length ?? 0;
        require(taken === undefined || yes >= 5, () => `a message is called sent after ${yes} replies`);
      }
    },
  },
];
