import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileLoader } from "../../../lib/client/file_loader.ts";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Runtime } from "../../../lib/runtime/runtime.ts";

const BASE = { from: "ada@example.com", to: "bob@example.net", text: "a" };

let folder: string;
let root: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "posthaste-"));
  root = join(folder, "root");
  mkdirSync(join(root, "sub"), { recursive: true });
  mkdirSync(join(folder, "root2"));
  writeFileSync(join(root, "a.csv"), "inside");
  writeFileSync(join(root, "sub", "b.txt"), "deeper");
  writeFileSync(join(folder, "root2", "secret"), "outside");
  symlinkSync(join(root, "a.csv"), join(root, "sub", "link"));
  symlinkSync(join(folder, "root2", "secret"), join(root, "sub", "out"));
  symlinkSync(join(folder, "root2"), join(root, "folder"));
  symlinkSync(root, join(folder, "alias"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(path: string, at = root): Promise<string> {
  const { content } = compose({ ...BASE, attachments: [{ path }] }, { load: fileLoader({ root: at }) });
  return (async () => {
    let text = "";
    for await (const piece of content.stream()) text += decodeUtf8(piece);
    return text;
  })();
}

test("fileLoader gives the files of its folder, each time they are read", async () => {
  for (const at of [root, `${root}/`, join(folder, "alias"), join(root, "sub", "..")]) {
    const text = await read("a.csv", at);
    expect(text).toContain("Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n");
    expect(text).toContain(`\r\n\r\n${btoa("inside")}\r\n`);
  }
  expect(await read("sub/b.txt")).toContain(btoa("deeper"));
  expect(await read("sub/link")).toContain(btoa("inside"));
  const load = fileLoader({ root });
  const composed = compose({ ...BASE, attachments: [{ path: "a.csv" }] }, { load });
  expect(await composed.toBytes()).toEqual(await composed.toBytes());
});

test("fileLoader refuses a path that could lead out of its folder, before anything is opened", () => {
  const paths = [
    "../root2/secret",
    "sub/../../root2/secret",
    "/etc/passwd",
    "..",
    ".",
    "./a.csv",
    "sub//b.txt",
    "sub/",
    "sub/..",
    "..\\root2\\secret",
    "C:\\x",
    "C:x",
    "a.csv:stream",
    "\\\\host\\share",
    "file:///etc/passwd",
    "a.csv\0",
    "a\r\nb",
  ];
  const runtime = { openFile: () => Promise.reject(new Error("opened")) } as unknown as Runtime;
  const load = fileLoader({ root, runtime });
  for (const path of paths) {
    const expected = expect.objectContaining({ name: "InputError", field: "attachments[0].path" });
    expect(() => compose({ ...BASE, attachments: [{ path }] }, { load }), path).toThrow(expected);
  }
});

test("fileLoader follows no link out of its folder, and tells what it cannot open when the message is read", async () => {
  for (const path of ["sub/out", "folder/secret", "folder"]) {
    const error = await read(path).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ContentError);
    expect(error).toMatchObject({ cause: { name: "ConfigError", code: "CONFIG_FILE" } });
    expect(String((error as Error).cause)).toContain("leads out of the folder");
  }
  for (const path of ["none", "sub", "sub/none/x"]) {
    const error = await read(path).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: "ContentError", cause: { code: "CONFIG_FILE" } });
  }
});

test("fileLoader opens what it is asked for where the runtime cannot tell where links lead", async () => {
  const opened: string[] = [];
  const openFile = (path: string) => {
    opened.push(path);
    return Promise.resolve({ size: 1, octets: new Blob(["x"]).stream() });
  };
  const load = fileLoader({ root: "/srv/files/", runtime: { openFile } as unknown as Runtime });
  await compose({ ...BASE, attachments: [{ path: "a/b" }] }, { load }).toBytes();
  expect(opened).toEqual(["/srv/files/a/b"]);
});

test("fileLoader refuses a folder that is none", () => {
  for (const root of ["", 1, undefined, "a\0"]) expect(() => fileLoader({ root: root as string })).toThrow(TypeError);
});
