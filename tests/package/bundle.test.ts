import { build } from "esbuild";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, inject, test } from "vitest";
import { run } from "./run.ts";

const { consumer } = inject("packed");

interface Bundle {
  readonly octets: Uint8Array;
  readonly gzipped: number;
  /** The files that went in. */
  readonly bundled: readonly string[];
  /** Those of which something is left. */
  readonly used: readonly string[];
  /** What it still imports. */
  readonly imports: readonly string[];
}

async function bundle(source: string, conditions?: readonly string[]): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: consumer },
    absWorkingDir: consumer,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minify: true,
    metafile: true,
    write: false,
    ...(conditions && { conditions: [...conditions] }),
  });
  const octets = outputFiles[0]!.contents;
  const outputs = Object.values(metafile.outputs);
  return {
    octets,
    gzipped: gzipSync(octets).length,
    bundled: Object.keys(metafile.inputs),
    used: outputs.flatMap(({ inputs }) => Object.keys(inputs).filter((name) => inputs[name]!.bytesInOutput > 0)),
    imports: outputs.flatMap((output) => output.imports.map((imported) => imported.path)),
  };
}

test("a bundle for Node takes Node's adapter, imports Node's own modules alone, and runs", async () => {
  const { octets, bundled, imports } = await bundle(
    'import * as all from "@posthaste/smtp"; export { all }; console.log(typeof all.SmtpError);',
  );
  expect(bundled.some((name) => name.endsWith("lib/runtime/node.js"))).toBe(true);
  expect(bundled.some((name) => name.endsWith("lib/runtime/deno.js"))).toBe(false);
  for (const path of imports) expect(path).toMatch(/^node:/);
  const path = join(consumer, "bundle.mjs");
  await writeFile(path, octets);
  expect(await run("node", [path])).toBe("function\n");
});

/**
 * Octets, gzipped, that what is written on the left may cost: just above what it does, so that growth is seen. Texts of
 * errors are a quarter of it.
 */
const BOUNDS: readonly (readonly [source: string, octets: number])[] = [
  ['export * from "@posthaste/smtp";', 121_750],
  ['export { send } from "@posthaste/smtp";', 64_350],
  ['export { SmtpClient } from "@posthaste/smtp";', 72_700],
  ['export { compose } from "@posthaste/smtp";', 24_850],
  ['export * from "@posthaste/smtp/uniface";', 78_200],
];

test.each(BOUNDS)("a bundle of %s has at most %d octets, gzipped", async (source, octets) => {
  const { gzipped } = await bundle(source);
  console.log(`${source} ${gzipped} octets, gzipped`);
  expect(gzipped).toBeLessThanOrEqual(octets);
});

test("a bundle of send leaves out what only profiles, proxies, a ServerMemory and some mechanisms need", async () => {
  const { used } = await bundle('export { send } from "@posthaste/smtp";');
  expect(used.some((name) => name.endsWith("lib/client/send.js"))).toBe(true);
  const left = [
    ...["profile/profile_files", "profile/tls_profile", "profile/pem", "dialogue/early_opening"],
    ...["runtime/node_tls_layer", "runtime/octet_stream", "runtime/look_up", "mime/composer", "mime/entity"],
    ...["sasl/scram", "sasl/saslprep", "sasl/ntlm", "sasl/md4", "sasl/token_endpoint", "sasl/token_cache"],
  ];
  for (const name of left) {
    expect(used.filter((path) => path.endsWith(`lib/${name}.js`))).toEqual([]);
  }
  expect(used.filter((path) => /lib\/(?:proxy|providers)\//.test(path))).toEqual([]);
});

test("a bundle leaves out what is not used", async () => {
  const { octets, bundled } = await bundle(
    'import { SmtpError } from "@posthaste/smtp"; console.log(SmtpError);',
  );
  const whole = await bundle('export * from "@posthaste/smtp";');
  expect(bundled.length).toBeGreaterThan(0);
  expect(octets.length).toBeLessThan(whole.octets.length / 2);
});

test("a bundle of one export has it, whichever it is", async () => {
  const names = (await run("node", [
    "--input-type=module",
    "--eval",
    'console.log(Object.keys(await import("@posthaste/smtp")).join(" "))',
  ], { cwd: consumer })).trim().split(" ");
  const script = ['import * as all from "@posthaste/smtp";'];
  for (const name of names) {
    const { octets } = await bundle(`export { ${name} } from "@posthaste/smtp";`);
    await writeFile(join(consumer, `one_${name}.mjs`), octets);
    script.push(
      `if (typeof (await import("./one_${name}.mjs")).${name} !== typeof all.${name}) console.log("${name}");`,
    );
  }
  await writeFile(join(consumer, "every_one.mjs"), script.join("\n"));
  expect(names).toContain("SmtpError");
  expect(await run("node", [join(consumer, "every_one.mjs")])).toBe("");
});

test("a bundle with the condition deno takes Deno's adapter", async () => {
  const { bundled } = await bundle('export * from "@posthaste/smtp";', ["deno"]);
  expect(bundled.some((name) => name.endsWith("lib/runtime/deno.js"))).toBe(true);
  expect(bundled.some((name) => name.endsWith("lib/runtime/node.js"))).toBe(false);
});
