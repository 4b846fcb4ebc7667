/**
 * Every place of the public API at which a caller hands over a string, found by reading the declarations: what is exported
 * is followed from type to type. Everything exported has explicit types, so that syntax is enough, and no compiler is
 * asked. What this reader does not understand is an error: no place is left out in silence.
 *
 * A place is named by the type that declares it and not by each way to it: `Attachment.filename` stands for all attachments.
 * `[]` is an element, `{key}` and `{value}` are a record's, `(name)` is a parameter, `()` is what a caller's function gives.
 *
 * @module
 */
import { type Declaration, Declarations, type Generics, ownGenerics } from "./declarations.ts";
import type { Node } from "../architecture/source.ts";

/** Where a type stands: what a caller hands over, or what a caller is handed, of which only functions take something. */
type Direction = "in" | "out";

/** Types of the platform: whether a string is among what they are made of, and in which of their arguments. */
const PLATFORM: Readonly<Record<string, readonly string[]>> = {
  Readonly: [""],
  Partial: [""],
  Required: [""],
  NonNullable: [""],
  Promise: [""],
  PromiseLike: [""],
  Array: ["[]"],
  ReadonlyArray: ["[]"],
  Iterable: ["[]"],
  AsyncIterable: ["[]"],
  AsyncIterableIterator: ["[]"],
  ReadonlySet: ["[]"],
  Record: ["{key}", "{value}"],
  ReadonlyMap: ["{key}", "{value}"],
};

/** Types of the platform in which nothing is a caller's string, or which are octets. */
const OPAQUE = new Set([
  "AbortSignal",
  "ArrayBuffer",
  "AsyncDisposable",
  "Blob",
  "CryptoKey",
  "Date",
  "Error",
  "ReadableStream",
  "Uint8Array",
  "WritableStream",
  "ErrorOptions",
  "TypeError",
]);

/** What the library alone makes, although its type is exported: whoever forges one has written a part of the library. */
const MADE_HERE = new Set([
  "SessionProtocol",
  "SessionCommand",
  "EnvelopeOption",
  "Part",
  "Composed",
  "Deliver",
  "Driver",
  "ServerState",
]);

/** Reads all of them, sorted. */
export function stringPaths(modules: readonly string[]): readonly string[] {
  const walker = new Walker();
  for (const module of modules) walker.module(module);
  return [...walker.paths].sort();
}

/** The names of all properties that a caller may set, whatever their type; sorted. */
export function propertyNames(modules: readonly string[]): readonly string[] {
  return [...new Set([...objectTypes(modules).values()].flatMap((keys) => [...keys]))].sort();
}

/** The types of all objects that a caller hands over, by name, with their keys; a type that has no name is named by its place. */
export function objectTypes(modules: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const walker = new Walker();
  for (const module of modules) walker.module(module);
  return walker.objects;
}

class Walker {
  readonly paths = new Set<string>();
  readonly objects = new Map<string, Set<string>>();
  readonly #declarations = new Declarations();
  readonly #seen = new Set<string>();

  module(path: string): void {
    for (const declaration of this.#declarations.exportsOf(path)) this.#exported(declaration);
  }

  /** A type that stands in no function's way in is not a caller's. */
  #exported(declaration: Declaration): void {
    const { node, name } = declaration;
    switch (node.type) {
      case "FunctionDeclaration":
      case "TSDeclareFunction":
        return this.#function(node, { path: name, declaration, direction: "out" });
      case "ClassDeclaration":
        return this.#class(declaration);
      case "VariableDeclarator":
        return this.#type(annotation((node.id as Node).typeAnnotation), { path: name, declaration, direction: "out" });
      case "TSInterfaceDeclaration":
      case "TSTypeAliasDeclaration":
        return;
      default:
        throw new Error(`${name}: cannot read ${node.type}`);
    }
  }

  #class(declaration: Declaration): void {
    const { node, name } = declaration;
    if (this.#seen.has(`class ${declaration.id}`)) return;
    this.#seen.add(`class ${declaration.id}`);
    for (const member of (node.body as { readonly body: readonly Node[] }).body) {
      const key = member.key as Node | undefined;
      const hidden = member.accessibility === "private" || key?.type === "PrivateIdentifier";
      if (hidden || member.type === "StaticBlock") continue;
      if (member.type === "TSIndexSignature") throw new Error(`${name}: has an index signature`);
      const isStatic = member.static === true;
      const path = member.kind === "constructor" ? `new ${name}` : `${name}${isStatic ? "." : "#"}${nameOf(key!)}`;
      const at = { path, declaration, direction: "out" } as const;
      if (member.type === "PropertyDefinition") this.#type(annotation(member.typeAnnotation), at);
      else this.#function(member.value as Node, at);
    }
  }

