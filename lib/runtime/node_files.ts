/**
 * Files by `node:fs`, for the Node and the Deno adapter alike.
 *
 * @module
 */
import type { FileHandle } from "node:fs/promises";
import { ConfigError } from "../errors.ts";
import type { OpenFile } from "./runtime.ts";

/** Octets read at once from a file that is streamed. */
const CHUNK_SIZE = 128 * 1024;

/** Reads a file as `Runtime.readFile` says. */
export async function readFile(path: string, options: { readonly maxSize: number }): Promise<Uint8Array> {
  const file = await openForReading(path);
  try {
    // A size may be unknown (a pipe) or change: what counts is what is read.
    const buffer = new Uint8Array(Math.min((await file.stat()).size, options.maxSize) + 1);
    const chunks: Uint8Array[] = [];
    let size = 0;
    while (true) {
      const into = size < buffer.length ? buffer.subarray(size) : new Uint8Array(CHUNK_SIZE);
      const { bytesRead } = await file.read(into, 0, into.length, null);
      if (bytesRead === 0) break;
      if (size >= buffer.length) chunks.push(into.subarray(0, bytesRead));
      size += bytesRead;
      if (size > options.maxSize) {
        throw new ConfigError("CONFIG_LIMIT", `${path}: the file has more than ${options.maxSize} octets`);
      }
    }
    if (chunks.length === 0) return buffer.subarray(0, size);
    const whole = new Uint8Array(size);
    whole.set(buffer);
    let at = buffer.length;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** Opens a file as `Runtime.openFile` says. */
export async function openFile(path: string): Promise<OpenFile> {
  const file = await openForReading(path);
  const { size } = await file.stat();
  const octets = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_SIZE), 0, CHUNK_SIZE, null);
        if (bytesRead > 0) {
          controller.enqueue(buffer.subarray(0, bytesRead));
          return;
        }
      } catch (error) {
        await file.close();
        throw unreadable(path, error);
      }
      await file.close();
      controller.close();
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
  return { size, octets };
}

/** Follows symbolic links as `Runtime.realPath` says. */
export async function realPath(path: string): Promise<string> {
  try {
    const { realpath } = await import("node:fs/promises");
    return await realpath(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    const { open } = await import("node:fs/promises");
    file = await open(path, "r");
  } catch (error) {
    throw unreadable(path, error);
  }
  const isDirectory = (await file.stat()).isDirectory();
  if (!isDirectory) return file;
  await file.close();
  throw unreadable(path, { code: "EISDIR" });
}

function unreadable(path: string, cause: unknown): ConfigError {
  const { name, code } = (typeof cause === "object" && cause !== null ? cause : {}) as {
    readonly name?: string;
    readonly code?: string;
  };
  const why = name === "NotCapable"
    ? `the permission is missing; run with --allow-read=${path}`
    : code === "ERR_ACCESS_DENIED"
    ? `the permission is missing; run with --allow-fs-read=${path}`
    : code === "ENOENT"
    ? "there is no such file"
    : code === "EISDIR"
    ? "it is a folder"
    : code === "EACCES" || code === "EPERM"
    ? "permission denied"
    : `it cannot be read (${code ?? "unknown failure"})`;
  return new ConfigError("CONFIG_FILE", `${path}: ${why}`, {}, { cause });
}
