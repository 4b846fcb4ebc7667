import { expect, test } from "vitest";
import { counted, preamble } from "../../scripts/fuzz_instrument.ts";
import { Coverage, type Parts, takeSteps } from "./coverage.ts";

const CODE = `
  const twice = (a) => a * 2, box = (a) => ({ a }), late = async (a) => await a;
  function* each(list) { for (const one of list) yield one; }
  class Base { constructor(a) { this.a = a; } }
  class Own extends Base { constructor(a) { super(a); } get b() { return this.a ?? "none"; } }
  function run(a) {
    if (a > 100) return "much";
    else if (a < 0) return "little";
    let sum = 0;
    for (let i = 0; i < a; i++) if (i % 2) sum += i; else continue;
    while (sum > 20) sum -= 10;
    do sum++; while (false);
    switch (a) { case 1: case 2: sum += 5; break; default: sum = a ? twice(sum) : a || -1; }
    try { if (a === 7) throw new Error("seven"); } catch (error) { sum = error.message; }
    return [sum, box(a).a, [...each([a, a])].join(), new Own(a).b, typeof late];
  }
  return [0, 1, 2, 3, 7, 9, -1, 200].map(run);
`;

test("counted changes nothing of what code does, and counts each part that has run", () => {
  const counters = { count: 0 };
  const code = counted(`export default () => {${CODE}}`, counters).replace("export default", "return");
  const plain = new Function(CODE)();
  const genuine = Reflect.get(globalThis, "__parts");
  let parts: Parts;
  try {
    expect(new Function(preamble(counters) + code)()()).toEqual(plain);
    parts = Reflect.get(globalThis, "__parts");
  } finally {
    if (genuine === undefined) Reflect.deleteProperty(globalThis, "__parts");
    else Reflect.set(globalThis, "__parts", genuine);
  }
  const { counts } = parts;
  expect(counts.length).toBeGreaterThan(20);
  // A few parts never run, such as late, and every iteration counts.
  expect([...counts].filter((count) => count === 0).length).toBeLessThanOrEqual(3);
  expect(Math.max(...counts)).toBeGreaterThan(8);
  const reached = [...counts.keys()].filter((part) => counts[part] !== 0);
  const coverage = new Coverage(parts);
  expect(coverage.take()).toBe(true);
  expect([...coverage.reached].sort((a, b) => a - b)).toEqual(reached);
  expect([coverage.take(), takeSteps(parts), Math.max(...counts)]).toEqual([false, 0, 0]);
});
