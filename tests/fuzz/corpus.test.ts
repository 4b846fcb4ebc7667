/** Every parser keeps its promise for all inputs that fuzzing has found to be of interest; the fuzzer finds what breaks one. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { seededNumbers } from "../support/seeded.ts";
import { readCorpusFiles } from "./corpus.ts";
import type { Parts } from "./coverage.ts";
import { faultOf, fuzz, seedOctets } from "./fuzzer.ts";
import { grammarOf } from "./grammar.ts";
import { shrunk } from "./mutate.ts";
import { octetsOf, require, type Target, textOf } from "./target.ts";
import { TARGETS } from "./targets.ts";

const CORPUS = fileURLToPath(new URL("corpus", import.meta.url));

test.each(TARGETS)("$name: $promise", async (target) => {
  const kept = readCorpusFiles(CORPUS, target.name).map(({ octets }) => octets);
  for (const input of [...target.seeds.map(seedOctets), ...kept]) {
    const fault = await faultOf(target, input);
    expect(fault, `broken by ${JSON.stringify(textOf(input))}`).toBeUndefined();
  }
}, 30_000);

test("every folder of the corpus is a target's", () => {
  const names = TARGETS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(readdirSync(CORPUS).filter((name) => !names.includes(name))).toEqual([]);
});

/** Breaks where three words of its language stand in a row. */
function riddle(parts: Parts & { size: number }): Target {
  return {
    name: "riddle",
    promise: "no text holds the word",
    words: ["b"],
    grammar: grammarOf({ start: "a¦<¦;¦{start}{start}" }),
    seeds: ["begin"],
    run(input) {
      const text = textOf(input);
      if (text.includes("<;")) {
        parts.counts[0]!++;
        parts.size = 1;
      }
      require(!text.includes("<;<"), () => "the word is there");
    },
  };
}

test("fuzz tells what reaches a new part, finds what breaks a promise, and makes it short", async () => {
  const parts = {
    counts: new Uint32Array(1),
    ran: new Uint32Array(1),
    size: 0,
    take: () => parts.size > 0 ? parts.size-- : 0,
  };
  const options = { milliseconds: 100_000, seed: 4711, corpus: new Map(), parts };
  const [result] = await fuzz([riddle(parts)], options);
  expect(result!.failure?.error).toEqual(new Error("the word is there"));
  expect(textOf(result!.failure!.input)).toBe("<;<");
  expect(result!.found.map(textOf)).toEqual([expect.stringContaining("<;")]);
}, 120_000);

test("grammarOf makes what rules say, comes to an end, and breaks a rule now and then", () => {
  const dice = seededNumbers(7);
  const make = grammarOf({ start: "a¦({start})¦{start}{start}" });
  const texts = Array.from({ length: 2_000 }, () => make(dice));
  const isWhole = (text: string): boolean =>
    /^a+$/.test(text) || (/\(a+\)/.test(text) && isWhole(text.replace(/\(a+\)/g, "a")));
  const broken = texts.filter((text) => !isWhole(text));
  expect(broken.length).toBeGreaterThan(20);
  expect(broken.length).toBeLessThan(1_000);
  expect(new Set(texts).size).toBeGreaterThan(100);
  expect(() => grammarOf({ start: "{b}" })).toThrow("no rule b");
});

test("shrunk leaves nothing that is not needed, and makes letters of what does not matter", async () => {
  const holds = (input: Uint8Array) => Promise.resolve(/[^x]x[^x]x/.test(textOf(input)));
  expect(textOf(await shrunk(octetsOf("lorem ipsum - x,y,xyx dolor"), holds))).toBe("axax");
});

test("faultOf tells of an error that is no refusal, and of none that is", async () => {
  const target = { name: "a", promise: "a", words: [], seeds: [] };
  const engine = new TypeError("text.split is not a function");
  const run = () => {
    throw engine;
  };
  expect(await faultOf({ ...target, run }, new Uint8Array())).toBe(engine);
  expect(await faultOf({ ...target, run: () => {} }, new Uint8Array())).toBeUndefined();
});
