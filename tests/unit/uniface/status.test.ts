import { expect, test } from "vitest";
import { describeStatus, STATUS, STATUS_MEANINGS } from "../../../lib/uniface/mod.ts";

test("STATUS_MEANINGS hold the codes of the original system for each operation, and -1 for what it leaves open", () => {
  const codes = Object.entries(STATUS_MEANINGS).map(([operation, meanings]) => {
    return [operation, Object.keys(meanings).map(Number).sort((a, b) => b - a)];
  });
  expect(Object.fromEntries(codes)).toEqual({
    logonSmtp: [0, -2, -3, -7, -8, -9],
    logoffSmtp: [0, -8, -9],
    setSecurity: [0, -1, -2, -8],
    getSecurity: [0, -1, -2],
    sendMail: [0, -1, -2, -6, -7, -8, -9, -12, -15],
  });
});

test("STATUS names no code that no operation returns", () => {
  const returned = new Set(Object.values(STATUS_MEANINGS).flatMap((meanings) => Object.keys(meanings).map(Number)));
  expect(new Set<number>(Object.values(STATUS))).toEqual(returned);
});

test("describeStatus tells one code apart by its operation", () => {
  expect(describeStatus("logoffSmtp", -8)).toBe("not logged on");
  expect(describeStatus("setSecurity", -8)).toContain("locked");
  expect(describeStatus("logoffSmtp", -15)).toBe("logoffSmtp does not return -15");
});
