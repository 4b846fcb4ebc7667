/**
 * All that is read back: the messages of the catalogue, raw ones, those of the RFCs, and random ones. Each is tried by the
 * everyday tests with the parsers that npm has, and by the integration tests with Python's as well.
 *
 * @module
 */
import { CATALOGUE } from "./catalogue/catalogue.ts";
import { expected, whole } from "./catalogue/case.ts";
import { RAW } from "./catalogue/raw.ts";
import { holds, PROPERTIES } from "./properties.ts";
import { expectReadBack, type Reader } from "./read_back.ts";
import { expectRead, expectToGo } from "./read_raw.ts";
import { VECTORS } from "./vectors.ts";

/** A name, and what to do with the readers. */
export type Check = readonly [name: string, run: (readers: readonly Reader[]) => Promise<void>];

/** Fixed messages, each with a name that says its group, a colon, and what it is. */
export const FIXED: readonly Check[] = [
  ...CATALOGUE.map((one): Check => [one.name, (readers) => expectReadBack(whole(one), { readers, as: expected(one) })]),
  ...RAW.map(({ name, raw, reads, goesTo }): Check => [`raw: ${name}`, async (readers) => {
    await expectRead(raw, { readers, reads });
    if (goesTo !== undefined) expectToGo(raw, goesTo);
  }]),
  ...VECTORS.map((one): Check => [one.name, (readers) => one.holds(readers)]),
];

/** The fixed messages by group, all of them or those with certain numbers. */
export function fixedGroups(isTried: (index: number) => boolean = () => true): readonly Check[] {
  const groups = new Map<string, Check[]>();
  for (const check of FIXED.filter((_, index) => isTried(index))) {
    const group = check[0].slice(0, check[0].indexOf(":"));
    groups.set(group, [...groups.get(group) ?? [], check]);
  }
  return [...groups].map(([group, checks]) => [`${group} (${checks.length})`, (readers) => runAll(checks, readers)]);
}

async function runAll(checks: readonly Check[], readers: readonly Reader[]): Promise<void> {
  const failures: Error[] = [];
  for (const [name, run] of checks) {
    try {
      await run(readers);
    } catch (cause) {
      failures.push(new Error(name, { cause }));
    }
  }
  // The first with all that it has to say, the others by name.
  if (failures.length > 0) {
    throw new Error(failures.map(({ message }) => message).join("\n"), { cause: failures[0].cause });
  }
}

/** Random messages: `POSTHASTE_MESSAGES` times as many as the properties say, or else `times`. */
export function random(times: number): readonly Check[] {
  const factor = Number(process.env.POSTHASTE_MESSAGES ?? times);
  return PROPERTIES.map((one): Check => [one.name, (readers) => holds(one, { readers, times: factor })]);
}

/** Milliseconds that a group of fixed messages may take, or the random ones of a property, on a machine that is busy. */
export const PATIENCE = 600_000;
