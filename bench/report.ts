/**
 * The page of the documentation.
 *
 * @module
 */
import { groupBy } from "./group.ts";
import type { Outcome } from "./outcome.ts";
import type { Bundles } from "./bundle.ts";
import { asMarkdown, caseTable, shortfalls } from "./table.ts";

export interface Report {
  readonly outcomes: readonly Outcome[];
  readonly bundles: Bundles;
  readonly command: string;
  readonly machine: string;
  readonly versions: readonly string[];
  /** The day, as in `2026-01-31`. */
  readonly day: string;
  /** What could not be measured here. */
  readonly remarks: readonly string[];
}

const PREAMBLE = `# Benchmarks

![Speed as a multiple of nodemailer's, on Node](benchmarks.svg)

Everybody sends the same messages, in the same run, to a server in C that stores nothing and is never the bottleneck; without
CHUNKING (DATA) for all, and for this library also with it (BDAT), and with BINARYMIME where there are attachments, which are
not encoded then. Each measurement is a process of its own, which warms up
and then counts for a while; rounds are short and interleaved, figures are medians, and each round is compared with itself. In
parentheses stands the ratio to nodemailer (with its pool) on the same runtime: only ratios carry over to another
machine. No message is like the one before, and all are composed when they are sent.

Programs of idle priority, which give way to everything else, keep the processors from sleeping meanwhile: waking one of a
virtual machine takes longer than a message, and would be most of what is measured of whoever waits for each reply.

A round trip of 0 ms is the loopback device. The others are two network namespaces joined by a program that hands each packet
on late, with the kernel's own TCP at both ends. emailjs and @upyo/smtp are measured on Node, and larger distances on
Node alone, where the table says nothing else; who waits for each recipient's reply is left out of many recipients far away.
emailjs does not switch Nagle's algorithm off, so that on Node each of its messages waits for a delayed acknowledgement.
`;

/** The whole page. */
export function page({ outcomes, bundles, command, machine, versions, day, remarks }: Report): string {
  const missed = [...shortfalls(outcomes), ...bundles.missed];
  const cases = [...groupBy(outcomes, ({ one }) => one.name).values()].map((all) => {
    const [{ one }] = all;
    const beside = { cpu: ", processor time for a message", peak: ", peak memory of the process" };
    const unit = `${one.unit}${one.less === true ? ", less is better" : ""}${one.beside ? beside[one.beside] : ""}`;
    return `## ${one.title}\n\n${unit[0].toUpperCase()}${unit.slice(1)} (case \`${one.name}\`).\n\n${
      asMarkdown(caseTable(all))
    }\n`;
  });
  return [
    PREAMBLE,
    `Made by \`${command}\` on ${day}: ${machine}; ${versions.join(", ")}.\n`,
    ...remarks.map((remark) => `${remark}.\n`),
    missed.length === 0
      ? "All bars are met.\n"
      : `Bars that are not met:\n\n${missed.map((line) => `- ${line}`).join("\n")}\n`,
    ...cases,
    `## Size of a bundle\n\nesbuild, for Node.\n\n${asMarkdown(bundles.table)}\n`,
  ].join("\n");
}
