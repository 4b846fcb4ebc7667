/**
 * What the tests of the configuration languages share.
 *
 * @module
 */
import { expect } from "vitest";
import { ConfigError } from "../../../lib/errors.ts";
import type { FileLoader } from "../../../lib/profile/file_loader.ts";

/** Runs something that must be refused, and returns the ConfigError. */
export function refusal(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
  throw new Error("it was accepted");
}

/** Awaits something that must be refused, and returns the ConfigError. */
export async function rejection(promise: Promise<unknown>): Promise<ConfigError> {
  const error = await promise.then(() => new Error("it was accepted"), (error: unknown) => error);
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
}

/** A loader over texts by path; it keeps count of what was asked for. */
export function memoryLoader(files: Readonly<Record<string, string>>): FileLoader & { readonly asked: string[] } {
  const asked: string[] = [];
  function load(path: string): Promise<Uint8Array> {
    asked.push(path);
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    return text === undefined
      ? Promise.reject(new Error("no such file"))
      : Promise.resolve(new TextEncoder().encode(text));
  }
  return Object.assign(load, { asked });
}

/** All that an error gives away: message, fields and cause. */
export function everythingIn(error: ConfigError): string {
  return `${error.message} ${JSON.stringify(error)} ${String(error.cause)} ${error.option} ${error.profile}`;
}
