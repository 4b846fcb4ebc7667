/**
 * A file as an attachment. It is the caller who opens files, by calling this; nothing inside a message's data does.
 *
 * @module
 */
import { runtime as platform } from "#runtime";
import { given, type KeysOf } from "../given.ts";
import type { Attachment } from "../mime/attachment.ts";
import type { ContentSource } from "../mime/source.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** What an attachment says beside its content. */
export interface FromFileOptions {
  /** Name that the recipient sees. Default: the last component of the path. */
  readonly filename?: string;
  /** Default: by the filename's extension. */
  readonly contentType?: string;
  /** Makes it an inline part that the HTML shows as `cid:…`. */
  readonly cid?: string;
  /** `inline` for what an HTML text shows by its `cid`. Default `attachment`, or `inline` with a `cid`. */
  readonly disposition?: "attachment" | "inline";
  /** Whose files. Default: those of the runtime this runs on. */
  readonly runtime?: Runtime;
}

const KEYS: KeysOf<FromFileOptions> = {
  filename: undefined,
  contentType: undefined,
  cid: undefined,
  disposition: undefined,
  runtime: platform,
};

type ReadFromFile = FromFileOptions & { readonly runtime: Runtime };

/**
 * An attachment with a file's content, which is read in pieces each time the message is sent. The file has to be there
 * now, and has to have the same size then.
 *
 * @throws {ConfigError} `CONFIG_FILE` when it is missing or unreadable
 * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED` where there are no files
 *
 * @example
 * ```ts
 * import { fromFile, send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   text: "Here it is.",
 *   attachments: [await fromFile("report.pdf")],
 * });
 * ```
 */
export async function fromFile(path: string, options: FromFileOptions = {}): Promise<Attachment> {
  const keys = { ...KEYS, filename: path.split(/[\\/]/).at(-1) };
  const { runtime, ...about } = given(options, { place: "", what: "fromFile", keys }) as ReadFromFile;
  const { size, octets } = await runtime.openFile(path);
  await octets.cancel();
  const content: ContentSource = { size, open: async () => (await runtime.openFile(path)).octets };
  return { ...about, content };
}
