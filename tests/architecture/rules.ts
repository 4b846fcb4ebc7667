/**
 * The rules that a single file keeps or breaks. Each takes a file and tells what is wrong with it.
 *
 * @module
 */

import { posix } from "node:path";
import { platformFolders } from "./floors.ts";
import { type Node, type Source, type Visit, visitAll } from "./source.ts";

const maxLines = 300;

/** One idea a file. */
export function lengthProblems({ path, text }: Source): string[] {
  const lines = text.replace(/\n$/, "").split("\n").length;
  return lines > maxLines ? [`${path} has ${lines} lines; ${maxLines} are allowed`] : [];
}

/** Files are named in snake_case. */
export function nameProblems({ path }: Source): string[] {
  return /^[a-z0-9_]+\.ts$/.test(posix.basename(path)) ? [] : [`${path} is not snake_case.ts`];
}

const platformGlobals = ["Deno", "Bun", "process", "Buffer", "require", "__dirname", "__filename"];

/** Whether an identifier is the name of a member, not of something in scope. */
function isMemberName({ parent, field }: Visit): boolean {
  return parent !== undefined && !parent.computed && (field === "property" || field === "key");
}

/** No global that one runtime has and another has not. */
export function platformProblems(source: Source): string[] {
  if (platformFolders.includes(posix.dirname(source.path))) return [];
  return visitAll(source).flatMap((visit) => {
    const { node, parent } = visit;
    if (node.type !== "Identifier" || !platformGlobals.includes(node.name as string)) return [];
    const fromGlobal = (parent?.object as Node | undefined)?.name === "globalThis";
    return isMemberName(visit) && !fromGlobal ? [] : [`${source.path} names ${node.name}`];
  });
}

function languageProblem({ node }: Visit): string | undefined {
  switch (node.type) {
    case "TSAnyKeyword":
      return "any";
    case "TSEnumDeclaration":
      return "an enum";
    case "TSModuleDeclaration":
      return "a namespace";
    case "ExportDefaultDeclaration":
      return "a default export";
    case "Decorator":
      return "a decorator";
    case "TSParameterProperty":
      return "a parameter property";
    case "PropertyDefinition":
    case "MethodDefinition": // a constructor cannot have a name with #
      return node.kind !== "constructor" && ["private", "protected"].includes(String(node.accessibility))
        ? `the word ${node.accessibility}`
        : undefined;
    case "ClassDeclaration":
    case "ClassExpression": {
      const base = (node.superClass as Node | null)?.name;
      return base === undefined || /Error$/.test(String(base)) ? undefined : `inheritance from ${base}`;
    }
    default:
      return undefined;
  }
}

/** The parts of TypeScript that the library does without. */
export function languageProblems(source: Source): string[] {
  const problems = visitAll(source).map(languageProblem).filter((problem) => problem !== undefined);
  return problems.map((problem) => `${source.path} uses ${problem}`);
}

// Put together from parts, so that this file keeps the rules that it states.
const registryHosts = [["registry", "npmjs"], ["npm", "jsr"], ["deb", "debian"], ["security", "debian"]];
const machineFolders = ["work", "root", "tmp", "farm"];
const forbiddenText = new RegExp(
  `\\b(${registryHosts.map((labels) => labels.join("\\.")).join("|")})\\b|(?<![\\w.~$}-])/(${
    machineFolders.join("|")
  })/`,
);

/** No host of a package registry and no path of somebody's machine: both are true in one place only. */
export function placeProblems({ path, text }: Source): string[] {
  return text.split("\n").flatMap((line, index) => {
    const found = forbiddenText.exec(line);
    return found === null ? [] : [`${path}:${index + 1} names ${found[0]}`];
  });
}

const testFunctions = ["test", "it", "describe", "suite", "bench"];

/** Most files have none of these names behind a dot, and need not be parsed. A name may be written with escapes. */
const mayBeIdle = /\.(?:\s|\/\*[^]*?\*\/|\/\/.*\n)*(?:only|skip|todo)\b|\\u(?:00|\{0*)[67]/;

/** A test that does not run. */
export function skipProblems(source: Source): string[] {
  if (!mayBeIdle.test(source.text)) return [];
  return visitAll(source).flatMap(({ node }) => {
    if (node.type !== "MemberExpression") return [];
    const name = (node.property as Node).name as string | undefined;
    let callee = node.object as Node;
    while (callee.type === "MemberExpression") callee = callee.object as Node;
    const idle = name !== undefined && ["only", "skip", "todo"].includes(name);
    return idle && testFunctions.includes(callee.name as string) ? [`${source.path} has ${callee.name}.${name}`] : [];
  });
}
