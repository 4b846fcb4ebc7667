/**
 * The npm package's package.json, from deno.json and the runtime adapters that are there.
 *
 * @module
 */
import { bundleFile, bundleFolder } from "./npm_bundle.ts";

/** The part of deno.json that is read here. */
export interface Project {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
}

const description = "SMTP client SDK for every JavaScript runtime: typed, pipelined, TLS by default, no dependencies";
const keywords = ["smtp", "email", "mail", "esmtp", "starttls", "sasl", "dkim", "mime", "deno", "node"];

/**
 * The conditions of `#runtime`, in the order they are tried. Bun and everything else that has Node's modules takes the
 * last; a runtime without an adapter yet is left out.
 */
const conditions = [["workerd", "workers"], ["deno", "deno"], ["default", "node"]] as const;

/** The runtime adapters among the files in `lib/runtime/`: nothing imports them by their path. */
export function adaptersAmong(files: readonly string[]): string[] {
  return conditions.map(([, adapter]) => `${adapter}.ts`).filter((name) => files.includes(name));
}

/** The module that a source is compiled to. */
export function javascript(source: string): string {
  return source.replace(/\.ts$/, ".js");
}

/**
 * Makes package.json's content; `adapters` as {@link adaptersAmong} finds them, `repository` where the source is: npm holds
 * a statement of where a package comes from against it.
 */
export function manifest(
  project: Project,
  { adapters, repository }: { readonly adapters: readonly string[]; readonly repository?: string | undefined },
): Record<string, unknown> {
  // Node alone takes the bundle, which has its adapter in it; `module` is the condition of bundlers, `deno` comes with `node`.
  const entries = Object.entries(project.exports).map(([name, source]) => {
    const [types, module] = [source.replace(/\.ts$/, ".d.ts"), javascript(source)];
    return [name, { types, module, deno: module, node: bundleFile(module), default: module }];
  });
  const runtimes = conditions
    .filter(([, adapter]) => adapters.includes(`${adapter}.ts`))
    .map(([condition, adapter]) => [condition, `./lib/runtime/${adapter}.js`]);
  return {
    name: project.name,
    version: project.version,
    description,
    keywords,
    license: project.license,
    ...repository === undefined ? {} : { repository: { type: "git", url: repository } },
    type: "module",
    engines: { node: ">=20.19" },
    // No module has a side effect. The entry points are listed because esbuild, where a package has an `import()`, otherwise
    // passes over a module that only exports again, and with it over the initialisation of what it exports.
    sideEffects: Object.values(project.exports).map(javascript),
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    imports: { "#runtime": Object.fromEntries(runtimes) },
    files: ["mod.*", "lib/", `${bundleFolder}/`],
  };
}
