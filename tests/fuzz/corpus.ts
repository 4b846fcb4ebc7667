/** Inputs that are kept: one a file, in a folder a target. @module */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** One that is kept. */
export interface Kept {
  readonly path: string;
  readonly octets: Uint8Array;
}

/** Those of one target, in the order of their names. */
export function readCorpusFiles(folder: string, target: string): readonly Kept[] {
  const path = `${folder}/${target}`;
  if (!existsSync(path)) return [];
  return readdirSync(path).sort().map((name) => ({
    path: `${path}/${name}`,
    octets: new Uint8Array(readFileSync(`${path}/${name}`)),
  }));
}

/** The same without their names. */
export function readCorpus(folder: string, target: string): readonly Uint8Array[] {
  return readCorpusFiles(folder, target).map(({ octets }) => octets);
}
