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

/** Sizes in KB, and the bars that are not met, a line each. */
export interface Bundles {
  readonly table: Table;
  readonly missed: readonly string[];
}

/** Bundles everybody. Packages are looked for from `folder` on. */
export async function measureBundles(folder: string): Promise<Bundles> {
  const rows: string[][] = [];
  const missed: string[] = [];
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
    const size = formatNumber(gzipped / KILOBYTE);
    const verdict = bar === undefined ? "" : `≤ ${bar / KILOBYTE}: ${gzipped <= bar ? "met" : "not met"}`;
    rows.push([label, formatNumber(contents.length / KILOBYTE), size, verdict]);
    if (bar !== undefined && gzipped > bar) {
      missed.push(`Size of a bundle, ${label}: ${size}, bar ≤ ${bar / KILOBYTE} KB`);
    }
  }
  return { table: [["", "minified, KB", "and gzipped, KB", "Bar"], ...rows], missed };
}
