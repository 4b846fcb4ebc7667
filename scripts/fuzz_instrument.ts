/**
 * Puts counters into the library's code: one at the beginning of each function and of each part that a condition decides
 * about. What has run, and how often, can then be told on every runtime, without a profiler.
 *
 * @module
 */
import { type Plugin, transform } from "esbuild";
import { parseAst } from "vitest/node";
import { root } from "./process.ts";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Counters that were put in so far, over all files. */
export interface Counters {
  count: number;
}

/** What has to stand before the code: counters, and the numbers of the parts that have run, in their order. */
export function preamble({ count }: Counters): string {
  return `const __counts = new Uint32Array(${count}), __ran = new Uint32Array(${count}); let __size = 0;
function __part(number) { if (__counts[number]++ === 0) __ran[__size++] = number; }
globalThis.__parts = { counts: __counts, ran: __ran, take: () => { const size = __size; __size = 0; return size; } };
`;
}

/** An esbuild plugin that does it to each file of `lib/`. */
export function instrument(counters: Counters): Plugin {
  return {
    name: "instrument",
    setup(build) {
      build.onLoad({ filter: /\/lib\/.*\.ts$/ }, async ({ path }) => {
        if (!path.startsWith(`${root}/lib/`)) return undefined;
        const { code } = await transform(await Deno.readTextFile(path), { loader: "ts", target: "es2022" });
        return { contents: counted(code, counters), loader: "js" };
      });
    },
  };
}

/** Where text is put in. */
interface Insertion {
  readonly at: number;
  readonly text: string;
  /** At one place, what is around comes first before what is within, and last behind it. */
  readonly order: number;
}

/** Puts counters into JavaScript, which does the same as before. */
export function counted(code: string, counters: Counters): string {
  const insertions: Insertion[] = [];
  const counter = () => `__part(${counters.count++})`;
  const statement = (node: Node, depth: number) => {
    if (node.type === "BlockStatement") insertions.push({ at: node.start + 1, text: `${counter()};`, order: depth });
    else {
      insertions.push({ at: node.start, text: `{${counter()};`, order: depth });
      insertions.push({ at: node.end, text: "}", order: -depth });
    }
  };
  const expression = (node: Node, depth: number) => {
    insertions.push({ at: node.start, text: `(${counter()},`, order: depth });
    insertions.push({ at: node.end, text: ")", order: -depth });
  };
  const visit = (node: Node, depth: number) => {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
        statement(node.body as Node, depth);
        break;
      case "ArrowFunctionExpression":
        if ((node.body as Node).type === "BlockStatement") statement(node.body as Node, depth);
        else expression(node.body as Node, depth);
        break;
      case "IfStatement":
        statement(node.consequent as Node, depth);
        if (node.alternate !== null) statement(node.alternate as Node, depth);
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        statement(node.body as Node, depth);
        break;
      case "CatchClause":
        statement(node.body as Node, depth);
        break;
      case "SwitchCase":
        for (const first of (node.consequent as readonly Node[]).slice(0, 1)) {
          insertions.push({ at: first.start, text: `${counter()};`, order: depth });
        }
        break;
      case "ConditionalExpression":
        expression(node.consequent as Node, depth);
        expression(node.alternate as Node, depth);
        break;
      case "LogicalExpression":
        expression(node.right as Node, depth);
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === "string" && typeof child.start === "number") visit(child as Node, depth + 1);
      }
    }
  };
  visit(parseAst(code, { lang: "js" }) as unknown as Node, 0);
  return put(code, insertions);
}

function put(code: string, insertions: readonly Insertion[]): string {
  const sorted = insertions.map((one, index) => ({ ...one, index }))
    .sort((a, b) => a.at - b.at || a.order - b.order || a.index - b.index);
  let text = "";
  let from = 0;
  for (const { at, text: more } of sorted) {
    text += code.slice(from, at) + more;
    from = at;
  }
  return text + code.slice(from);
}
