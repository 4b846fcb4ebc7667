import { expect, test } from "vitest";
import { countReport, type Report } from "../../../scripts/test_report.ts";

function report(passed: number, failed: number, testResults: Report["testResults"] = []): Report {
  return { numPassedTests: passed, numFailedTests: failed, testResults };
}

test("countReport takes the counts of a run that executed tests", () => {
  expect(countReport(report(3, 0), 0)).toEqual({ passed: 3, failed: 0 });
  expect(countReport(report(3, 2), 1)).toEqual({ passed: 3, failed: 2 });
});

test("countReport takes a file that could not be run for a failure and names it", () => {
  const broken = { name: "broken.test.ts", status: "failed", assertionResults: [] };
  const failing = { name: "failing.test.ts", status: "failed", assertionResults: [{ status: "failed" }] };
  const counts = countReport(report(3, 1, [broken, failing]), 1);
  expect(counts).toEqual({ passed: 3, failed: 2, remark: "could not be run: broken.test.ts" });
});

test("countReport takes a run that left no report for a failure", () => {
  expect(countReport(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
});

test("countReport takes a run that executed nothing for a failure", () => {
  expect(countReport(report(0, 0), 0)).toEqual({ passed: 0, failed: 1, remark: "no test was executed" });
});

test("countReport takes a bad exit after green tests for a failure", () => {
  expect(countReport(report(3, 0), 1)).toMatchObject({ passed: 3, failed: 1 });
});
