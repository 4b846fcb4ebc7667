import { afterEach, expect, test, vi } from "vitest";
import { ConfigError, UnsupportedError } from "../../../lib/errors.ts";
import { AssignmentFile } from "../../../lib/profile/assignment_file.ts";
import { memoryLoader, rejection } from "./helpers.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** The path of a profile's trust anchors. */
function anchors(file: AssignmentFile, name: string): string | undefined {
  const { caCertificate } = file.profile(name);
  return caCertificate?.kind === "file" ? caCertificate.path : undefined;
}

test("AssignmentFile.load follows #FILE, and the parent goes on in its own section", async () => {
  const loader = memoryLoader({
    "/etc/mail/main.asn": "#FILE first.asn\n[NET_SETTINGS]\na ca_cert=a\n#file\tsub/more.asn \nb ca_cert=b",
    "/etc/mail/first.asn": "; comment\n[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS ca_cert=d",
    "/etc/mail/sub/more.asn": "[DRIVER_SETTINGS]\nX y\n[NET_SETTINGS]\nc ca_cert=c\n#FILE ../up.asn",
    "/etc/mail/sub/../up.asn": "[NET_SETTINGS]\ne ca_cert=usys:e",
  });
  const file = await AssignmentFile.load("/etc/mail/main.asn", { loader, logicals: { USYS: "/usys/" } });
  expect(file.names).toEqual(["a", "c", "e", "b"]);
  expect(["a", "b", "c", "e"].map((name) => anchors(file, name)))
    .toEqual(["/etc/mail/a", "/etc/mail/b", "/etc/mail/sub/c", "/usys/e"]);
  expect(file.driverProfile()?.caCertificate).toMatchObject({ path: "/etc/mail/d", written: "d" });
  expect(loader.asked).toEqual(["main.asn", "first.asn", "sub/more.asn", "sub/../up.asn"].map((p) => `/etc/mail/${p}`));
});

test("AssignmentFile.load keeps a bare name relative, and joins with the separator in use", async () => {
  const loader = memoryLoader({
    "mail.asn": "#FILE other.asn",
    "other.asn": "[NET_SETTINGS]\nr ca_cert=ca.pem\n#FILE u:win.asn",
    "C:\\uniface\\win.asn": "[NET_SETTINGS]\nw ca_cert=ca.pem\nabs ca_cert=D:/x",
  });
  const options = { loader, logicals: { u_: "x" } };
  expect((await rejection(AssignmentFile.load("mail.asn", options))).source).toBe("other.asn");
  const file = await AssignmentFile.load("C:\\uniface\\win.asn", options);
  expect(loader.asked).toEqual(["mail.asn", "other.asn", "u:win.asn", "C:\\uniface\\win.asn"]);
  expect([anchors(file, "w"), anchors(file, "abs")]).toEqual(["C:\\uniface\\ca.pem", "D:/x"]);
});

test("AssignmentFile.load lets a later file win, and a later #FILE over what came before it", async () => {
  const loader = memoryLoader({
    "/g/global.asn": "[NET_SETTINGS]\np ca_cert=global\nq ca_cert=global\nr ca_cert=global",
    "/l/local.asn": "[NET_SETTINGS]\nP ca_cert=local\nr ca_cert=local\n#FILE inner.asn",
    "/l/inner.asn": "[NET_SETTINGS]\nR ca_cert=inner",
  });
  const file = await AssignmentFile.load(["/g/global.asn", "/l/local.asn"], { loader });
  expect(["p", "q", "r"].map((name) => anchors(file, name))).toEqual(["/l/local", "/g/global", "/l/inner"]);
  expect(file.names).toEqual(["P", "q", "R"]);
});

test("AssignmentFile.load reads the same file twice where it is no cycle", async () => {
  const loader = memoryLoader({ "m": "#FILE a\n#FILE a", "a": "[NET_SETTINGS]\np ca_cert=x" });
  expect((await AssignmentFile.load("m", { loader })).names).toEqual(["p"]);
});

test("AssignmentFile.merge lays a local file over a global one, each with its own folder", () => {
  const global = AssignmentFile.parse(
    "[NET_SETTINGS]\np ca_cert=a\nq ca_cert=a\n[DRIVER_SETTINGS]\nUSYS$TLS_PARAMS ca_cert=a",
    {
      directory: "/g",
    },
  );
  const local = AssignmentFile.parse("[NET_SETTINGS]\nP ca_cert=a\ns ca_cert=u1:a", {
    directory: "/l",
    logicals: { u1: "/u" },
  });
  const merged = AssignmentFile.merge(global, local);
  expect(["p", "q", "s"].map((name) => anchors(merged, name))).toEqual(["/l/a", "/g/a", "/u/a"]);
  expect(merged.driverProfile()?.name).toBe("USYS$TLS_PARAMS");
  expect(anchors(global, "p")).toBe("/g/a");
});

