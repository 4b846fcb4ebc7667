/**
 * Importing does nothing: no socket, no timer, no file but the package's own, no environment, no global. A function that is
 * started for each request pays for it, and some platforms forbid it.
 */
import { copyFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { nodePermission } from "./node_releases.ts";
import { bun, deno, root, run } from "./run.ts";

const { consumer } = inject("packed");

const NOTHING = { changed: [], started: [], resources: [] };

beforeAll(() => copyFile(join(root, "tests/package/programs/nothing.mjs"), join(consumer, "nothing.mjs")));

async function importOn(program: string, args: readonly string[], cwd = consumer): Promise<unknown> {
  const { changed, started, resources } = JSON.parse(await run(program, [...args], { cwd }));
  // Standard output is the program's own, and its files are the loader's.
  const kept = (resources as string[]).filter((name) => !/^(?:TTYWrap|PipeWrap|FSReqPromise|CloseReq)$/.test(name));
  return { changed, started, resources: kept };
}

test("the source does nothing when Deno imports it without any permission", async () => {
  const config = ["--config", join(root, "deno.json")];
  const args = ["run", "--no-prompt", "--quiet", ...config, join(root, "tests/package/programs/nothing.mjs")];
  expect(await importOn(deno, args, root)).toEqual(NOTHING);
});

test("the package does nothing when Deno imports it without any permission", async () => {
  expect(await importOn(deno, ["run", "--no-prompt", "--quiet", "nothing.mjs"])).toEqual(NOTHING);
});

test("the package does nothing when Node imports it, allowed to read the package alone", async () => {
  const readable = `--allow-fs-read=${await realpath(consumer)}`;
  expect(await importOn("node", [...nodePermission(), readable, "--no-warnings", "nothing.mjs"])).toEqual(NOTHING);
});

test("the package does nothing when Bun imports it", async () => {
  expect(await importOn(bun, ["nothing.mjs"])).toEqual(NOTHING);
});

test("a connection that Node's permission model forbids is an error that names the flag", async () => {
  const script = `
    import { Session, AssignmentFile } from "@posthaste/smtp";
    const tell = (promise) => promise.catch((error) => console.log(error.code, error.message));
    await tell(AssignmentFile.load("/etc/hostname"));
  `;
  const readable = `--allow-fs-read=${await realpath(consumer)}`;
  await writeFile(join(consumer, "denied.mjs"), script);
  const said = await run("node", [...nodePermission(), readable, "--no-warnings", "denied.mjs"], { cwd: consumer });
  expect(said.trim()).toMatch(
    /^CONFIG_FILE .*\/etc\/hostname: the permission is missing; run with --allow-fs-read=\/etc\/hostname$/,
  );
});
