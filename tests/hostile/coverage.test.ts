/** No threat without a scenario, and no scenario of a threat that nobody has heard of. */
import { expect, test } from "vitest";
import { ADVICE } from "./advice.ts";
import { AUTHENTICATION } from "./authentication.ts";
import { SCENARIOS, THREATS } from "./catalogue.ts";
import { EARLY } from "./early.ts";
import { MATRIX } from "./matrix.ts";
import { OUT_OF_STEP } from "./out_of_step.ts";
import { PLACES } from "./places.ts";
import { STARTTLS } from "./starttls.ts";
import { WORDS } from "./words.ts";

const all = Object.values(SCENARIOS).flat();

test.each(Object.keys(THREATS))("%s: there is a scenario", (id) => {
  expect(all.filter(({ threats }) => threats.includes(id)).length).toBeGreaterThan(0);
});

test("every scenario names a threat that stands in the catalogue, and has a name of its own", () => {
  for (const { name, threats } of all) {
    expect([name, threats.length > 0, threats.filter((id) => !Object.hasOwn(THREATS, id))]).toEqual([name, true, []]);
  }
  for (const list of Object.values(SCENARIOS)) {
    const names = list.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});

test("every place meets every act, but for what is written out", () => {
  const acts = new Set(
    MATRIX.map(({ name }) => name.slice(name.indexOf(": ") + 2)).filter((act) => !/^says \d+$/.test(act)),
  );
  expect(acts.size).toBeGreaterThan(30);
  // Only QUIT has no time for a reply that drips.
  const without = PLACES.length * acts.size - MATRIX.filter(({ name }) => !/: says \d+$/.test(name)).length;
  expect(without).toBe(1);
});

test("every advice is some scenario's", () => {
  const played = [...MATRIX, ...OUT_OF_STEP, ...STARTTLS, ...AUTHENTICATION, ...WORDS, ...EARLY];
  const failing = played.flatMap(({ name, outcome }) => outcome === "fine" ? [] : [{ name, code: outcome.code }]);
  const unused = ADVICE.filter((one) =>
    !failing.some(({ name, code }) => [one.code].flat().includes(code) && one.at.test(name))
  );
  expect(unused).toEqual([]);
});
