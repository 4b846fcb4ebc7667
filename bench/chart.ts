/**
 * The chart: how many times as fast as nodemailer everybody is, one line a case, on a logarithmic scale. It is drawn in
 * colours that can be told apart in light and in dark, and by readers who do not see all of them.
 *
 * @module
 */
import { groupBy } from "./group.ts";
import { type ContestantName, CONTESTANTS } from "./contestants.ts";
import type { Outcome, Reached } from "./outcome.ts";
import { formatRatio } from "./table.ts";

const WIDTH = 1000;
const LEFT = 370;
const RIGHT = 170;
const TOP = 96;
const LINE = 34;
const BOTTOM = 44;

/** From the background to the foreground. */
const SHOWN: readonly ContestantName[] = [
  "smtp-source",
  "emailjs",
  "upyo",
  "posthaste-data",
  "posthaste-bdat",
  "posthaste-binary",
  "posthaste",
];

/** Drawn like another one, and not in the legend a second time. */
const LIKE: Readonly<Partial<Record<ContestantName, ContestantName>>> = { "posthaste": "posthaste-bdat" };

const CLASSES: Readonly<Partial<Record<ContestantName, string>>> = {
  "posthaste-bdat": "bdat",
  "posthaste-data": "data",
  "posthaste-binary": "binary",
  "upyo": "upyo",
  "emailjs": "emailjs",
  "smtp-source": "source",
};

const STYLE = `
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
.quiet { fill: #59636e; font-size: 12px; }
.value { font-weight: 600; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.base { stroke: #59636e; stroke-width: 1.5; }
.span { stroke: #d1d9e0; stroke-width: 2; }
.bdat { fill: #0a58ca; }
.data { fill: #4fa3f7; }
.binary { fill: none; stroke: #0a58ca; stroke-width: 2.5; }
.upyo { fill: #b35900; }
.emailjs { fill: #8250a8; }
.source { fill: #59636e; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .grid, .span { stroke: #3d444d; }
  .base { stroke: #9198a1; }
  .bdat { fill: #58a6ff; }
  .data { fill: #a5d3ff; }
  .binary { stroke: #58a6ff; }
  .upyo { fill: #f0a050; }
  .emailjs { fill: #c8a2f0; }
  .source { fill: #9198a1; }
}`;

/** A line of the chart. */
interface Line {
  readonly title: string;
  readonly points: readonly { readonly contestant: ContestantName; readonly ratio: number }[];
}

function isPoint(row: Outcome["rows"][number]): row is Reached & { readonly ratio: number } {
  return !("error" in row) && row.ratio !== undefined && SHOWN.includes(row.entry.contestant) &&
    ["node", "native"].includes(row.entry.runtime);
}

/** The nearest distance of each case. */
function linesOf(outcomes: readonly Outcome[]): Line[] {
  const nearest = [...groupBy(outcomes, ({ one }) => one.name).values()].map((all) =>
    all.reduce((best, outcome) => outcome.rtt < best.rtt ? outcome : best)
  );
  return nearest.flatMap(({ one, rtt, rows }) => {
    const points = rows.filter(isPoint).map(({ entry, ratio }) => ({ contestant: entry.contestant, ratio }));
    return points.length === 0 ? [] : [{ title: rtt === 0 ? one.title : `${one.title}, ${rtt} ms away`, points }];
  });
}

/** Powers of ten that hold everything. */
function boundsOf(lines: readonly Line[]): readonly [number, number] {
  const all = lines.flatMap(({ points }) => points.map(({ ratio }) => Math.log10(ratio)));
  return [Math.min(-1, Math.floor(Math.min(...all))), Math.max(1, Math.ceil(Math.max(...all)))];
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function mark(contestant: ContestantName, x: number, y: number): string {
  const drawn = LIKE[contestant] ?? contestant;
  const about = `class="${CLASSES[drawn]}"`;
  switch (drawn) {
    case "posthaste-binary":
      return `<circle ${about} cx="${x}" cy="${y}" r="5.75"/>`;
    case "posthaste-bdat":
      return `<circle ${about} cx="${x}" cy="${y}" r="7"/>`;
    case "posthaste-data":
      return `<circle ${about} cx="${x}" cy="${y}" r="5.5"/>`;
    case "upyo":
      return `<path ${about} d="M${x} ${y - 6}l6 11h-12z"/>`;
    case "emailjs":
      return `<rect ${about} x="${x - 4.5}" y="${y - 4.5}" width="9" height="9"/>`;
    default:
      return `<path ${about} d="M${x} ${y - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5z"/>`;
  }
}

function legend(): string {
  let x = 24;
  return SHOWN.filter((name) => LIKE[name] === undefined).toReversed().map((name) => {
    const { label } = CONTESTANTS[name];
    const drawn = `${mark(name, x + 8, 66)}<text x="${x + 22}" y="70">${escape(label)}</text>`;
    x += 46 + label.length * 7;
    return drawn;
  }).join("\n");
}

/** Draws the ratios that were reached on Node. */
export function chart(outcomes: readonly Outcome[]): string {
  const lines = linesOf(outcomes);
  const [low, high] = boundsOf(lines);
  const height = TOP + lines.length * LINE + BOTTOM;
  const bottom = height - BOTTOM;
  const xOf = (ratio: number): number =>
    Math.round(LEFT + (Math.log10(ratio) - low) / (high - low) * (WIDTH - LEFT - RIGHT));
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const grid = powers.map((power) => {
    const x = xOf(power);
    const text = power === 1 ? "nodemailer" : `${power.toLocaleString("en", { maximumFractionDigits: 6 })}×`;
    return `<line class="${power === 1 ? "base" : "grid"}" x1="${x}" y1="${TOP - 8}" x2="${x}" y2="${bottom}"/>` +
      `<text class="quiet" x="${x}" y="${bottom + 18}" text-anchor="middle">${text}</text>`;
  });
  const drawn = lines.map(({ title, points }, index) => {
    const y = TOP + index * LINE + LINE / 2;
    const ours = points.filter(({ contestant }) => contestant.startsWith("posthaste"));
    const best = Math.max(...ours.map(({ ratio }) => ratio));
    const marks = SHOWN.flatMap((name) => points.filter(({ contestant }) => contestant === name))
      .map(({ contestant, ratio }) => mark(contestant, xOf(ratio), y));
    const values = ours.filter(({ contestant }) => contestant !== "posthaste-binary").map(({ ratio }) =>
      formatRatio(ratio)
    ).join(" · ");
    return `<text x="24" y="${y + 4}">${escape(title)}</text>` +
      (ours.length === 0 ? "" : `<line class="span" x1="${xOf(1)}" y1="${y}" x2="${xOf(best)}" y2="${y}"/>`) +
      marks.join("") + `<text class="value" x="${WIDTH - RIGHT + 24}" y="${y + 4}">${values}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>Speed as a multiple of nodemailer's, on Node</title>`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="24" y="34">Speed as a multiple of nodemailer's, on Node (logarithmic)</text>`,
    legend(),
    `<text class="quiet" x="${WIDTH - RIGHT + 24}" y="${TOP - 4}">BDAT · DATA</text>`,
    ...grid,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}
