/**
 * Whether a parser's work grows with its input and not with its square: families of inputs that other parsers have choked
 * on, at one length and at four times that. Steps are counted, which no other program on the machine changes; what
 * an engine does by itself, such as a regular expression, shows in the time alone, of which only much too much is a fault.
 *
 * @module
 */
import process from "node:process";
import { type Parts, takeSteps } from "./coverage.ts";
import { faultOf, millisecondsSince } from "./fuzzer.ts";
import { octetsOf, type Target } from "./target.ts";

/** Something that can be made of any length. */
interface Family {
  readonly name: string;
  make(size: number): string;
}

function run(...pieces: readonly [unit: string, before?: string, behind?: string]): Family {
  const [unit, before = "", behind = ""] = pieces;
  return {
    name: JSON.stringify(`${before}${unit}…${behind}`),
    make: (size) => before + unit.repeat(Math.ceil(size / unit.length)) + behind,
  };
}

function nested(open: string, close: string, before = "", behind = ""): Family {
  return {
    name: JSON.stringify(`${before}${open}…${close}${behind}`),
    make: (size) => {
      const depth = Math.ceil(size / (open.length + close.length));
      return before + open.repeat(depth) + close.repeat(depth) + behind;
    },
  };
}

/** For every parser. */
const FAMILIES: readonly Family[] = [
  ...[
    " ",
    "\t",
    "a",
    "0",
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\\",
    '"',
    "<",
    ">",
    "@",
    ",",
    ";",
    ":",
    "(",
    ")",
    "[",
    "]",
    ".",
    "-",
  ].map((unit) => run(unit)),
  ...[
    "=",
    "=?",
    "?=",
    "=?a?q?",
    "a@b.example,",
    "a:b;",
    "<a@b>",
    "\r\n ",
    "\\\\",
    '"a" ',
    "(a)",
    "a.",
    "::",
    "1:",
    "*.",
    "\xe9",
    "+",
    "%41",
  ].map((unit) => run(unit)),
  ...[
    "250-A\r\n",
    "250-AUTH A\r\n",
    "250 a\r\n",
    "X: y\r\n",
    "a=b;",
    "a = b\n",
    "[p]\n",
    "--a\r\n",
    "url(",
    "<img src=",
    "data:,",
    "&quot;",
  ].map((unit) => run(unit)),
  ...[
    "<!--",
    "<style>",
    "style='",
    "\xfe",
    '{"a":',
    "\x30\x80",
    "\x05\0",
    "HTTP/1.1 100\r\n\r\n",
    "> ",
    "-----BEGIN A-----\n",
  ].map((unit) => run(unit)),
  nested("(", ")", "", "a@b.example"),
  nested("(", "", "a@b.example"),
  nested('"', '"', "", "@b.example"),
  nested("<", ">"),
  nested("[", "]", "a@"),
  nested("{", "}"),
  nested("a:", ";"),
  run(" ", "From: ", "\r\n\r\n"),
  run("\r\n ", "To: a@b.example", "\r\n\r\n"),
  run("a@b.example, ", "From: a@b.example\r\nTo: ", "a@b.example\r\n\r\n"),
  run(" ", "250 AUTH", "X\r\n"),
  run(" ", "text/plain;", "a"),
  run('; a="b"', "text/plain"),
  run(" ", '<img src="data:image/png;base64,', '">'),
  run("data:image/png;base64,QUJD ", '<img srcset="', '">'),
  run("url( ", '<p style="', '">'),
  run("a ", '{"from":"a@b.example","to":"c@d.example","subject":"', '"}'),
  run("é", '{"from":"a@b.example","to":"c@d.example","subject":"', '"}'),
  run("<a@b> ", '{"from":"a@b.example","to":"c@d.example","references":"', '"}'),
  run('"c@d.example",', '{"from":"a@b.example","to":[', '"c@d.example"]}'),
  run('["X-A","é"],', '{"from":"a@b.example","to":"c@d.example","headers":[', '["X-B","c"]]}'),
  run('{"content":"a"},', '{"from":"a@b.example","to":"c@d.example","attachments":[', '{"content":"b"}]}'),
  run(
    '{"message":{"from":"a@b.example","to":"c@d.example","text":"a","html":"b"}},',
    '{"from":"a@b.example","to":"c@d.example","attachments":[',
    '{"content":"b"}]}',
  ),
  run("Content-Type: message/rfc822\r\n\r\n", "From: a@b.example\r\n"),
];

/** Octets; what is shorter than 4 KiB is cut in more ways. */
const SMALL = 5_000;
/** Work for four times the input: 4 is linear; the rest is for what has to be set up, and for sorting. */
const MOST_STEPS = 8;
/** Milliseconds of the processor's for 64 KiB, far from what any linear parser takes. */
const MOST_TIME = 2_000;

/** What grows faster than it may, in words. */
export async function scaling(
  targets: readonly Target[],
  parts: Parts,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const target of targets) {
    let worst = { ratio: 0, name: "" };
    let slowest = { took: 0, name: "" };
    for (const family of FAMILIES) {
      const small = await measured(target, family.make(SMALL), parts);
      const large = await measured(target, family.make(4 * SMALL), parts);
      const huge = await measured(target, family.make(13 * SMALL), parts);
      if (huge.took > slowest.took) slowest = { took: huge.took, name: family.name };
      if (huge.took > MOST_TIME) faults.push(`${target.name}: ${huge.took.toFixed(0)} ms for 64 KiB of ${family.name}`);
      if (small.steps < 1_000) continue;
      const ratio = large.steps / small.steps;
      if (ratio > worst.ratio) worst = { ratio, name: family.name };
      if (ratio > MOST_STEPS) {
        faults.push(`${target.name}: ${ratio.toFixed(1)} times the steps for 4 times ${family.name}`);
      }
    }
    const steps = `, at most ${worst.ratio.toFixed(1)} times the steps (${worst.name})`;
    console.log(`${target.name.padEnd(18)} at most ${slowest.took.toFixed(0)} ms (${slowest.name})${steps}`);
  }
  return faults;
}

async function measured(
  target: Target,
  text: string,
  parts: Parts,
): Promise<{ readonly took: number; readonly steps: number }> {
  const input = octetsOf(text);
  takeSteps(parts);
  const begin = process.cpuUsage();
  const fault = await faultOf(target, input);
  if (fault !== undefined) {
    throw new Error(`${target.name} breaks its promise with ${input.length} octets`, { cause: fault });
  }
  const took = millisecondsSince(begin);
  return { took, steps: takeSteps(parts) };
}
