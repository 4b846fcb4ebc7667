/**
 * Prints what CHANGELOG.md says of a version; fails when that is not the version in deno.json, or nothing stands there.
 *
 *     deno run -A scripts/release_notes.ts [--tag=v1.2.3]
 *
 * @module
 */

import { join } from "node:path";
import { fail, root } from "./process.ts";

/** The section of a version, without its heading: `## 1.2.3 (2026-11-25)`. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^(\S+) \(\d{4}-\d\d-\d\d\)\n/.exec(text)?.[1] === version);
  const text = section?.slice(section.indexOf("\n")).trim();
  return text === "" ? undefined : text;
}

if (import.meta.main) {
  const { version } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as { readonly version: string };
  const tag = Deno.args.find((arg) => arg.startsWith("--tag="))?.slice("--tag=".length) ?? `v${version}`;
  if (tag !== `v${version}`) fail(`The tag is ${tag}, and deno.json has ${version}`);
  const section = sectionOf(await Deno.readTextFile(join(root, "CHANGELOG.md")), version);
  if (section === undefined) fail(`CHANGELOG.md has no section "## ${version} (YYYY-MM-DD)" with something in it`);
  console.log(section);
}