  /** `direction` is that of the function: what it takes goes the other way. */
  #function(node: Node, { path, declaration: around, direction }: Place): void {
    const declaration = { ...around, generics: new Map([...around.generics, ...ownGenerics(node)]) };
    const params = node.params as readonly Node[];
    for (const [index, param] of params.entries()) {
      const named = param.type === "AssignmentPattern" ? param.left as Node : param;
      const type = annotation(named.typeAnnotation) ?? annotation(param.typeAnnotation);
      const word = named.type === "Identifier" ? String(named.name) : String(index);
      if (type === undefined) throw new Error(`${path}: parameter ${word} has no type`);
      this.#type(type, { path: `${path}(${word})`, declaration, direction: direction === "out" ? "in" : "out" });
    }
    const result = annotation(node.returnType);
    if (result !== undefined) this.#type(result, { path: `${path}()`, declaration, direction });
  }

  #type(type: Node | undefined, place: Place): void {
    if (type === undefined) return;
    const { path, declaration, direction } = place;
    const found = () => {
      if (direction === "in") this.paths.add(path);
    };
    switch (type.type) {
      case "TSStringKeyword":
      case "TSTemplateLiteralType":
      case "TSUnknownKeyword":
        return found();
      case "TSLiteralType":
        return typeof (type.literal as Node).value === "string" ? found() : undefined;
      case "TSUnionType":
      case "TSIntersectionType":
        return (type.types as readonly Node[]).forEach((one) => this.#type(one, place));
      case "TSParenthesizedType":
        return this.#type(type.typeAnnotation as Node, place);
      case "TSArrayType":
        return this.#type(type.elementType as Node, { ...place, path: `${path}[]` });
      case "TSTupleType":
        return (type.elementTypes as readonly Node[]).forEach((one, index) =>
          this.#type(one, { ...place, path: `${path}[${index}]` })
        );
      case "TSNamedTupleMember":
        return this.#type(type.elementType as Node, place);
      case "TSRestType":
        return this.#type(type.typeAnnotation as Node, place);
      case "TSTypeOperator":
        return type.operator === "keyof" ? found() : this.#type(type.typeAnnotation as Node, place);
      case "TSTypeLiteral":
        return (type.members as readonly Node[]).forEach((member) => this.#member(member, place));
      case "TSFunctionType":
        return this.#function(type, place);
      case "TSTypeReference":
        return this.#reference(type, place);
      case "TSIndexedAccessType":
        return this.#indexed(type, place);
      case "TSTypePredicate":
      case "TSThisType":
      case "TSUndefinedKeyword":
      case "TSNullKeyword":
      case "TSVoidKeyword":
      case "TSNumberKeyword":
      case "TSBooleanKeyword":
      case "TSBigIntKeyword":
      case "TSSymbolKeyword":
      case "TSNeverKeyword":
      case "TSObjectKeyword":
      case "TSTypeQuery":
        return;
      default:
        throw new Error(`${declaration.file} ${path}: cannot read ${type.type}`);
    }
  }

  #member(member: Node, { path, declaration, direction }: Place): void {
    if (member.type === "TSIndexSignature") {
      if (direction === "in") this.paths.add(`${path}{key}`);
      return this.#type(annotation(member.typeAnnotation), { path: `${path}{value}`, declaration, direction });
    }
    const name = nameOf(member.key as Node);
    if (direction === "in" && !name.startsWith("[")) {
      this.objects.set(path, (this.objects.get(path) ?? new Set()).add(name));
    }
    const place = { path: `${path}.${name}`, declaration, direction };
    if (member.type === "TSMethodSignature") this.#function(member, place);
    else if (member.type === "TSPropertySignature") this.#type(annotation(member.typeAnnotation), place);
    else throw new Error(`${path}: cannot read ${member.type}`);
  }

  /** `A["b"]`: as what `b` is. */
  #indexed(type: Node, place: Place): void {
    let object = type.objectType as Node;
    while (object.type === "TSParenthesizedType") object = object.typeAnnotation as Node;
    // The values of a table here: words, as far as anybody knows.
    if (object.type === "TSTypeQuery") return this.#type({ type: "TSStringKeyword" }, place);
    const name = object.type === "TSTypeReference" ? (object.typeName as Node).name : undefined;
    const key = ((type.indexType as Node).literal as Node | undefined)?.value;
    const owner = name === undefined ? undefined : this.#declarations.find(String(name), place.declaration);
    const member = owner && membersOf(owner.node).find((one) => nameOf(one.key as Node) === key);
    if (owner === undefined || member === undefined) throw new Error(`${place.path}: cannot read an indexed type`);
    this.#type(annotation(member.typeAnnotation), { ...place, declaration: owner });
  }

  #reference(type: Node, place: Place): void {
    const { path, declaration, direction } = place;
    const name = String((type.typeName as Node).name);
    const args = ((type.typeArguments ?? type.typeParameters) as Node | undefined)?.params as readonly Node[] ?? [];
    if (MADE_HERE.has(name)) return;
    const generic = declaration.generics.get(name);
    if (generic !== undefined) return generic.type && this.#type(generic.type, { ...place, declaration: generic.from });
    const target = this.#declarations.find(name, declaration);
    if (target === undefined) {
      if (OPAQUE.has(name)) return;
      // What is left out is declared all the same: its place is named by its own type.
      if (name === "Omit" || name === "Pick" || name === "Extract" || name === "Exclude") {
        return this.#type(args[0]!, place);
      }
      const suffixes = PLATFORM[name];
      if (suffixes === undefined) throw new Error(`${declaration.file} ${path}: the type ${name} is not known here`);
      return suffixes.forEach((suffix, index) => this.#type(args[index], { ...place, path: `${path}${suffix}` }));
    }
    const generics = boundGenerics(target, args, declaration);
    if (target.node.type === "TSTypeAliasDeclaration") return this.#alias({ ...target, generics }, place);
    // An interface or a class is read once in each direction.
    const mark = `${direction} ${target.id}`;
    if (this.#seen.has(mark)) return;
    this.#seen.add(mark);
    if (target.node.type === "ClassDeclaration") return this.#class(target);
    if (target.node.type !== "TSInterfaceDeclaration") throw new Error(`${path}: cannot read ${target.node.type}`);
    const own = { path: target.name, declaration: { ...target, generics }, direction };
    for (const member of membersOf(target.node)) this.#member(member, own);
    for (const base of (target.node.extends ?? []) as readonly Node[]) {
      const reference = { ...base, type: "TSTypeReference", typeName: base.expression } as unknown as Node;
      this.#reference(reference, { path: target.name, declaration: { ...target, generics }, direction });
    }
  }

  /** What an alias stands for counts where it is used; what it declares itself counts once, under its own name. */
  #alias(alias: Declaration, place: Place): void {
    const mark = `${place.direction} ${alias.id} at ${place.path}`;
    if (this.#seen.has(mark)) return;
    this.#seen.add(mark);
    const type = alias.node.typeAnnotation as Node;
    const parts = type.type === "TSUnionType" || type.type === "TSIntersectionType"
      ? type.types as readonly Node[]
      : [type];
    for (const part of parts) {
      const declares = part.type === "TSTypeLiteral" || part.type === "TSFunctionType";
      this.#type(part, { ...place, declaration: alias, path: declares ? alias.name : place.path });
    }
  }
}

interface Place {
  readonly path: string;
  readonly declaration: Declaration;
  readonly direction: Direction;
}

function annotation(node: unknown): Node | undefined {
  return (node as Node | null | undefined)?.typeAnnotation as Node | undefined;
}

function membersOf(node: Node): readonly Node[] {
  const { body } = node.body as { readonly body: readonly Node[] };
  return body;
}

function nameOf(key: Node): string {
  if (key.type === "MemberExpression") return `[${String((key.property as Node).name)}]`;
  return String(key.name ?? key.value);
}

function boundGenerics(target: Declaration, args: readonly Node[], from: Declaration): Generics {
  const params = ((target.node.typeParameters as Node | undefined)?.params ?? []) as readonly Node[];
  return new Map(params.map((param, index) => {
    const name = (param.name as Node).name ?? param.name;
    return [String(name), { type: args[index] ?? param.default as Node | undefined, from }];
  }));
}
