/**
 * The conformance suite's rules for files.
 *
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Runtime } from "../../lib/runtime/runtime.ts";

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);

/** Describes how every runtime reads files. */
export function describeFiles(runtime: Runtime): void {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "posthaste-"));
    file = join(folder, "file");
    writeFileSync(file, CONTENT);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe("runtime.readFile", () => {
    test("reads a whole file, up to a size", async () => {
      expect(sameOctets(await runtime.readFile(file, { maxSize: CONTENT.length }), CONTENT)).toBe(true);
      await expect(runtime.readFile(file, { maxSize: CONTENT.length - 1 }))
        .rejects.toMatchObject({ name: "ConfigError", code: "CONFIG_LIMIT" });
    });

    test("bounds a file that does not tell its size", async () => {
      if (readdirSync("/").includes("dev")) {
        await expect(runtime.readFile("/dev/zero", { maxSize: 1_000 })).rejects.toMatchObject({ code: "CONFIG_LIMIT" });
      }
    });
  });

  test.each(["readFile", "openFile"] as const)("runtime.%s names a file that is missing, or a folder", async (name) => {
    for (const path of [join(folder, "none"), folder]) {
      const error = await runtime[name](path, { maxSize: 1_000 }).catch((error) => error);
      expect(error).toMatchObject({ name: "ConfigError", code: "CONFIG_FILE" });
      expect(error.message).toContain(path);
    }
  });

  describe("runtime.realPath", () => {
    test("follows symbolic links, and makes a path absolute", async () => {
      const inside = join(await runtime.realPath!(folder), "file");
      symlinkSync("file", join(folder, "link"));
      expect(await runtime.realPath!(join(folder, "link"))).toBe(inside);
      expect(await runtime.realPath!(join(folder, ".", "none", "..", "file"))).toBe(inside);
      expect(isAbsolute(await runtime.realPath!("."))).toBe(true);
    });

    test("names a file that is missing", async () => {
      const error = await runtime.realPath!(join(folder, "none")).catch((error) => error);
      expect(error).toMatchObject({ name: "ConfigError", code: "CONFIG_FILE" });
    });
  });

  describe("runtime.openFile", () => {
    test("tells the size and gives the octets in order", async () => {
      const { size, octets } = await runtime.openFile(file);
      expect(size).toBe(CONTENT.length);
      const whole = new Uint8Array(size);
      let at = 0;
      for await (const chunk of octets) {
        expect(chunk.length).toBeLessThanOrEqual(256 * 1024);
        whole.set(chunk, at);
        at += chunk.length;
      }
      expect(sameOctets(whole, CONTENT)).toBe(true);
    });

    test("gives an empty file as no octets", async () => {
      const empty = join(folder, "empty");
      writeFileSync(empty, "");
      const { size, octets } = await runtime.openFile(empty);
      expect(size).toBe(0);
      expect(await octets.getReader().read()).toEqual({ done: true, value: undefined });
    });

    test("closes the file when its reader loses interest, or has read it", async () => {
      const before = openFiles();
      for (let i = 0; i < 20; i++) {
        const { octets } = await runtime.openFile(file);
        for await (const _ of octets) if (i % 2 === 0) break;
      }
      expect(openFiles()).toBeLessThan(before + 10);
    });
  });
}

/** The test runner's own comparison takes a second for this many. */
function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, i) => octet === other[i]);
}

/** Of this process, where the system tells. */
function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
