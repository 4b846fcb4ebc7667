/**
 * Writes the parts of documents anew that come from elsewhere.
 *
 *     deno run -A scripts/docs.ts
 *
 * @module
 */
import { filesIn, withGenerated } from "./generated_docs.ts";
import { root } from "./process.ts";

for (const name of ["docs/uniface.md"]) {
  const path = `${root}/${name}`;
  const document = await Deno.readTextFile(path);
  const files: Record<string, string> = {};
  for (const file of filesIn(document)) files[file] = await Deno.readTextFile(`${root}/${file}`);
  const written = withGenerated(document, files);
  if (written !== document) await Deno.writeTextFile(path, written);
  console.log(`${name}: ${written === document ? "as it was" : "written"}`);
}
