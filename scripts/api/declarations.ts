/**
 * The public declarations of a module, as TypeScript's compiler sees them.
 *
 * @module
 */
import { join } from "node:path";
import ts from "typescript-oldest";

/** Something that a module exports. */
export interface PublicSymbol {
  readonly name: string;
  readonly kind: "class" | "function" | "interface" | "type" | "constant";
  /** The folder in `lib/` that it stands in. */
  readonly folder: string;
  readonly doc: Doc;
  /** Its declaration without comments; of an overloaded function, each. */
  readonly code: string;
  /** Its own properties and methods that are public, in the order of the source. */
  readonly members: readonly Member[];
}

/** A member of an interface or a class. */
export interface Member {
  readonly name: string;
  readonly doc: Doc;
}

/** A doc comment in its parts, as Markdown. */
export interface Doc {
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  declaration: true,
  emitDeclarationOnly: true,
  stripInternal: true,
  skipLibCheck: true,
  strict: true,
};

/** What each entry point exports, in the order of names. */
export function publicSymbols(root: string, entries: readonly string[]): readonly (readonly PublicSymbol[])[] {
  const declared = declarationsOf(root, entries);
  const program = ts.createProgram(
    entries.map((entry) => declarationFile(join(root, entry))),
    options,
    hostOver(declared),
  );
  const checker = program.getTypeChecker();
  return entries.map((entry) => {
    const source = program.getSourceFile(declarationFile(join(root, entry)));
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${entry} is no module`);
    return checker.getExportsOfModule(module)
      .map((symbol) => symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
      .map((symbol) => describe(symbol, root))
      .sort((one, other) => one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1);
  });
}

/** The declaration files of the sources: types without bodies, and without what is internal. */
function declarationsOf(root: string, entries: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const program = ts.createProgram(entries.map((entry) => join(root, entry)), {
    ...options,
    paths: { "#runtime": [join(root, "lib/runtime/node.ts")] },
    typeRoots: [join(root, "node_modules/@types")],
    types: ["node", "deno"],
  });
  program.emit(undefined, (name, text) => files.set(name, text), undefined, true);
  return files;
}

function declarationFile(source: string): string {
  return source.replace(/\.ts$/, ".d.ts");
}

function hostOver(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  const ours = (name: string) => files.get(name) ?? files.get(declarationFile(name));
  return {
    ...host,
    fileExists: (name) => ours(name) !== undefined || fileExists(name),
    readFile: (name) => ours(name) ?? readFile(name),
    getSourceFile: (name, target) => {
      const text = ours(name);
      return text === undefined ? getSourceFile(name, target) : ts.createSourceFile(name, text, target, true);
    },
  };
}

const KINDS = new Map<ts.SyntaxKind, PublicSymbol["kind"]>([
  [ts.SyntaxKind.ClassDeclaration, "class"],
  [ts.SyntaxKind.FunctionDeclaration, "function"],
  [ts.SyntaxKind.InterfaceDeclaration, "interface"],
  [ts.SyntaxKind.TypeAliasDeclaration, "type"],
  [ts.SyntaxKind.VariableDeclaration, "constant"],
]);

function describe(symbol: ts.Symbol, root: string): PublicSymbol {
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  const kind = first && KINDS.get(first.kind);
  if (kind === undefined) throw new Error(`${symbol.name} is of a kind that the reference does not know`);
  const file = first.getSourceFile().fileName.slice(root.length + 1);
  const folder = /^lib\/([a-z_]+)[/.]/.exec(file)?.[1] ?? "";
  const members = ts.isClassDeclaration(first) || ts.isInterfaceDeclaration(first) ? membersOf(first) : [];
  return { name: symbol.name, kind, folder, doc: docOf(first), code: declarations.map(codeOf).join("\n"), members };
}

function membersOf(node: ts.ClassDeclaration | ts.InterfaceDeclaration): readonly Member[] {
  const members = new Map<string, Member>();
  for (const member of node.members as ts.NodeArray<ts.ClassElement | ts.TypeElement>) {
    const name = ts.isConstructorDeclaration(member) ? "constructor" : member.name?.getText();
    if (name === undefined || name.startsWith("#") || members.has(name)) continue;
    members.set(name, { name, doc: docOf(member) });
  }
  return [...members.values()];
}

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

function codeOf(node: ts.Declaration): string {
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return printer.printNode(ts.EmitHint.Unspecified, whole, node.getSourceFile())
    .replace(/^export (?:declare )?(?:default )?/, "")
    .replaceAll(/^ {4,}/gm, (blanks) => " ".repeat(blanks.length / 2))
    .replaceAll(/^ +#private;\n/gm, "");
}

function docOf(node: ts.Node): Doc {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const [comment] = ts.getJSDocCommentsAndTags(holder).filter(ts.isJSDoc);
  const tags = (comment?.tags ?? []).map((tag) => ({ name: tag.tagName.text, text: tagText(tag) }));
  return { text: commentText(comment?.comment), tags };
}

function tagText(tag: ts.JSDocTag): string {
  const text = commentText(tag.comment);
  if (ts.isJSDocParameterTag(tag)) return `\`${tag.name.getText()}\` ${text}`;
  if (!ts.isJSDocThrowsTag(tag)) return text;
  // `@throws {Type} words`: the type is a link, as `{@link Type}` is.
  const type = tag.typeExpression?.type.getText();
  return type === undefined ? text : `{@link ${type}} ${text}`;
}

function commentText(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  if (comment === undefined || typeof comment === "string") return comment ?? "";
  return comment.map((part) => ts.isJSDocLink(part) ? part.getText() : part.text).join("");
}
