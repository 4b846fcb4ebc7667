import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { sectionOf } from "../../../scripts/release_notes.ts";

const changelog =
  "# Changelog\n\nWords.\n\n## 1.2.0 (2026-01-02)\n\n### Added\n\n- two\n\n## 1.1.0 (unreleased)\n\n- one\n\n" +
  "## 1.0.0 (2025-12-31)\n\n## 0.9.0 (2025-12-30)\n\n- zero\n";

test("sectionOf takes what stands below a version's heading", () => {
  expect(sectionOf(changelog, "1.2.0")).toBe("### Added\n\n- two");
  expect(sectionOf(changelog, "0.9.0")).toBe("- zero");
});

test.each(["1.1.0", "1.0.0", "1.2", "2.0.0"])("sectionOf finds nothing to publish for %s", (version) => {
  expect(sectionOf(changelog, version)).toBeUndefined();
});

test("CHANGELOG.md begins with the version in deno.json", async () => {
  const read = (name: string) => readFile(new URL(`../../../${name}`, import.meta.url), "utf8");
  const { version } = JSON.parse(await read("deno.json"));
  expect(/^## (\S+) \((unreleased|\d{4}-\d\d-\d\d)\)$/m.exec(await read("CHANGELOG.md"))?.[1]).toBe(version);
});
