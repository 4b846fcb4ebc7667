import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { root, run } from "./run.ts";

const { consumer } = inject("packed");

/** Where a module is sought, and which globals there are: nobody has to have both the DOM's and Node's. */
const settings = [
  { moduleResolution: "nodenext", lib: ["es2023"], types: ["node"] },
  { moduleResolution: "nodenext", lib: ["es2023", "dom"], types: [] },
  { moduleResolution: "bundler", lib: ["es2023"], types: ["node"] },
  { moduleResolution: "bundler", lib: ["es2023", "dom"], types: [] },
];

async function check(text: string, options: typeof settings[number], file = "consumer.ts"): Promise<string> {
  await writeFile(join(consumer, file), text);
  const compilerOptions = {
    ...options,
    module: options.moduleResolution === "bundler" ? "esnext" : options.moduleResolution,
    typeRoots: [join(root, "node_modules/@types")],
    target: "es2023",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const config = join(consumer, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files: [file] }));
  return await run("node", [join(root, "node_modules/typescript/bin/tsc"), "--project", config]);
}

const consumerSource = `
  import * as smtp from "@posthaste/smtp";
  import * as uniface from "@posthaste/smtp/uniface";
  export const kept: unknown[] = [smtp, uniface];
  export function fate(error: unknown): smtp.Fate | undefined {
    return error instanceof smtp.SmtpError ? error.fate : undefined;
  }
`;

test.for(settings)("the types serve a project with $moduleResolution, $lib and types $types", async (options) => {
  expect(await check(consumerSource, options)).toBe("");
});

test("the types serve a CommonJS module", async () => {
  expect(await check(consumerSource, settings[0]!, "consumer.cts")).toBe("");
});

test("the types refuse what the package does not have", async () => {
  const wrong = `import { SmtpError } from "@posthaste/smtp"; export const code: number = ({} as SmtpError).code;`;
  await expect(check(wrong, settings[0]!)).rejects.toThrow("consumer.ts(1,");
});
