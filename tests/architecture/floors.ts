/**
 * The floors: a file imports from its own folder and from lower floors.
 *
 * @module
 */

import { posix } from "node:path";
import { type Source, specifiersOf } from "./source.ts";

const floors: Readonly<Record<string, number>> = {
  bytes: 0,
  address: 1,
  profile: 1,
  providers: 1,
  runtime: 1,
  sasl: 1,
  mime: 2,
  wire: 2,
  dialogue: 3,
  dkim: 3,
  session: 4,
  extensions: 4,
  client: 5,
  proxy: 5,
  observe: 5,
  testing: 6,
  uniface: 6,
  cli: 7,
};

/** The lowest floor that may name the platform it runs on; a lower one stays pure. */
const runtimeFloor = 4;

/** The one file below that: its default file loader is the platform's. */
const runtimeChooser = "lib/profile/assignment_file.ts";

/** Only these folders may name what one platform has and another has not. */
export const platformFolders: readonly string[] = ["lib/runtime", "lib/cli"];

/** A folder of `lib/` has its floor; the files in `lib/` itself, and the errors, are below all of them. */
function floorOf(path: string): number | undefined {
  const folder = posix.dirname(path);
  return folder === "lib" || folder === "lib/errors" ? -1 : floors[folder.slice("lib/".length)];
}

function importProblem(path: string, specifier: string): string | undefined {
  const floor = floorOf(path);
  if (floor === undefined) return "is in a folder without a floor";
  if (specifier === "#runtime") {
    return floor >= runtimeFloor || path === runtimeChooser ? undefined : `may not choose a runtime on floor ${floor}`;
  }
  if (/^(node|cloudflare):/.test(specifier)) {
    return platformFolders.includes(posix.dirname(path)) ? undefined : `may not import ${specifier}`;
  }
  if (!specifier.startsWith(".")) return `may not import ${specifier}: the library has no dependency`;
  const target = posix.join(posix.dirname(path), specifier);
  if (posix.dirname(target) === posix.dirname(path)) return undefined;
  if (floor === -1 && target.startsWith("lib/errors/")) return undefined;
  const below = target.startsWith("lib/") ? floorOf(target) : undefined;
  if (below !== undefined && below < floor) return undefined;
  return `may not import ${target} from floor ${floor}`;
}

/** What is wrong with a library file's imports. */
export function importProblems(source: Source): string[] {
  const problems = specifiersOf(source).map((specifier) => importProblem(source.path, specifier));
  return problems.filter((problem) => problem !== undefined).map((problem) => `${source.path} ${problem}`);
}
