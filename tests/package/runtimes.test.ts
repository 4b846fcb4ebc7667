/** The adapter that the installed package takes on each runtime that is not Node or Deno, and what a bundle for it holds. */
import { build } from "esbuild";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { makePki, type Pki } from "../support/pki.ts";
import { type MailServer, PASSWORD, serveMail, USER } from "../workers/support/mail_servers.ts";
import { Workerd } from "../workers/support/workerd.ts";
import { run } from "./run.ts";

const { consumer } = inject("packed");

/** The conditions that bundlers for these runtimes set. */
const CONDITIONS = {
  /** wrangler */
  workers: ["workerd", "worker", "browser"],
  /** Next.js */
  "edge-light": ["edge-light", "browser", "node"],
  browser: ["browser"],
} as const;

async function bundle(source: string, conditions: readonly string[]): Promise<{
  readonly text: string;
  readonly gzipped: number;
  readonly adapters: readonly string[];
  readonly imports: readonly string[];
}> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: consumer },
    absWorkingDir: consumer,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    conditions: [...conditions],
    external: ["cloudflare:*"],
    minify: true,
    metafile: true,
    write: false,
  });
  const octets = outputFiles[0]!.contents;
  return {
    text: outputFiles[0]!.text,
    gzipped: gzipSync(octets).length,
    adapters: Object.keys(metafile.inputs).flatMap((name) =>
      /lib\/runtime\/(workers|no_sockets|node|deno)\.js$/.exec(name)?.slice(1) ?? []
    ),
    imports: Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path)),
  };
}

const ALL = 'export * from "@posthaste/smtp"; export * as uniface from "@posthaste/smtp/uniface";';

test("a bundle for Workers takes their adapter, and imports nothing but their sockets", async () => {
  const { adapters, imports } = await bundle(ALL, CONDITIONS.workers);
  expect(adapters).toEqual(["workers"]);
  expect([...new Set(imports)]).toEqual(["cloudflare:sockets"]);
});

test.each(["edge-light", "browser"] as const)(
  "a bundle for %s takes the adapter without sockets alone",
  async (name) => {
    const { adapters, imports } = await bundle(ALL, CONDITIONS[name]);
    expect([adapters, imports]).toEqual([["no_sockets"], []]);
  },
);

/** Octets, gzipped, that a Worker with `send` may have of this package: just above what it has. */
const SEND_BOUND = 57_900;

test(`a Worker's bundle of send has at most ${SEND_BOUND} octets, gzipped`, async () => {
  const { gzipped } = await bundle('export { send } from "@posthaste/smtp";', CONDITIONS.workers);
  console.log(`send for Workers: ${gzipped} octets, gzipped`);
  expect(gzipped).toBeLessThanOrEqual(SEND_BOUND);
});

test("a browser's bundle composes, and says that it cannot send", async () => {
  const source = `
    import { compose, send } from "@posthaste/smtp";
    const message = { from: "ada@example.com", to: "bob@example.net", text: "Hi" };
    console.log(compose(message).content.size > 0);
    await send("smtps://mail.example.com", message).catch(({ code, feature }) => console.log(code, feature));
  `;
  const path = join(consumer, "browser.mjs");
  await writeFile(path, (await bundle(source, CONDITIONS.browser)).text);
  expect(await run("node", [path])).toBe("true\nRUNTIME_UNSUPPORTED sockets\n");
});

describe("the installed package in workerd", () => {
  let pki: Pki;
  let server: MailServer;
  beforeAll(async () => {
    pki = await makePki();
    server = await serveMail("starttls", { identity: pki.servers.good });
  });
  afterAll(() => server.stop());

  test("sends a message", async () => {
    const source = `
      import { send } from "@posthaste/smtp";
      export default {
        async fetch(request) {
          const { target, message } = await request.json();
          const { reply } = await send(target, message);
          return new Response(String(reply.code));
        },
      };
    `;
    const { text: module } = await bundle(source, CONDITIONS.workers);
    const workerd = await Workerd.start({ module, trusted: [pki.root] });
    try {
      const auth = { user: USER, password: PASSWORD };
      const body = JSON.stringify({
        target: { host: "localhost", port: server.port, tls: "starttls", auth },
        message: { from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi Bob" },
      });
      expect(await (await fetch(workerd.url, { method: "POST", body })).text()).toBe("250");
    } finally {
      await workerd.stop();
    }
    expect(server.mails).toMatchObject([{ secure: true, user: USER, to: ["bob@example.net"] }]);
  });
});
