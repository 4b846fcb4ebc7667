import { expect, test } from "vitest";
import { selfTimes, topLines } from "../../../bench/profile_top.ts";

function node(id: number, functionName: string, url = "", lineNumber = -1) {
  return { id, callFrame: { functionName, url, lineNumber } };
}

const PROFILE = {
  nodes: [
    node(1, "(root)"),
    node(2, "(idle)"),
    node(3, "encode", "file:///x/lib/bytes/base64.js", 9),
    // The same function, called from elsewhere.
    node(4, "encode", "file:///x/lib/bytes/base64.js", 9),
    node(5, "", "file:///x/lib/mime/part.js", 0),
  ],
  samples: [3, 2, 4, 5, 1],
  timeDeltas: [0, 1000, 50_000, 2000, 1000],
};

test("selfTimes adds up a function's calls, and counts a sample until the next one", () => {
  expect(selfTimes(PROFILE)).toEqual([
    { name: "encode", place: "bytes/base64.js:10", milliseconds: 3, share: 0.75 },
    { name: "(anonymous)", place: "mime/part.js:1", milliseconds: 1, share: 0.25 },
  ]);
});

test("topLines stops after as many as are asked for", () => {
  expect(topLines(PROFILE, 1)).toEqual([" 75.0 %      3.0 ms  encode  bytes/base64.js:10"]);
});
