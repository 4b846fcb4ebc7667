/** Every parser keeps its promise for all inputs that fuzzing has found to be of interest; the fuzzer finds what breaks one. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readCorpusFiles } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { faultOf, fuzz, seedOctets } from "./fuzzer.ts";
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

/** Breaks at two characters in a row, which nobody finds at once by chance. */
function riddle(counts: Uint32Array): Target {
  return {
    name: "riddle",
    promise: "no text holds the word",
    words: ["a"],
    seeds: ["begin"],
    run(input) {
      const text = textOf(input);
      const at = text.indexOf("<");
      if (at < 0) return;
      counts[0]!++;
      require(text[at + 1] !== ";", () => "the word is there");
    },
  };
}

test("fuzz goes on from what has reached further, finds what breaks a promise, and makes it short", async () => {
  const counts = new Uint32Array(1);
  const options = { milliseconds: 100_000, seed: 4711, corpus: new Map(), coverage: new Coverage(counts) };
  const [result] = await fuzz([riddle(counts)], options);
  expect(result!.failure?.error).toEqual(new Error("the word is there"));
  expect(textOf(result!.failure!.input)).toBe("<;");
  expect(result!.found.length).toBeGreaterThanOrEqual(1);
}, 120_000);

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
