/**
 * A client in a process of its own, for what is settled when a process starts: the platform's trust anchors
 * (DENO_CERT, NODE_EXTRA_CA_CERTS), permissions, and that the process ends by itself.
 *
 * Takes a JSON array of { host, port, tls, name? } on standard input: ConnectOptions, and a name that the certificate
 * is to carry instead of the host. Answers with a JSON array of { verdict, message }.
 */
import { connect } from "node:net";
import process from "node:process";
import { text } from "node:stream/consumers";

const onDeno = "Deno" in globalThis;
const root = new URL("../../", import.meta.url);

/** Node needs help to load TypeScript: that of the test runner. */
async function loader() {
  if (onDeno) return { load: (path) => import(new URL(path, root).href), end: () => {} };
  const { createViteServer } = await import("vitest/node");
  const vite = await createViteServer({
    root: root.pathname,
    configFile: false,
    logLevel: "error",
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  return { load: (path) => vite.ssrLoadModule(`/${path}`), end: () => vite.close() };
}

const { load, end } = await loader();
const { runtime } = await load(`lib/runtime/${onDeno ? "deno" : "node"}.ts`);
const { errorText, meet } = await load("tests/runtime/verdict.ts");

/** Connects to the host, and asks the certificate for another name; a test has no name service to ask. */
async function connectAs(name, { host, port }) {
  const target = { host: name, port, upgrade: false };
  if (onDeno) {
    const { secureDeno } = await load("lib/runtime/deno_connection.ts");
    return await secureDeno(await globalThis.Deno.connect({ hostname: host, port }), target);
  }
  const { planNodeTls } = await load("lib/runtime/node_tls.ts");
  const { NodeConnection } = await load("lib/runtime/node_connection.ts");
  const plan = await planNodeTls({}, { host: name, port, abilities: { name: "node", oldVersions: true } });
  const adopt = (socket, tls) => new NodeConnection(socket, { target, tls });
  return await plan.handshake(connect(port, host), { upgrade: false, signal: undefined, adopt });
}

const answers = [];
for (const { name, ...options } of JSON.parse(await text(process.stdin))) {
  try {
    const [connection] = await meet(name ? { connect: (options) => connectAs(name, options) } : runtime, options);
    connection.close();
    answers.push({ verdict: "ok", message: "" });
  } catch (error) {
    answers.push({ verdict: errorText(error), message: error.message });
  }
}
console.log(JSON.stringify(answers));
await end();
