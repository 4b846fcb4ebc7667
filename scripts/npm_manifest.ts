/**
 * The npm package's package.json, from deno.json and the runtime adapters.
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
const keywords = [
  "smtp",
  "email",
  "mail",
  "esmtp",
  "starttls",
  "sasl",
  "dkim",
  "mime",
  "deno",
  "node",
  "cloudflare-workers",
];

/**
 * The conditions of `#runtime`, in the order they are tried. Bundlers for Workers and for Vercel's edge know `browser` too,
 * and some know `node`: their own come first. Bun and everything else that has Node's modules takes the last.
 */
const conditions = [
  ["workerd", "workers"],
  ["edge-light", "no_sockets"],
  ["deno", "deno"],
  ["browser", "no_sockets"],
  ["default", "node"],
] as const;

/** The runtime adapters: nothing imports them by their path. */
export const adapters: readonly string[] = [...new Set(conditions.map(([, adapter]) => `${adapter}.ts`))];

/** The module that a source is compiled to. */
export function javascript(source: string): string {
  return source.replace(/\.ts$/, ".js");
}

function declarations(source: string): string {
  return source.replace(/\.ts$/, ".d.ts");
}

/** Makes package.json's content; `repository` is where the source is: npm holds a statement of origin against it. */
export function manifest(project: Project, repository: string | undefined): Record<string, unknown> {
  // Node alone takes the bundle, which has its adapter in it; `module` is the condition of bundlers, and what else may come
  // together with `node` stands before it.
  const entries = Object.entries(project.exports).map(([name, source]) => {
    const [types, module] = [declarations(source), javascript(source)];
    const small = { workerd: module, "edge-light": module, deno: module };
    return [name, { types, module, ...small, node: bundleFile(module), default: module }];
  });
  const { ".": main, ...rest } = project.exports;
  const others = Object.entries(rest);
  const runtimes = conditions.map(([condition, adapter]) => [condition, `./lib/runtime/${adapter}.js`]);
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
    // For who does not read `exports`: TypeScript 5 and 6 with `module: commonjs`, which resolves as Node 10 did.
    main: bundleFile(javascript(main!)),
    types: declarations(main!),
    typesVersions: { "*": Object.fromEntries(others.map(([name, source]) => [name.slice(2), [declarations(source)]])) },
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    imports: { "#runtime": Object.fromEntries(runtimes) },
    files: ["mod.*", "lib/", `${bundleFolder}/`],
  };
}
