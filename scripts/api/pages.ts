/**
 * The reference as Markdown: a page for each part of the library, and one that lists everything.
 *
 * @module
 */
import type { Doc, PublicSymbol } from "./declarations.ts";

/** A page and the folders whose symbols stand on it. */
const PAGES = [
  ["sessions", "Sessions, clients and sending", ["client", "session", "dialogue", "wire"]],
  ["messages", "Messages", ["mime", "address"]],
  ["dkim", "DKIM", ["dkim"]],
  ["extensions", "Extensions", ["extensions"]],
  ["observability", "Observability", ["observe"]],
  ["authentication", "Authentication", ["sasl"]],
  ["profiles", "Connection strings, URLs and TLS profiles", ["profile", "tls_settings"]],
  ["providers", "Providers", ["providers"]],
  ["roads", "Proxies and own connections", ["proxy"]],
  ["runtimes", "Runtimes", ["runtime"]],
  ["errors", "Errors", ["errors"]],
  ["uniface", "Status codes", ["uniface"]],
] as const;

interface Entry {
  /** What it is imported from. */
  readonly module: string;
  readonly symbols: readonly PublicSymbol[];
}

/** The files of `docs/api/` by their names. */
export function apiPages(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const homes = homesOf(entries);
  const files = new Map<string, string>();
  let index = "# Reference\n\nGenerated from the doc comments by `deno run -A scripts/api.ts`.\n";
  for (const [page, title] of PAGES) {
    const own = [...homes].filter(([, home]) => home.page === page);
    if (own.length === 0) continue;
    const file = `${page}.md`;
    files.set(file, `# ${title}\n${own.map(([, { symbol, module }]) => section(symbol, { module, homes })).join("")}`);
    index += `\n## [${title}](${file})\n\n${
      own.map(([name, { symbol }]) => `- [\`${name}\`](${file}#${anchor(name)}): ${plain(symbol.doc.text)}\n`).join("")
    }`;
  }
  return files.set("README.md", index);
}

interface Home {
  readonly page: string;
  readonly module: string;
  readonly symbol: PublicSymbol;
}

type Homes = ReadonlyMap<string, Home>;

/** Where each symbol stands; what both entry points export stands with the first. */
function homesOf(entries: readonly Entry[]): Homes {
  const homes = new Map<string, Home>();
  for (const { module, symbols } of entries) {
    for (const symbol of symbols) {
      const [page] = PAGES.find(([, , folders]) => (folders as readonly string[]).includes(symbol.folder)) ?? [];
      if (page === undefined) throw new Error(`No page of the reference is for lib/${symbol.folder} (${symbol.name})`);
      if (!homes.has(symbol.name)) homes.set(symbol.name, { page, module, symbol });
    }
  }
  return homes;
}

function anchor(name: string): string {
  return name.toLowerCase();
}

function section(symbol: PublicSymbol, about: { readonly module: string; readonly homes: Homes }): string {
  const { name, kind, code, members } = symbol;
  const from = `${kind}, from \`${about.module}\``;
  let text = `\n## ${name}\n\n${from}\n\n${words(symbol.doc, about.homes)}\n\n\`\`\`ts ignore\n${code}\n\`\`\`\n`;
  const told = members.filter(({ doc }) => doc.text !== "" || doc.tags.length > 0);
  if (told.length > 0) {
    text += `\n${told.map((member) => `- **${member.name}**: ${indented(words(member.doc, about.homes))}\n`).join("")}`;
  }
  return text;
}

function indented(text: string): string {
  return text.replaceAll(/\n(?=.)/g, "\n  ");
}

const TITLES: Readonly<Record<string, string>> = {
  param: "Parameter",
  throws: "Throws",
  returns: "Gives",
  example: "Example",
};

function words({ text, tags }: Doc, homes: Homes): string {
  const parts = [text];
  for (const { name, text } of tags) {
    const title = TITLES[name];
    if (title !== undefined) parts.push(`${title}: ${name === "example" ? `\n\n${text}` : text}`);
  }
  return parts.map((part) => linked(part, homes)).join("\n\n").replaceAll(/[ \t]+$/gm, "").trim();
}

function linked(text: string, homes: Homes): string {
  return text.replaceAll(/\{@link ([\w.]+)(?:[ |]+([^}]*))?\}/g, (_, target: string, label?: string) => {
    const [name] = target.split(".");
    const home = homes.get(name);
    const shown = `\`${label?.trim() || target}\``;
    return home === undefined ? shown : `[${shown}](${home.page}.md#${anchor(name)})`;
  });
}

/** The first sentence, on one line, for the list. */
function plain(text: string): string {
  const line = text.split(/\n\n/, 1)[0].replaceAll(/\s+/g, " ").replaceAll(/\{@link ([^}]*)\}/g, "`$1`").trim();
  return /^.*?[.:](?= |$)/.exec(line)?.[0].replace(/:$/, ".") ?? line;
}
