/**
 * Attachments by path, from one folder.
 *
 * @module
 */
import { runtime as platform } from "#runtime";
import { ConfigError } from "../errors.ts";
import { given } from "../given.ts";
import type { AttachmentLoader } from "../mime/loader.ts";
import type { OctetStream } from "../mime/source.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Whose files may be attached. */
export interface FileLoaderOptions {
  /** The folder: every path is one inside it. */
  readonly root: string;
  /** Whose files. Default: those of the runtime this runs on. */
  readonly runtime?: Runtime;
}

/**
 * Opens attachments that have a `path`: components with `/` between them, inside one folder. A path is refused that is
 * absolute or holds `\`, `:`, a control character, or a component that is empty, `.` or `..`; and so is, when it is opened, one
 * whose symbolic links lead out of the folder, where the runtime has `realPath` (Node and Deno do).
 *
 * What cannot be seen: a hard link, something mounted inside the folder, a file that somebody who may write in the folder
 * puts in another's place between the look and the opening, and on Windows the name of a device. Nobody else should be
 * able to write there.
 *
 * @throws {TypeError} a folder that is none
 *
 * @example
 * ```ts
 * import { compose, fileLoader } from "@posthaste/smtp";
 *
 * const load = fileLoader({ root: "./attachments" });
 * const attachments = [{ path: "2026/report.pdf" }];
 * const { content } = compose({ from: "ada@example.com", to: "bob@example.net", attachments }, { load });
 * ```
 */
export function fileLoader(options: FileLoaderOptions): Required<Pick<AttachmentLoader, "path">> {
  const own = given(options, { place: "", what: "fileLoader", keys: { root: undefined, runtime: platform } });
  const { root, runtime } = own as Required<FileLoaderOptions>;
  if (typeof root !== "string" || root === "" || root.includes("\0")) {
    throw new TypeError("root: must be a folder's path");
  }
  return {
    path: (path) => {
      checkPath(path);
      return { open: () => open(`${root.replace(/[\\/]$/, "")}/${path}`, { root, runtime }) };
    },
  };
}

// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\\:\x00-\x1f\x7f]/;

function checkPath(path: string): void {
  if (FORBIDDEN.test(path)) throw new TypeError("a path has no backslash, colon or control character");
  if (path.startsWith("/")) throw new TypeError("must be a path inside the folder, not an absolute one");
  if (path.split("/").some((component) => component === "" || component === "." || component === "..")) {
    throw new TypeError("must be a path inside the folder, without empty components, . and ..");
  }
}

async function open(path: string, { root, runtime }: Required<FileLoaderOptions>): Promise<OctetStream> {
  if (runtime.realPath === undefined) return (await runtime.openFile(path)).octets;
  const [folder, file] = await Promise.all([runtime.realPath(root), runtime.realPath(path)]);
  const isInside = file.startsWith(folder) && /[\\/]/.test(/[\\/]$/.test(folder) ? "/" : file[folder.length] ?? "");
  if (!isInside) throw new ConfigError("CONFIG_FILE", `${path}: a symbolic link leads out of the folder`);
  // The real path has no link that somebody could turn elsewhere.
  return (await runtime.openFile(file)).octets;
}
