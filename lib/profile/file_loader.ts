/**
 * How the configuration languages get at files: through a function of the caller's, never by themselves.
 *
 * @module
 */
import { ConfigError, type ConfigPlace, type SmtpErrorCode, UnsupportedError } from "../errors.ts";
import { configError, printable, quotePath } from "./text.ts";

/** Largest file that is read, in octets: 1 MiB. */
export const MAX_FILE_SIZE = 1_048_576;

/** Milliseconds that a loader has for a file. Own limit: a pipe that nobody writes into is waited for for ever. */
const LONGEST = 30_000;

/** Longest reason of a platform's that an error repeats, in UTF-16 code units. */
const MAX_REASON = 200;

/** Reads a whole file; the path is one that the configuration names, with `/` or `\` as written there. */
export type FileLoader = (path: string) => Promise<Uint8Array>;

/**
 * Reads a file of at most 1 MiB within half a minute; whatever the loader throws becomes an error that names the place where
 * the file is named.
 *
 * @throws {ConfigError} `CONFIG_FILE`, or `CONFIG_LIMIT` over 1 MiB
 * @throws {UnsupportedError} as the loader threw it, where there are no files; the signal's reason
 */
export async function readFile(
  path: string,
  options: { readonly loader: FileLoader; readonly place: ConfigPlace; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const { signal } = options;
  let octets: Uint8Array;
  try {
    signal?.throwIfAborted();
    octets = await inTime(options.loader(path), signal);
  } catch (cause) {
    if (cause instanceof UnsupportedError || (signal?.aborted === true && cause === signal.reason)) throw cause;
    const code: SmtpErrorCode = cause instanceof ConfigError ? cause.code : "CONFIG_FILE";
    const reason = cause instanceof Error ? `: ${printable(cause.message.slice(0, MAX_REASON))}` : "";
    throw configError(code, `the file ${quotePath(path)} cannot be read${reason}`, options.place, cause);
  }
  if (!(octets instanceof Uint8Array)) throw new TypeError("a file loader must resolve to a Uint8Array");
  if (octets.length > MAX_FILE_SIZE) {
    throw configError(
      "CONFIG_LIMIT",
      `the file ${quotePath(path)} has more than ${MAX_FILE_SIZE} octets`,
      options.place,
    );
  }
  return octets;
}

function inTime<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new Error(`it took more than ${LONGEST} ms`))), LONGEST);
    const onAbort = () => end(() => reject(signal!.reason));
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    signal?.addEventListener("abort", onAbort);
    Promise.resolve(work).then((value) => end(() => resolve(value)), (error: unknown) => end(() => reject(error)));
  });
}
