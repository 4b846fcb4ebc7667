import { expect, test } from "vitest";
import { pemBlocks } from "../../../lib/runtime/pem.ts";

const A = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const B = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nBBBB\n-----END ENCRYPTED PRIVATE KEY-----\n";

test("pemBlocks finds the blocks in order, whatever stands around them and ends the lines", () => {
  const text = `subject=CN = a\r\n${A.replaceAll("\n", "\r\n")}\n\nissuer\n${
    B.replaceAll("\n", " \n").replaceAll(" \n", "\n")
  }`;
  expect(pemBlocks(text)).toEqual([{ label: "CERTIFICATE", text: A }, { label: "ENCRYPTED PRIVATE KEY", text: B }]);
});

test("pemBlocks leaves out what does not end, or ends as something else", () => {
  expect(pemBlocks("-----BEGIN CERTIFICATE-----\nAAAA\n")).toEqual([]);
  expect(pemBlocks("-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n" + B)).toEqual([
    { label: "ENCRYPTED PRIVATE KEY", text: B },
  ]);
  expect(pemBlocks("-----BEGIN CERTIFICATE-----\nAAAA\n" + A)).toEqual([{ label: "CERTIFICATE", text: A }]);
  expect(pemBlocks("")).toEqual([]);
});
