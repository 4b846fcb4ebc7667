/**
 * Files as parts of a message: attachments, and what its HTML shows.
 *
 * @module
 */
import { fromFile } from "../client/from_file.ts";
import { InputError } from "../errors.ts";
import type { Attachment } from "../mime/attachment.ts";
import { checkContentId } from "../mime/message_id.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { requireOne, requireText } from "./arguments.ts";
import { composable } from "./message_values.ts";
import { type OptionList, readOptions, textOption } from "./option_list.ts";
import type { InlineInformation } from "./results.ts";

/** A file that is to be attached; nothing of it was opened yet. */
export interface FilePart {
  readonly path: string;
  readonly filename: string;
  readonly contentType: string | undefined;
  /** Makes it a part that the HTML shows. */
  readonly cid: string | undefined;
}

/**
 * Reads what is said about a file: its path, and the options `FileName`, the name that recipients see, and `MIMEType`.
 *
 * @throws {InputError}
 */
export function readFilePart(path: string, list: OptionList): FilePart {
  requireText({ path });
  requireOne(list, "options");
  const options = readOptions(list, { field: "options", keys: ["FileName", "MIMEType"] });
  if (path === "") throw new InputError("path", "is required");
  const filename = textOption(options.get("FileName"), "FileName") || path.split(/[\\/]/).at(-1)!;
  const contentType = textOption(options.get("MIMEType"), "MIMEType") || undefined;
  return composed({ path, filename, contentType, cid: undefined });
}

/**
 * Makes a file a part that the HTML shows. Without an identifier it has the file's name for one, where that can be one.
 *
 * @throws {InputError}
 */
export function readInlinePart(file: FilePart, contentId: string): FilePart {
  requireText({ contentId });
  if (contentId !== "") return { ...file, cid: checkContentId(contentId, "contentId") };
  try {
    return { ...file, cid: checkContentId(file.filename, "contentId") };
  } catch {
    throw new InputError("contentId", "is required for this file, whose name cannot be an identifier");
  }
}

/** What is told of an inline file; `cid` is empty when it was refused. */
export function inlineInformation(status: number, cid: string): InlineInformation {
  if (status < 0) return { status, contentId: "", url: "" };
  return { status, contentId: cid, url: `cid:${encodeURIComponent(cid).replaceAll("%40", "@")}` };
}

/**
 * Opens a file to see that it is there, and how large it is; it is read each time that the message is sent.
 *
 * @throws {ConfigError} {@link UnsupportedError} it cannot be read
 * @throws {InputError} it cannot be sent
 */
export async function openFilePart(file: FilePart, runtime: Runtime | undefined): Promise<Attachment> {
  const { path, ...about } = file;
  const attachment = await fromFile(path, { ...about, runtime });
  composable({ attachments: [attachment] });
  return attachment;
}

/** Finds out what is wrong with a name or a type before the file is opened. */
function composed(file: FilePart): FilePart {
  const { path: _, ...about } = file;
  composable({ attachments: [{ ...about, content: new Uint8Array() }] });
  return file;
}
