/**
 * How large programs become that use a library: bundled, minified, gzipped.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { gzipSync } from "node:zlib";
import { formatNumber, type Table } from "./table.ts";

interface Bundle {
  readonly label: string;
  readonly source: string;
  /** Most octets after gzip. */
  readonly bar?: number;
}

const KILOBYTE = 1000;

const BUNDLES: readonly Bundle[] = [
  { label: "Posthaste, `send` alone", source: 'export { send } from "@posthaste/smtp";', bar: 20 * KILOBYTE },
  { label: "Posthaste, everything", source: 'export * from "@posthaste/smtp";', bar: 40 * KILOBYTE },
  { label: "nodemailer", source: 'export { createTransport } from "nodemailer";' },
  { label: "emailjs", source: 'export { SMTPClient } from "emailjs";' },
  { label: "@upyo/smtp", source: 'export { SmtpTransport } from "@upyo/smtp";' },
];

/** Sizes in KB. Packages are looked for from `folder` on. */
export async function bundleTable(folder: string): Promise<Table> {
  const rows: string[][] = [];
  for (const { label, source, bar } of BUNDLES) {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: source, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      platform: "node",
      format: "esm",
      logLevel: "warning",
    });
    const [{ contents }] = outputFiles;
    const gzipped = gzipSync(contents, { level: 9 }).length;
    const verdict = bar === undefined ? "" : `≤ ${bar / KILOBYTE}: ${gzipped <= bar ? "met" : "not met"}`;
    rows.push([label, formatNumber(contents.length / KILOBYTE), formatNumber(gzipped / KILOBYTE), verdict]);
  }
  return [["", "minified, KB", "and gzipped, KB", "Bar"], ...rows];
}
