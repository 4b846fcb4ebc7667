import { expect, test } from "vitest";
import type { Entry } from "../../../bench/contestants.ts";
import { asMarkdown, asText, caseTable, formatNumber, shortfalls } from "../../../bench/table.ts";
import { answer, outcome, sampleCase } from "./samples.ts";

function ours(runtime: "node" | "deno" | "bun"): Entry {
  return { contestant: "posthaste-bdat", runtime };
}

function base(runtime: "node" | "deno" | "bun"): Entry {
  return { contestant: "nodemailer", runtime };
}

const BARRED = sampleCase({ bars: [{ contestant: "posthaste-bdat", rtt: 0, ratio: 3 }] });
const MIXED = outcome(BARRED, [
  [ours("node"), answer(4000)],
  [ours("deno"), answer(20)],
  [base("node"), answer(1000)],
  [base("deno"), answer(10)],
]);

test("formatNumber gives three digits that mean something", () => {
  expect([1234.5, 99.96, 12.34, 1.234, 0.0234].map(formatNumber)).toEqual(["1,235", "100.0", "12.3", "1.23", "0.02"]);
});

test("caseTable has a column for each runtime that was measured, and sums up the bars", () => {
  expect(caseTable([MIXED])).toEqual([
    ["Round trip", "", "Node", "Deno", "Bar"],
    ["0 ms", "Posthaste, BDAT", "4,000 (4.00×)", "20.0 (2.00×)", "≥ 3×: met on Node, not on Deno"],
    ["0 ms", "nodemailer, pool", "1,000 (1.00×)", "10.0 (1.00×)", ""],
  ]);
});

test("caseTable leaves out the column of bars where there is none, and shows what stands beside the figure", () => {
  const one = sampleCase({ beside: "peak", less: true });
  const failed = outcome(one, [[ours("bun"), answer(2)], [base("bun"), { error: "no such thing" }]], 20);
  expect(caseTable([failed])).toEqual([
    ["Round trip", "", "Bun"],
    ["20 ms", "Posthaste, BDAT", "2.00 (50.0 MB)"],
    ["20 ms", "nodemailer, pool", "no such thing"],
  ]);
});

test("asText fills columns up, asMarkdown sets off this library and keeps a bar from ending a cell", () => {
  const table = [["", "a"], ["Posthaste", "1|2"], ["x", "3"]];
  expect(asText(table)).toBe("           a\nPosthaste  1|2\nx          3");
  expect(asMarkdown(table)).toBe("|  | a |\n| --- | --- |\n| **Posthaste** | 1\\|2 |\n| x | 3 |");
});

test("shortfalls names bars that are not met and what failed of ours, and nothing else", () => {
  const failed = outcome(sampleCase({ title: "Another" }), [[ours("bun"), { error: "broken" }], [base("bun"), {
    error: "broken too",
  }]]);
  expect(shortfalls([MIXED, failed])).toEqual([
    "A sample, 0 ms, Posthaste, BDAT on Deno: 20.0 (2.00×), bar ≥ 3×",
    "Another, 0 ms: broken",
  ]);
});
