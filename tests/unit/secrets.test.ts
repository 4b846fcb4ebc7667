import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { ConnectionError, InputError } from "../../mod.ts";
import { laidInto, points } from "../support/secrets/plugin.mts";
import { Watch } from "../support/secrets/watch.ts";

const secret = "tr0ub4dor & \u00e9";

function leaksOf(value: unknown): number {
  const watch = new Watch();
  watch.secret(secret);
  watch.shown(value);
  return watch.leaks().length;
}

function holder(value: string): object {
  class Holder {
    readonly inner = { list: [value] };
  }
  return new Holder();
}

test.each(
  [
    ["as it is", `it is ${secret}.`],
    ["escaped", JSON.stringify({ password: secret })],
    ["percent-encoded", `smtps://ada:${encodeURIComponent(secret)}@mail.example.com`],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 behind a user", Buffer.from(`\0a\0${secret}`).toString("base64")],
    ["in base64 amid text", Buffer.from(`\0ad\0${secret}, and on`).toString("base64")],
    ["in an error's message", new ConnectionError("CONNECTION_LOST", "idle", `lost ${secret}`)],
    ["in its cause", new ConnectionError("CONNECTION_LOST", "idle", "lost", { cause: new Error(secret) })],
    ["in a field", Object.assign(new Error("lost"), { detail: holder(secret) })],
    [
      "in a field of its cause",
      new Error("lost", { cause: Object.assign(new Error("gone"), { detail: holder(secret) }) }),
    ],
    ["in a receipt", { reply: { code: 250, lines: [`2.0.0 ${secret}`] } }],
  ],
)("Watch finds a secret %s", (_, value) => {
  expect(leaksOf(value)).toBeGreaterThan(0);
});

test("Watch finds nothing where nothing is", () => {
  expect(leaksOf(new ConnectionError("CONNECTION_LOST", "idle", "lost *** and é", { cause: new Error("gone") }))).toBe(
    0,
  );
});

test("Watch finds a line of a private key", () => {
  const watch = new Watch();
  const line = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
  watch.key(`-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`);
  watch.shown(new Error(`cannot read ${line}`));
  expect(watch.leaks()).not.toEqual([]);
});

test("Watch finds the password of a URL that cannot be read", () => {
  const watch = new Watch();
  watch.url("smtp//ada:correct%20horse@mail.example.com");
  watch.url("smtps://ada:correct%20horse@mail.example.com");
  watch.shown(new InputError("url", "no URL: ada:correct horse@"));
  expect(watch.leaks()).not.toEqual([]);
});

test("The library tells the watch of a secret and of an error that are made now", async () => {
  const { password } = await import("../../mod.ts");
  const before = globalThis.secretsWatch?.counts.secrets;
  password("ada", `never used before ${Math.random()}`);
  expect(globalThis.secretsWatch?.counts.secrets).toBe(before! + 1);
});

test.each([...new Set(points.map(({ file }) => file))])("laidInto changes lib/%s", async (file) => {
  const { readFile } = await import("node:fs/promises");
  const path = new URL(`../../lib/${file}`, import.meta.url);
  const text = await readFile(path, "utf8");
  expect(laidInto(text, path.pathname)).toContain("globalThis.secretsWatch");
  expect(() => laidInto("something else", path.pathname)).toThrow(file);
});
