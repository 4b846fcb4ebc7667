/**
 * What a test run amounts to, from vitest's JSON report and its exit code: a run that looks green because it ran nothing
 * is a failure.
 *
 * @module
 */

/** Tests of one run, or of several. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The part of vitest's JSON report that is read here. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts a run. A file that failed before its tests were known is one failure; so is a run that left no report, executed
 * nothing, or ended badly although every test passed (an error outside any test). `remark` says which it was.
 */
export function countReport(report: Report | undefined, exitCode: number): Counts & { readonly remark?: string } {
  if (report === undefined) return { passed: 0, failed: 1, remark: `no report was written (exit code ${exitCode})` };
  const broken = report.testResults.filter((file) =>
    file.status === "failed" && !file.assertionResults.some((result) => result.status === "failed")
  );
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + broken.length;
  if (broken.length > 0) {
    return { passed, failed, remark: `could not be run: ${broken.map((file) => file.name).join(", ")}` };
  }
  if (failed > 0) return { passed, failed };
  if (passed === 0) return { passed, failed: 1, remark: "no test was executed" };
  if (exitCode !== 0) return { passed, failed: 1, remark: `an error outside any test (exit code ${exitCode})` };
  return { passed, failed };
}
