import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { urlLoader, type UrlLoaderOptions } from "../../../lib/client/url_loader.ts";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";

const BASE = { from: "ada@example.com", to: "bob@example.net", text: "a" };

let server: Server;
let origin: string;
const asked: string[] = [];
const answers: Record<string, (response: ServerResponse) => void> = {
  "/files/a.txt": (response) => response.end("content"),
  "/files/away": (response) => response.writeHead(302, { location: "/files/a.txt" }).end(),
  "/files/none": (response) => response.writeHead(404).end("no"),
  "/files/large": (response) => response.end("x".repeat(1_001)),
  "/files/long": (response) => {
    for (let count = 0; count < 300; count++) response.write("x".repeat(1_000));
    response.end();
  },
  "/files/silent": () => {},
  "/files/stalls": (response) => void response.write("begin"),
  "/files/broken": (response) => {
    response.writeHead(200, { "content-length": "10" }).write("begin", () => response.destroy());
  },
};
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    asked.push(url!);
    (answers[url!] ?? answers["/files/none"])(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function read(path: string, options: Partial<UrlLoaderOptions> = {}): Promise<string> {
  const load = urlLoader({ allow: [`${origin}/files/`], ...options });
  return decodeUtf8(await compose({ ...BASE, attachments: [{ url: origin + path }] }, { load }).toBytes());
}

test("urlLoader fetches what is allowed, each time the message is read", async () => {
  expect(await read("/files/a.txt")).toContain(
    `Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n${
      btoa("content")
    }\r\n`,
  );
  const load = urlLoader({ allow: [`${origin}/files/a.txt`] });
  const composed = compose({ ...BASE, attachments: [{ url: `${origin}/files/a.txt` }] }, { load });
  const before = asked.length;
  expect(await composed.toBytes()).toEqual(await composed.toBytes());
  expect(asked.length - before).toBe(2);
});

test("urlLoader refuses what is not allowed, before anything is fetched", () => {
  const load = urlLoader({
    allow: ["https://cdn.example.com/assets/", "https://example.com:8443/one.pdf", "http://a.test/"],
  });
  const urls = [
    "https://cdn.example.com/",
    "https://cdn.example.com/assets",
    "https://cdn.example.com/assets2/x",
    "https://cdn.example.com/assets/../secret",
    "https://cdn.example.com/assets/%2e%2e/secret",
    "https://cdn.example.com/assets/..%2fsecret",
    "https://cdn.example.com/assets/..%5Csecret",
    "https://cdn.example.com/assets/..\\secret",
    "http://cdn.example.com/assets/x",
    "https://cdn.example.com.evil.test/assets/x",
    "https://cdn.example.com@evil.test/assets/x",
    "https://ada:secret@cdn.example.com/assets/x",
    "https://ada@cdn.example.com/assets/x",
    "https://cdn.example.com:444/assets/x",
    "https://example.com/one.pdf",
    "https://example.com:8443/one.pdf/x",
    "https://a.test/",
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "blob:https://cdn.example.com/assets/x",
    "//cdn.example.com/assets/x",
    "x",
  ];
  for (const url of urls) {
    const make = () => compose({ ...BASE, attachments: [{ url }] }, { load });
    expect(make, url).toThrow(expect.objectContaining({ name: "InputError", field: "attachments[0].url" }));
    expect(make).not.toThrow("secret");
  }
  for (
    const url of [
      "https://cdn.example.com/assets/x?y=z#top",
      "HTTPS://CDN.EXAMPLE.COM:443/assets/a/../x",
      "https://example.com:8443/one.pdf?v=2",
      "http://a.test/x",
    ]
  ) expect(compose({ ...BASE, attachments: [{ url }] }, { load })).toBeDefined();
});

test.each<readonly [string, Partial<UrlLoaderOptions>, string]>([
  ["/files/away", {}, "redirects"],
  ["/files/none", {}, "answered 404"],
  ["/files/large", { maxSize: 1_000 }, "more than 1000 octets"],
  ["/files/long", { maxSize: 150_000 }, "more than 150000 octets"],
  ["/files/silent", { timeout: 60 }, "took more than 60 ms"],
  ["/files/stalls", { timeout: 60 }, "took more than 60 ms"],
])("urlLoader fails with ContentError where the server has no such content: %s", async (path, options, text) => {
  const error = await read(path, options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ContentError);
  expect((error as Error).message).toBe("attachments[0].content: reading failed".replace("content:", "url:"));
  expect(String((error as Error).cause)).toContain(text);
});

test("urlLoader tells of a response that breaks off, and closes one that is not read to its end", async () => {
  await expect(read("/files/broken")).rejects.toThrow(ContentError);
  const load = urlLoader({ allow: [`${origin}/files/`] });
  const composed = compose({ ...BASE, attachments: [{ url: `${origin}/files/stalls` }] }, { load });
  const closed = new Promise<void>((resolve) => {
    const answer = answers["/files/stalls"];
    answers["/files/stalls"] = (response) => {
      response.on("close", resolve);
      for (let count = 0; count < 200; count++) response.write("x".repeat(1_000));
      answers["/files/stalls"] = answer;
    };
  });
  const reader = composed.toStream().getReader();
  await reader.read();
  await reader.cancel();
  await closed;
});

test("urlLoader takes exactly as much as it may", async () => {
  expect(await read("/files/large", { maxSize: 1_001 })).toContain(btoa("x".repeat(57)));
  expect((await read("/files/long", { maxSize: 300_000 })).length).toBeGreaterThan(400_000);
});

test("urlLoader refuses options that cannot be", () => {
  const allow = ["https://cdn.example.com/"];
  const wrong: readonly object[] = [
    {},
    { allow: [] },
    { allow: "https://cdn.example.com/" },
    { allow: [1] },
    { allow: ["cdn.example.com"] },
    { allow: ["ftp://cdn.example.com/"] },
    { allow: ["https://ada:secret@cdn.example.com/"] },
    { allow: ["https://cdn.example.com/?x"] },
    { allow: ["https://cdn.example.com/#x"] },
    { allow, maxSize: 0 },
    { allow, maxSize: 1.5 },
    { allow, timeout: 0 },
    { allow, timeout: Infinity },
  ];
  for (const options of wrong) {
    const expected = "allow" in options && options.allow === allow ? RangeError : TypeError;
    expect(() => urlLoader(options as UrlLoaderOptions), JSON.stringify(options)).toThrow(expected);
  }
});
