/**
 * The main job from end to end, on this machine alone: an embedded SMTP server with a certificate of a throw-away
 * authority, an assignment file that trusts this authority and nothing else, a session over TLS, three messages. First on
 * Deno from the source, then on Node from the npm package.
 *
 *     deno task demo
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { writeAuthority } from "./authority.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = await Deno.makeTempDir({ prefix: "posthaste-demo-" });
const decoder = new TextDecoder();

/** Runs a program in the foreground. */
async function run(program: string, args: string[], cwd: string): Promise<void> {
  const { code } = await new Deno.Command(program, { args, cwd, stdin: "null" }).spawn().status;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
}

/** Starts the server, and waits for the line that names its port. */
async function startServer(): Promise<{ readonly server: Deno.ChildProcess; readonly port: number }> {
  const server = new Deno.Command("node", { args: [`${here}server.mjs`, folder], stdout: "piped", stdin: "null" })
    .spawn();
  const reader = server.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(/^port (\d+)/.exec(decoder.decode(value))?.[1]);
  if (!port) throw new Error("The server did not start");
  // From here on the server speaks to the terminal itself.
  reader.releaseLock();
  server.stdout.pipeTo(Deno.stdout.writable, { preventClose: true }).catch(() => {});
  return { server, port };
}

try {
  await writeAuthority(folder);
  await Deno.writeTextFile(
    `${folder}/mail.asn`,
    [
      "; Trusts the throw-away authority, and nothing else.",
      "[NET_SETTINGS]",
      "demo_profile = verify_server=1, %\\",
      "               ca_certificate=ca.pem, min_tls_version=1.2",
      "",
    ].join("\n"),
  );
  const { server, port } = await startServer();
  try {
    console.log(`An SMTP server with TLS listens on localhost:${port}\n`);
    console.log(`── Deno ${Deno.version.deno}, from the source`);
    await run(Deno.execPath(), ["run", "-A", `${here}client.js`, folder, String(port)], root);

    console.log("\n── Node, from the npm package");
    await run(Deno.execPath(), ["run", "-A", `${root}scripts/build_npm.ts`], root);
    await Deno.mkdir(`${folder}/node_modules/@posthaste`, { recursive: true });
    await Deno.symlink(`${root}npm`, `${folder}/node_modules/@posthaste/smtp`);
    await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
    await Deno.copyFile(`${here}client.js`, `${folder}/client.js`);
    await run("node", ["client.js", folder, String(port)], folder);
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
