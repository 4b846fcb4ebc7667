/**
 * Paths as a configuration writes them: with a path logical in front (`usys:ca.pem`), absolute, or relative to the
 * folder of the file that names them. String work only, with `/` and `\` alike; nothing asks a file system.
 *
 * @module
 */
import type { ConfigPlace } from "../errors.ts";
import { entriesOf } from "../given.ts";
import { suggestion } from "../errors/nearest.ts";
import { configError, forbiddenAt, isBlank, quote } from "./text.ts";

/** Path logicals by lower-case name, each with its folder. */
export type PathLogicals = ReadonlyMap<string, string>;

/** How a path that is not absolute is resolved. */
export interface PathContext {
  /** Folder of the file that names the path; by default the path stays relative, as the loader takes it. */
  readonly directory?: string;
  readonly logicals?: PathLogicals;
}

/** Two characters at least: `C:` is a drive letter of Windows, never a logical. */
const LOGICAL = /^([A-Za-z][A-Za-z0-9_$-]+):/;

/**
 * Checks path logicals as a caller gives them, such as `{ usys: "/opt/uniface/usys" }`; names count in any case.
 *
 * @throws {ConfigError} `CONFIG_VALUE` for a name or folder that is none, `CONFIG_DUPLICATE` for a name in two spellings
 */
export function readLogicals(logicals: Readonly<Record<string, string>> | undefined): PathLogicals {
  const result = new Map<string, string>();
  for (const [name, folder] of logicals === undefined ? [] : entriesOf(logicals, "logicals")) {
    const place: ConfigPlace = { source: "path logicals" };
    if (LOGICAL.exec(`${name}:`)?.[1] !== name) {
      throw configError("CONFIG_VALUE", `${quote(name)} is no name; two or more letters, digits, - _ $`, place);
    }
    if (typeof folder !== "string" || folder === "" || forbiddenAt(folder) >= 0) {
      throw configError("CONFIG_VALUE", `${quote(name)} must be the path of a folder`, place);
    }
    if (result.has(name.toLowerCase())) {
      throw configError("CONFIG_DUPLICATE", `${quote(name)} is given twice, in any case`, place);
    }
    result.set(name.toLowerCase(), folder);
  }
  return result;
}

/**
 * Resolves a path.
 *
 * @throws {ConfigError} `CONFIG_UNDEFINED` for a path logical that is not defined, `CONFIG_VALUE` for an empty path
 */
export function resolvePath(path: string, options: PathContext & { readonly place: ConfigPlace }): string {
  if (path === "") throw configError("CONFIG_VALUE", "the path of a file is empty", options.place);
  const logical = LOGICAL.exec(path)?.[1];
  if (logical === undefined) {
    return options.directory === undefined || isAbsolute(path) ? path : join(options.directory, path);
  }
  const logicals = options.logicals ?? new Map<string, string>();
  const folder = logicals.get(logical.toLowerCase());
  if (folder === undefined) {
    const hint = logicals.size === 0 ? "none is" : suggestion(logical, [...logicals.keys()]);
    throw configError("CONFIG_UNDEFINED", `the path logical ${quote(logical)} is not defined; ${hint}`, options.place);
  }
  const rest = path.slice(logical.length + 1);
  if (rest === "" || isBlank(rest[0])) {
    throw configError("CONFIG_VALUE", `no file is named behind ${quote(`${logical}:`)}`, options.place);
  }
  return join(folder, rest);
}

/** The folder of a file; `undefined` for a bare name, which is relative to wherever the loader looks. */
export function directoryOf(path: string): string | undefined {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? undefined : path.slice(0, end + 1);
}

/** One spelling for each path, to see a file that includes itself: without `.`, `..`, doubled or mixed separators. */
export function pathIdentity(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split(/[/\\]/)) {
    const goesUp = segment === ".." && segments.length > 0 && segments[segments.length - 1] !== "..";
    if (goesUp) segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return (isSeparator(path[0]) ? "/" : "") + segments.join("/");
}

function isAbsolute(path: string): boolean {
  return isSeparator(path[0]) || /^[A-Za-z]:/.test(path);
}

function join(directory: string, path: string): string {
  if (isSeparator(directory[directory.length - 1]) || isSeparator(path[0])) return directory + path;
  const separator = directory.includes("\\") && !directory.includes("/") ? "\\" : "/";
  return directory + separator + path;
}

function isSeparator(character: string | undefined): boolean {
  return character === "/" || character === "\\";
}