test.each([
  [{ m: "#FILE a", a: "p ca_cert=x" }, "CONFIG_SYNTAX", "a", 1, "must open with a section header"],
  [{ m: "#FILE a", a: "#FILE b" }, "CONFIG_SYNTAX", "a", 1, "must open with a section header"],
  [{ m: "[X]\n#FILE a" }, "CONFIG_FILE", "m", 2, '"a" cannot be read: no such file'],
  [{ m: "#FILE usys:a" }, "CONFIG_UNDEFINED", "m", 1, '"usys"'],
  [{ m: "#FILE m" }, "CONFIG_SYNTAX", "m", 1, "includes itself"],
  [{ m: "#FILE ./x/../m" }, "CONFIG_SYNTAX", "m", 1, "includes itself"],
  [{ m: "#FILE a", a: "[X]\n#FILE b", b: "[X]\n\n#FILE a" }, "CONFIG_SYNTAX", "b", 3, "includes itself"],
  [{ m: "#FILE a", a: "[NET_SETTINGS]\n#NOPE" }, "CONFIG_SYNTAX", "a", 2, "#FILE name"],
])("AssignmentFile.load refuses includes, case %#", async (files, code, source, line, message) => {
  const error = await rejection(AssignmentFile.load("m", { loader: memoryLoader(files) }));
  expect(error).toMatchObject({ code, source, line });
  expect(error.message).toContain(message);
});

test("AssignmentFile.load follows includes 16 deep and no deeper", async () => {
  function chain(depth: number): Record<string, string> {
    return Object.fromEntries(
      Array.from(
        { length: depth },
        (_, i) => [`f${i}`, `[NET_SETTINGS]\np${i} x\n${i < depth - 1 ? `#FILE f${i + 1}` : ""}`],
      ),
    );
  }
  expect((await AssignmentFile.load("f0", { loader: memoryLoader(chain(16)) })).names.length).toBe(16);
  expect((await rejection(AssignmentFile.load("f0", { loader: memoryLoader(chain(17)) }))).code).toBe("CONFIG_LIMIT");
});

test("AssignmentFile.load bounds the files, lines and octets that it reads in all", async () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`f${i}`, `[X]\n#FILE f${i + 1}\n#FILE f${i + 1}`]),
  );
  const cases: readonly Record<string, string>[] = [
    { ...doubling, f12: "[X]" },
    { f0: "#FILE a\n#FILE a\n#FILE a", a: `[X]\n${"x\n".repeat(4_000)}` },
    { f0: "x".repeat(1_048_577) },
  ];
  for (const files of cases) {
    expect((await rejection(AssignmentFile.load("f0", { loader: memoryLoader(files) }))).code).toBe("CONFIG_LIMIT");
  }
});

test("AssignmentFile.load passes on why a file cannot be read", async () => {
  const cause = new ConfigError("CONFIG_LIMIT", "too large");
  const limited = await rejection(AssignmentFile.load("/m", { loader: () => Promise.reject(cause) }));
  expect(limited).toMatchObject({ code: "CONFIG_LIMIT", source: "/m", cause });
  const unsupported = new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", "files", "no files here");
  await expect(AssignmentFile.load("/m", { loader: () => Promise.reject(unsupported) })).rejects.toBe(unsupported);
});

test("AssignmentFile.load throws TypeError for a loader that is none, or yields no octets", async () => {
  const text = (() => Promise.resolve("text")) as unknown as () => Promise<Uint8Array>;
  await expect(AssignmentFile.load("/m", { loader: text })).rejects.toThrow(TypeError);
  await expect(AssignmentFile.load("/m", { loader: 1 as unknown as typeof text })).rejects.toThrow(TypeError);
});

test.each([
  [{ "a b": "/x" }, "CONFIG_VALUE"],
  [{ c: "/x" }, "CONFIG_VALUE"],
  [{ usys: "" }, "CONFIG_VALUE"],
  [{ usys: undefined as unknown as string }, "CONFIG_VALUE"],
  [{ usys: "/a\0b" }, "CONFIG_VALUE"],
  [{ usys: "/a", USYS: "/b" }, "CONFIG_DUPLICATE"],
])("AssignmentFile.load refuses path logicals that are none, case %#", async (logicals, code) => {
  expect((await rejection(AssignmentFile.load("m", { loader: memoryLoader({}), logicals }))).code).toBe(code);
});

/** A loader that is still at the second file. */
function stuck() {
  const asked: string[] = [];
  const loader = (path: string): Promise<Uint8Array> => {
    asked.push(path);
    return path === "a" ? Promise.resolve(new TextEncoder().encode("#FILE b")) : new Promise(() => {});
  };
  return { asked, loader };
}

test("AssignmentFile.load waits half a minute for a file that never comes", async () => {
  vi.useFakeTimers();
  const { loader } = stuck();
  const error = rejection(AssignmentFile.load("a", { loader }));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await error).toMatchObject({ code: "CONFIG_FILE", source: "a", line: 1 });
  expect((await error).message).toContain("it took more than 30000 ms");
  expect(vi.getTimerCount()).toBe(0);
});

test("AssignmentFile.load ends with the reason of its signal, and reads nothing once it is aborted", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const { asked, loader } = stuck();
  const loading = AssignmentFile.load("a", { loader, signal }).catch((error: unknown) => error);
  await vi.waitFor(() => expect(asked).toEqual(["a", "b"]));
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await loading).toBe(reason);
  expect(await AssignmentFile.load("c", { loader, signal }).catch((error: unknown) => error)).toBe(reason);
  expect(asked).toEqual(["a", "b"]);
});

test("AssignmentFile.load refuses a signal that is none", async () => {
  const { asked, loader } = stuck();
  const signal = new AbortController() as never;
  await expect(AssignmentFile.load("a", { loader, signal })).rejects.toThrow("signal: must be an AbortSignal");
  expect(asked).toEqual([]);
});
