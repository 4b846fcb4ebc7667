import { defineConfig } from "vitest/config";
import { secretsPlugin } from "./tests/support/secrets/plugin.mts";

// The package chooses a runtime through the import "#runtime"; the test runner needs the same choice spelled out.
const onDeno = "Deno" in globalThis;
/** Against what hangs; a machine that has much else to do takes ten times as long as one that is idle. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };
const runtime = pathOf(`./lib/runtime/${onDeno ? "deno" : "node"}.ts`);

function pathOf(file: string): string {
  return new URL(file, import.meta.url).pathname;
}

/** Files that replace the clock and chance of all, and repeat to the octet only if nobody was there before. */
const alone = ["tests/simulation/**/*.test.ts"];

export default defineConfig({
  plugins: [secretsPlugin],
  resolve: {
    // Examples import the package by its name.
    alias: [
      { find: "#runtime", replacement: runtime },
      { find: /^@posthaste\/smtp$/, replacement: pathOf("./mod.ts") },
      { find: /^@posthaste\/smtp\/uniface$/, replacement: pathOf("./lib/uniface/mod.ts") },
    ],
  },
  test: {
    restoreMocks: true,
    setupFiles: ["tests/support/secrets/setup.ts"],
    // One worker a core: most test files wait for sockets or compute, and leave the main process little to do.
    maxWorkers: "100%",
    // scripts/test.ts picks one of these; `vitest run tests/unit/mime` finds its files in whichever has them.
    projects: [
      {
        extends: true,
        test: {
          name: "everyday",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/integration/**", "tests/package/**", "tests/workers/**", "tests/load/**", ...alone],
          ...patience,
          // The files of a worker share what they import: loading it anew for each takes longer than all the tests.
          isolate: false,
          setupFiles: ["tests/support/setup.ts"],
        },
      },
      {
        extends: true,
        test: { name: "everyday-alone", include: alone, ...patience },
      },
      {
        extends: true,
        test: {
          name: "package",
          include: ["tests/package/**/*.test.ts"],
          globalSetup: ["tests/package/setup.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        // With the package's: what they have in common is that one of the runtimes that start them is enough.
        test: {
          name: "package-workers",
          include: ["tests/workers/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Each file starts servers of its own, and waits for them most of the time.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: "load",
          include: ["tests/load/**/*.test.ts"],
          globalSetup: ["tests/load/setup.ts"],
          hookTimeout: 60_000,
          // Each has the machine to itself.
          fileParallelism: false,
        },
      },
    ],
  },
});
