import { expect, test } from "vitest";
import { chart } from "../../../bench/chart.ts";
import { answer, outcome, sampleCase } from "./samples.ts";

function sample(title: string, ratio: number, rtt = 0) {
  return outcome(
    sampleCase({ name: title, title }),
    [
      [{ contestant: "posthaste-bdat", runtime: "node" }, answer(ratio)],
      [{ contestant: "posthaste-bdat", runtime: "deno" }, answer(7)],
      [{ contestant: "nodemailer", runtime: "node" }, answer(1)],
      [{ contestant: "nodemailer", runtime: "deno" }, answer(1)],
    ],
    rtt,
  );
}

function circles(svg: string): number[] {
  return [...svg.matchAll(/<circle class="bdat" cx="(\d+)"/g)].map(([, x]) => Number(x)).slice(1);
}

test("chart draws equal factors as equal distances", () => {
  const [one, ten, hundred] = circles(chart([sample("a", 1), sample("b", 10), sample("c", 100)]));
  expect(hundred - ten).toBeCloseTo(ten - one, -1);
  expect(ten).toBeGreaterThan(one);
});

test("chart shows Node, and of each case the nearest distance", () => {
  const svg = chart([sample("a", 1234, 20), sample("a", 5, 0), sample("b", 40, 20)]);
  expect(circles(svg)).toHaveLength(2);
  expect(svg).toContain(">5.00×<");
  expect(svg).not.toContain("1,234");
  expect(svg).toContain("b, 20 ms away");
});

test("chart keeps everything within its width, however large", () => {
  const xs = circles(chart([sample("a", 0.0012), sample("b", 98_765)]));
  for (const x of xs) {
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(960);
  }
});

test("chart escapes what XML would read as markup", () => {
  expect(chart([sample("a < b & c", 2)])).toContain("a &lt; b &amp; c");
});
