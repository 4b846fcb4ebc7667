/**
 * The project's files as the rules of the architecture see them: text, and for TypeScript a syntax tree.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vitest/node";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A file of the project, or a sample of one. */
export interface Source {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A node of a syntax tree, as ESTree and its TypeScript extension name them. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A node and where it hangs: `field` is the parent's field that holds it. */
export interface Visit {
  readonly node: Node;
  readonly parent?: Node;
  readonly field: string;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function visit(at: Visit, all: Visit[]): void {
  all.push(at);
  const { node } = at;
  for (const field in node) {
    const value = node[field];
    if (Array.isArray(value)) {
      for (const child of value) if (isNode(child)) visit({ node: child, parent: node, field }, all);
    } else if (isNode(value)) visit({ node: value, parent: node, field }, all);
  }
}

/** What each file holds: several rules look at the same ones. */
const visited = new WeakMap<Source, readonly Visit[]>();

/** Every node of a TypeScript file, outer ones first. */
export function visitAll(source: Source): readonly Visit[] {
  const known = visited.get(source);
  if (known !== undefined) return known;
  const all: Visit[] = [];
  visit({ node: parseAst(source.text, { lang: "ts" }) as unknown as Node, field: "" }, all);
  visited.set(source, all);
  return all;
}

/** The specifiers of a file's imports and exports, static, dynamic and in types. */
export function specifiersOf(source: Source): string[] {
  return visitAll(source).flatMap(({ node }) => {
    const literal = node.type === "TSImportType" ? node.source ?? node.argument : node.source;
    return isNode(literal) && typeof literal.value === "string" ? [literal.value] : [];
  });
}

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if ([".git", "node_modules", "npm", "coverage", ".tmp"].includes(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function trackedPaths(): string[] {
  try {
    const listed = execFileSync("git", ["ls-files", "-z"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return listed.split("\0").filter((path) => path !== "");
  } catch {
    return walk(""); // an exported tree, without git
  }
}

/** The project's text files that git tracks, or all of them where there is no git. */
export function projectSources(): Source[] {
  return trackedPaths().flatMap((path) => {
    try {
      const text = readFileSync(join(root, path), "utf8");
      return text.includes("\0") ? [] : [{ path, text }];
    } catch {
      return []; // deleted, and the deletion not committed yet
    }
  });
}
