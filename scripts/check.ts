/**
 * What can be known without running the library: format, lint, types, and whether JSR would take it.
 *
 *     deno task check
 *
 * @module
 */

import { fail, run } from "./process.ts";

const guides = [...Deno.readDirSync("docs")].map(({ name }) => `docs/${name}`).filter((path) => path.endsWith(".md"));

const checks = [
  ["fmt", "--check"],
  ["lint"],
  ["check"],
  // The examples in doc comments, in the README and in the guides.
  ["check", "--doc-only", "mod.ts", "lib", "README.md", ...guides],
  // Every public symbol says what it is; the reference is what they say.
  ["doc", "--lint", "mod.ts", "lib/uniface/mod.ts"],
  ["run", "-A", "scripts/api.ts", "--check"],
  // Also refuses "slow types": an exported symbol whose type has to be inferred. Nothing is sent anywhere.
  ["publish", "--dry-run", "--allow-dirty", "--quiet"],
];

const failures: string[] = [];
for (const check of checks) {
  console.log(`\n== deno ${check.join(" ")}`);
  const { code } = await run([Deno.execPath(), ...check]);
  if (code !== 0) failures.push(`deno ${check[0]}`);
}
if (failures.length > 0) fail(`\nNot clean: ${failures.join(", ")}`);
console.log("\nClean");
