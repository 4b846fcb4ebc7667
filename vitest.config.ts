import { defineConfig } from "vitest/config";

// The package chooses a runtime through the import "#runtime"; the test runner needs the same choice spelled out.
const onDeno = "Deno" in globalThis;

export default defineConfig({
  resolve: {
    alias: {
      "#runtime": new URL(`./lib/runtime/${onDeno ? "deno" : "node"}.ts`, import.meta.url).pathname,
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/integration/**"],
    testTimeout: 10_000,
    restoreMocks: true,
  },
});
