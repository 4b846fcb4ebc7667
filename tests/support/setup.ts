/**
 * Runs before each file of the everyday tests. The files of a worker share what they import, and with it the clock.
 *
 * @module
 */
import { statSync } from "node:fs";
import { afterAll, vi } from "vitest";

// When the last file that somebody looked at synchronously was a Unix socket or a pipe (`rmSync` of a folder with one),
// Node 20 follows no link in the paths of modules from there on: it takes that file's kind for the kind of the folder in
// hand (realpathSync in lib/fs.js, `binding.statValues`). Modules are then not found, or loaded twice.
statSync(".");

afterAll(() => {
  vi.useRealTimers();
});
