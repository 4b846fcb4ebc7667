import { expect, test } from "vitest";
import { parseOptions } from "../../../bench/options.ts";

test("parseOptions takes nothing for a complete run on every runtime", () => {
  expect(parseOptions([])).toMatchObject({ only: [], runtimes: ["node", "deno", "bun"], rounds: 3, complete: true });
});

test("parseOptions takes cases and runtimes in lists", () => {
  const options = parseOptions(["--only=one,pool", "--runtime=node,bun", "--rounds=5"]);
  expect(options).toMatchObject({ only: ["one", "pool"], runtimes: ["node", "bun"], rounds: 5 });
});

test.each([["--only=one"], ["--runtime=node"], ["--quick"], ["--profile"]])(
  "parseOptions calls a run with %s incomplete, which is not what the documentation shows",
  (arg) => {
    expect(parseOptions([arg]).complete).toBe(false);
  },
);

test("parseOptions has one round in a quick run, unless told otherwise", () => {
  expect(parseOptions(["--quick"]).rounds).toBe(1);
  expect(parseOptions(["--quick", "--rounds=2"]).rounds).toBe(2);
});

test.each([["--runtime=rhino"], ["--rounds=0"], ["--quick=yes"], ["--only"], ["one"]])(
  "parseOptions refuses %s",
  (arg) => {
    expect(() => parseOptions([arg])).toThrow();
  },
);
