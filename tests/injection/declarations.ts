/**
 * The declarations of the project's modules, found by name through imports and exports.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vitest/node";
import type { Node } from "../architecture/source.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What type parameters stand for, each with the declaration in whose words it is said. */
export type Generics = ReadonlyMap<string, { readonly type: Node | undefined; readonly from: Declaration }>;

/** A declaration and where it stands. */
export interface Declaration {
  readonly name: string;
  /** Tells it from all others. */
  readonly id: string;
  readonly file: string;
  readonly node: Node;
  readonly generics: Generics;
}

interface Module {
  readonly declared: ReadonlyMap<string, Node>;
  /** Local name to file and name there. */
  readonly imported: ReadonlyMap<string, readonly [file: string, name: string]>;
  readonly exported: readonly (readonly [file: string, name: string])[];
}

/** Reads each file once. */
export class Declarations {
  readonly #modules = new Map<string, Module>();

  /** All that a module exports from others; paths are relative to the project. */
  exportsOf(file: string): readonly Declaration[] {
    return this.#read(file).exported.map(([from, name]) => {
      const found = this.#declaration(from, name);
      if (found === undefined) throw new Error(`${file} exports ${name}, which ${from} does not declare`);
      return found;
    });
  }

  /** What a name means in a declaration's file; `undefined` where the platform declares it. */
  find(name: string, { file }: Pick<Declaration, "file">): Declaration | undefined {
    return this.#declaration(file, name);
  }

  #declaration(file: string, name: string): Declaration | undefined {
    const { declared, imported } = this.#read(file);
    const node = declared.get(name);
    if (node !== undefined) return { name, id: `${file} ${name}`, file, node, generics: ownGenerics(node) };
    const origin = imported.get(name);
    return origin && this.#declaration(...origin);
  }

  #read(file: string): Module {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    const tree = parseAst(readFileSync(`${root}${file}`, "utf8"), { lang: "ts" }) as unknown as Node;
    const module = readModule(tree, file);
    this.#modules.set(file, module);
    return module;
  }
}

function readModule(tree: Node, file: string): Module {
  const declared = new Map<string, Node>();
  const imported = new Map<string, readonly [string, string]>();
  const exported: (readonly [string, string])[] = [];
  for (const statement of tree.body as readonly Node[]) {
    const source = (statement.source as Node | null | undefined)?.value as string | undefined;
    const target = source?.startsWith(".") ? posix.join(posix.dirname(file), source) : undefined;
    if (statement.type === "ExportAllDeclaration") throw new Error(`${file}: exports everything of another file`);
    for (const one of (statement.specifiers ?? []) as readonly Node[]) {
      if (target === undefined) continue;
      const local = String((one.local as Node).name);
      if (statement.type === "ImportDeclaration") {
        imported.set(local, [target, String(((one.imported ?? one.local) as Node).name)]);
      } else {
        exported.push([target, local]);
        imported.set(String((one.exported as Node).name), [target, local]);
      }
    }
    const declaration = (statement.declaration ?? statement) as Node;
    const nodes = declaration.type === "VariableDeclaration"
      ? declaration.declarations as readonly Node[]
      : [declaration];
    for (const node of nodes) {
      const name = (node.id as Node | null | undefined)?.name;
      if (name !== undefined) declared.set(String(name), node);
    }
  }
  return { declared, imported, exported };
}

/** Type parameters of which nothing is known: what they stand for is said elsewhere, or nowhere. */
export function ownGenerics(node: Node): Generics {
  const params = ((node.typeParameters as Node | null | undefined)?.params ?? []) as readonly Node[];
  const from = { name: "", id: "", file: "", node, generics: new Map() };
  return new Map(params.map((param) => [String((param.name as Node).name ?? param.name), { type: undefined, from }]));
}
