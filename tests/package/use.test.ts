import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, inject, test } from "vitest";
import { bun, deno, run } from "./run.ts";

const { consumer, installed } = inject("packed");

const entries = [
  { specifier: "@posthaste/smtp", source: "mod.ts" },
  { specifier: "@posthaste/smtp/uniface", source: "lib/uniface/mod.ts" },
];

/** What the source exports, as Deno sees it. */
async function namesOf(source: string): Promise<string> {
  return await run(deno, ["eval", `console.log(Object.keys(await import("./${source}")).sort().join())`]);
}

async function write(name: string, text: string): Promise<string> {
  const path = join(consumer, name);
  await writeFile(path, text);
  return path;
}

test.for(entries)("$specifier has the exports of its source when Node imports it", async ({ specifier, source }) => {
  const path = await write("esm.mjs", `console.log(Object.keys(await import("${specifier}")).sort().join())`);
  const names = await namesOf(source);
  expect(names.trim()).not.toBe("");
  expect(await run("node", [path])).toBe(names);
});

test.for(entries)("$specifier has the exports of its source when Node requires it", async ({ specifier, source }) => {
  const script = `console.log(Object.keys(require("${specifier}")).filter((n) => n !== "__esModule").sort().join())`;
  expect(await run("node", [await write("cjs.cjs", script)])).toBe(await namesOf(source));
});

test.for(entries)("$specifier has the exports of its source when Deno imports it", async ({ specifier, source }) => {
  const path = await write("deno.mjs", `console.log(Object.keys(await import("${specifier}")).sort().join())`);
  expect(await run(deno, ["run", "-A", path], { cwd: consumer })).toBe(await namesOf(source));
});

/** Resolves as a module of the package does. */
async function resolveRuntime(program: string, args: readonly string[]): Promise<string> {
  const probe = join(installed, "probe.mjs");
  await writeFile(probe, 'console.log(import.meta.resolve("#runtime"))');
  return (await run(program, [...args, probe], { cwd: consumer })).trim();
}

test("#runtime is Deno's adapter on Deno", async () => {
  expect(await resolveRuntime(deno, ["run", "-A"])).toBe(pathToFileURL(join(installed, "lib/runtime/deno.js")).href);
});

test("#runtime is Node's adapter on Node", async () => {
  expect(await resolveRuntime("node", [])).toBe(pathToFileURL(join(installed, "lib/runtime/node.js")).href);
});

test("what Node loads on demand throws the errors that the package exports", async () => {
  const script = `
    import { createServer } from "node:net";
    import { ConfigError, ConnectionError, fromFile, Session, SmtpError } from "@posthaste/smtp";
    import { UPopMail } from "@posthaste/smtp/uniface";
    const server = createServer((socket) => socket.end("554 no TLS here\\r\\n"));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const options = { host: "127.0.0.1", port: server.address().port, tls: "implicit" };
    const tls = await Session.open(options).catch((error) => error);
    console.log(tls instanceof ConnectionError, tls.code);
    const file = await fromFile("missing.txt").catch((error) => error);
    console.log(file instanceof ConfigError, file.code);
    const mail = new UPopMail();
    await mail.logonSmtp("TCP:127.0.0.1+" + options.port, "", "");
    console.log(mail.lastError instanceof SmtpError, mail.lastError.code);
    server.close();
  `;
  const said = await run("node", [await write("on_demand.mjs", script)]);
  expect(said.trim().split("\n")).toEqual(["true TLS_FAILED", "true CONFIG_FILE", "true REPLY_REFUSED"]);
});

test.each([["Node", "node"], ["Bun", bun]])(
  "an error that nobody catches is printed by %s in short lines, with names",
  async (_, program) => {
    const path = await write(
      "uncaught.mjs",
      'import { Session } from "@posthaste/smtp"; await Session.open({ host: "127.0.0.1", port: 1, tls: "off" });',
    );
    // What `run` throws holds what was printed.
    const { message } = await run(program, [path]).then(() => expect.unreachable(), (error: Error) => error);
    const lines = message.split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(300);
    expect(lines).toContain("ConnectionError: Cannot connect to 127.0.0.1:1: connection refused");
    expect(message).toContain("at connectFailure (");
  },
);
