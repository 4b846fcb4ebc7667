/**
 * The stopwatch. Lanes repeat something without waiting for each other; the clock runs from one completion to a later one, so
 * that neither the start nor the draining at the end counts.
 *
 * @module
 */
import type { Extent, Measurement } from "../job.ts";
import { cpuSeconds, peakMemory } from "./process.ts";

/** What is repeated, how often, and how much at a time. */
export interface Course {
  readonly work: () => Promise<unknown>;
  readonly lanes: number;
  readonly warmUp: Extent;
  readonly measured: Extent;
  /** Milliseconds after which the measurement ends with what there is. */
  readonly limit: number;
}

/** Runs until the extents are reached; what is under way then is left under way. Rejects as soon as the work does. */
export function measure({ work, lanes, warmUp, measured, limit }: Course): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    let completed = 0;
    let over = false;
    let begun = warmUp.count === 0 && warmUp.milliseconds === 0;
    let since = performance.now();
    let before = 0;
    let cpu = begun ? cpuSeconds() : 0;

    function finish(): void {
      over = true;
      clearTimeout(overdue);
      const count = completed - before;
      const elapsed = (performance.now() - since) / 1000;
      if (!begun || count === 0) return reject(new Error(`Nothing was completed in ${limit} ms`));
      resolve({ rate: count / elapsed, count, elapsed, cpu: (cpuSeconds() - cpu) / count, peak: peakMemory() });
    }

    function tick(): void {
      completed++;
      const extent = begun ? measured : warmUp;
      if (completed - before < extent.count || performance.now() - since < extent.milliseconds) return;
      if (begun) return finish();
      begun = true;
      before = completed;
      cpu = cpuSeconds();
      since = performance.now();
    }

    async function lane(): Promise<void> {
      while (!over) {
        await work();
        if (!over) tick();
      }
    }

    const overdue = setTimeout(finish, limit);
    for (let count = 0; count < lanes; count++) {
      lane().catch((error) => {
        if (over) return;
        over = true;
        clearTimeout(overdue);
        reject(error);
      });
    }
  });
}
