import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { deno, root, run } from "./run.ts";

const { consumer } = inject("packed");

/** Where a module is sought, and which globals there are: nobody has to have both the DOM's and Node's. */
const settings = [
  { moduleResolution: "nodenext", lib: ["es2023"], types: ["node"] },
  { moduleResolution: "nodenext", lib: ["es2023", "dom"], types: [] },
  { moduleResolution: "bundler", lib: ["es2023"], types: ["node"] },
  { moduleResolution: "bundler", lib: ["es2023", "dom"], types: [] },
];

/** The newest TypeScript, and the oldest that the types are promised to: the first that knows `require` of an ES module. */
const compilers = ["typescript", "typescript-oldest"];

interface Project {
  readonly options: Readonly<Record<string, unknown>>;
  readonly compiler?: string;
  readonly file?: string;
}

async function check(text: string, project: Project): Promise<string> {
  const { options, compiler = "typescript", file = "consumer.ts" } = project;
  await writeFile(join(consumer, file), text);
  const compilerOptions = {
    module: options.moduleResolution === "bundler" ? "esnext" : options.moduleResolution,
    ...options,
    typeRoots: [join(root, "node_modules/@types")],
    target: "es2023",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const config = join(consumer, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files: [file] }));
  return await run(deno, ["run", "-A", `${compiler}/tsc`, "--project", config]);
}

const consumerSource = `
  import * as smtp from "@posthaste/smtp";
  import * as uniface from "@posthaste/smtp/uniface";
  export const kept: unknown[] = [smtp, uniface];
  export function fate(error: unknown): smtp.Fate | undefined {
    return error instanceof smtp.SmtpError ? error.fate : undefined;
  }
`;

const projects = compilers.flatMap((compiler) => settings.map((options) => ({ compiler, options })));

test.for(projects)(
  "$compiler finds types with $options.moduleResolution, $options.lib, types $options.types",
  async (project) => {
    expect(await check(consumerSource, project)).toBe("");
  },
);

test.for(compilers)("%s finds types in a CommonJS module", async (compiler) => {
  expect(await check(consumerSource, { compiler, options: settings[0]!, file: "consumer.cts" })).toBe("");
});

// TypeScript 7 has it no more.
test("TypeScript 5 finds types with module: commonjs, which does not read exports", async () => {
  const options = { module: "commonjs", moduleResolution: "node10", lib: ["es2023"], types: ["node"] };
  expect(await check(consumerSource, { compiler: "typescript-oldest", options })).toBe("");
});

test("the types refuse what the package does not have", async () => {
  const wrong = `import { SmtpError } from "@posthaste/smtp"; export const code: number = ({} as SmtpError).code;`;
  await expect(check(wrong, { options: settings[0]! })).rejects.toThrow("consumer.ts(1,");
});
