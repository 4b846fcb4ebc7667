/**
 * Runs before each file of the everyday tests. The files of a worker share what they import, and with it the clock.
 *
 * @module
 */
import { afterAll, vi } from "vitest";

afterAll(() => {
  vi.useRealTimers();
});
