import PostalMime from "postal-mime";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { toBase64 } from "../../../lib/bytes/base64.ts";
import { ContentError, InputError } from "../../../lib/errors.ts";
import type { Attachment } from "../../../lib/mime/attachment.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { AttachmentLoader } from "../../../lib/mime/loader.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, composedText, fieldOf, fieldsOf, octetsOf, readAll, roundTrip } from "./support.ts";

function refused(attachment: object, options?: { readonly load: AttachmentLoader }): unknown {
  try {
    compose({ ...BASE, attachments: [attachment as Attachment] }, options);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error;
  }
  throw new Error(`was not refused: ${JSON.stringify(attachment)}`);
}

test("compose takes content in base64, and refuses what is none with its position", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (octets) => {
      const attachments = [{ content: { base64: toBase64(octets) } }];
      const mail = await PostalMime.parse(await octetsOf(compose({ ...BASE, text: "a", attachments }).content));
      expect(new Uint8Array(mail.attachments[0].content as ArrayBuffer)).toEqual(octets);
    }),
    { seed: 41, numRuns: 60 },
  );
  const wrong: readonly (readonly [string, number])[] = [
    ["YQ=", 2],
    ["YQ", 2],
    ["Y", 1],
    ["YR==", 1],
    ["YWJ=", 2],
    ["YQ==YQ==", 2],
    ["YWJj\nYWJj", 4],
    [" YWJj", 0],
    ["YW-j", 2],
    ["YWJj=", 4],
    ["é", 0],
    ["====", 0],
  ];
  for (const [base64, position] of wrong) {
    const expected = { field: "attachments[0].content.base64", position };
    expect(refused({ content: { base64 } }), base64).toMatchObject(expected);
  }
  expect(refused({ content: { base64: 1 } })).toMatchObject({ field: "attachments[0].content.base64" });
  expect(refused({ content: { base64: "", path: "x" } })).toMatchObject({ field: "attachments[0].content.path" });
});

test("compose takes name and type of a File, and the type of a Blob, unless others are given", async () => {
  const file = new File(["a"], "Grüße.csv", { type: "text/csv;charset=utf-8" });
  expect(await fieldOf("Content-Type", { attachments: [{ content: file }] })).toBe(
    "text/csv; charset=utf-8; name=Gr_e.csv",
  );
  expect(await fieldOf("Content-Disposition", { attachments: [{ content: file }] })).toBe(
    "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.csv",
  );
  const own = { content: file, filename: "b.txt", contentType: "text/plain" };
  expect(await fieldOf("Content-Type", { attachments: [own] })).toBe("text/plain");
  expect(await fieldOf("Content-Disposition", { attachments: [own] })).toBe("attachment; filename=b.txt");
  const blob = new Blob(["a"], { type: "image/png" });
  expect(await fieldOf("Content-Type", { attachments: [{ content: blob, filename: "a.gif" }] })).toBe("image/png");
  const nameless = new File(["a"], "");
  expect(await fieldOf("Content-Type", { attachments: [{ content: nameless }] })).toBe("application/octet-stream");
  expect(await fieldOf("Content-Disposition", { attachments: [{ content: nameless }] })).toBe("attachment");
});

test("compose refuses the name or type of a File that could not stand in a message", () => {
  expect(refused({ content: new File([], "a\nb") })).toMatchObject({
    field: "attachments[0].content.name",
    position: 1,
  });
  expect(refused({ content: new File([], "a", { type: "nonsense" }) })).toMatchObject({
    field: "attachments[0].content.type",
  });
  expect(refused({ content: new Blob([], { type: "multipart/mixed" }) })).toMatchObject({
    field: "attachments[0].contentType",
  });
});

test("compose writes a description and further fields of a part", async () => {
  const attachment = {
    content: "",
    description: "Größe der Bäume",
    headers: { "Content-Language": "de", "X-Attachment-Id": ["a", "é"] },
    cid: "a",
  };
  const fields = await fieldsOf({ attachments: [attachment] });
  expect(fields.slice(-7)).toEqual([
    "Content-Disposition: inline",
    "Content-ID: <a>",
    "Content-Description: =?utf-8?B?R3LDtsOfZSBkZXIgQsOkdW1l?=",
    "Content-Language: de",
    "X-Attachment-Id: a",
    "X-Attachment-Id: =?utf-8?B?w6k=?=",
    "Content-Transfer-Encoding: base64",
  ]);
  const text = await composedText({ attachments: [{ message: BASE, description: "passed on" }], text: "a" });
  expect(text).toContain("Content-Description: passed on\r\n\r\nFrom: ada@example.com\r\n");
});

test("compose refuses fields of a part that it writes itself, or that could break it", () => {
  const names = [
    "Content-Type",
    "content-transfer-encoding",
    "CONTENT-DISPOSITION",
    "Content-ID",
    "Content-Description",
  ];
  for (const name of [...names, "MIME-Version", "Bcc"]) {
    expect(refused({ content: "", headers: { [name]: "x" } })).toMatchObject({
      field: `attachments[0].headers.${name}`,
    });
    expect(refused({ content: "", headers: [["X-A", "b"], [name, "x"]] })).toMatchObject({
      field: "attachments[0].headers[1]",
    });
  }
  expect(refused({ content: "", headers: { "X-A": "b\r\nC: d" } })).toMatchObject({
    field: "attachments[0].headers.X-A",
    position: 1,
  });
  expect(refused({ content: "", headers: { "A: b": "c" } })).toMatchObject({ field: "attachments[0].headers" });
  expect(refused({ content: "", headers: { "Content-Location": "é" } })).toMatchObject({
    field: "attachments[0].headers.Content-Location",
  });
  expect(refused({ content: "", headers: new Map() })).toMatchObject({ field: "attachments[0].headers" });
  expect(refused({ content: "", description: "a\0" })).toMatchObject({
    field: "attachments[0].description",
    position: 1,
  });
});

test("compose refuses a content identifier that stands twice, and takes it again in an enclosed message", () => {
  const logo = { content: "", cid: "logo" };
  const shared = reusable(logo);
  for (const attachments of [[logo, logo], [logo, { content: "" }, shared], [shared, shared]]) {
    const expected = expect.objectContaining({ field: `attachments[${attachments.length - 1}].cid` });
    expect(() => compose({ ...BASE, html: "a", attachments })).toThrow(expected);
  }
  const message = { ...BASE, html: "a", attachments: [logo] };
  expect(compose({ ...message, attachments: [logo, { message }, { content: "", cid: "Logo" }] })).toBeDefined();
});

test("compose opens a path or a URL through a loader, when it is read and each time", async () => {
  const asked: string[] = [];
  let opened = 0;
  const source = (name: string) => {
    asked.push(name);
    return { open: () => (opened++, new Blob([`content of ${name}`]).stream()) };
  };
  const load: AttachmentLoader = { path: source, url: source };
  const attachments = [
    { path: "a/b/Straße.txt" },
    { url: "https://cdn.example.com/x/na%C3%AFve%20plan.pdf?version=1#top" },
    { url: "https://cdn.example.com/x/", cid: "a" },
    { path: "c.png", filename: "d.gif", contentType: "image/webp", description: "e" },
    { url: "https://cdn.example.com/%ff.zip" },
  ];
  const composed = compose({ ...BASE, text: "a", attachments }, { load });
  expect([asked.length, opened]).toEqual([5, 0]);
  expect(composed.content).toMatchObject({ size: undefined, once: false });
  const first = await readAll(composed.content);
  expect(await readAll(composed.content)).toEqual(first);
  expect([asked.length, opened]).toEqual([5, 10]);
  const mail = await PostalMime.parse(first, { attachmentEncoding: "utf8" });
  expect(mail.attachments.map(({ filename, mimeType, content }) => [filename, mimeType, content])).toEqual([
    ["Straße.txt", "text/plain", "content of a/b/Straße.txt"],
    ["naïve plan.pdf", "application/pdf", `content of ${attachments[1].url}`],
    [null, "application/octet-stream", "content of https://cdn.example.com/x/"],
    ["d.gif", "image/webp", "content of c.png"],
    ["%ff.zip", "application/zip", "content of https://cdn.example.com/%ff.zip"],
  ]);
});

test("compose refuses paths and URLs without a loader for them, and what the loader refuses", () => {
  const open = () => new Blob([]).stream();
  const cause = new Error("not from there");
  const loads: AttachmentLoader[] = [{}, { url: () => ({ open }) }, {
    path: () => {
      throw cause;
    },
  }, { path: () => 7 as never }];
  for (const load of loads) {
    expect(refused({ path: "/etc/passwd" }, { load })).toMatchObject({ field: "attachments[0].path" });
  }
  expect(refused({ path: "x" }, { load: loads[2] })).toMatchObject({
    message: "attachments[0].path: not from there",
    cause,
  });
  expect((refused({ path: "/etc/passwd" }) as Error).message).toContain("nothing is opened by its name");
  const load = { path: () => ({ open }) };
  for (const path of ["", 1, null, "x".repeat(9_000)]) {
    expect(refused({ path }, { load })).toMatchObject({ field: "attachments[0].path" });
  }
  expect(refused({ path: "a\nb" }, { load })).toMatchObject({ field: "attachments[0].path", position: 1 });
  expect(refused({ path: "a", content: "b" }, { load })).toMatchObject({ field: "attachments[0].path" });
  expect(refused({ href: "a" }, { load })).toMatchObject({ field: "attachments[0].href" });
  expect(() => reusable({ path: "a" } as never)).toThrow(/^attachment\.path: unknown key/);
  for (const options of [{ load: 1 }, { load: null }, { loader: {} }, 1, null, []]) {
    expect(() => compose(BASE, options as never)).toThrow(InputError);
  }
});

test("compose loads for an enclosed message too, and tells what fails", async () => {
  const cause = new Error("no such file");
  const load = { path: () => ({ open: () => Promise.reject(cause) }) };
  const message = { ...BASE, attachments: [{ path: "a" }] };
  const { content } = compose({ ...BASE, attachments: [{ message }] }, { load });
  const error = await readAll(content).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ContentError);
  expect(error).toMatchObject({ cause, message: "attachments[0].path: reading failed" });
});

const { hostileFilenames }: { readonly hostileFilenames: readonly string[] } = JSON.parse(
  readFileSync(new URL("../../vectors/rfc2231.json", import.meta.url), "utf8"),
);

test("compose gives hostile filenames back to a second parser as they are", async () => {
  const more = [
    ".htaccess",
    "...",
    "NUL",
    "COM1.txt",
    "a/b\\c",
    "\u202egpj.exe",
    " a ",
    "~",
    "%2e%2e%2f",
    "$(x)",
    "-rf",
  ];
  for (const filename of [...hostileFilenames, ...more]) {
    if (filename === "" || /[\p{Cc}\p{Cs}]/u.test(filename)) continue;
    const attachments = [{ filename, content: "x" }];
    const mail = await PostalMime.parse(await octetsOf(compose({ ...BASE, text: "a", attachments }).content));
    // This parser decodes what looks like an encoded word also where it is none.
    if (!filename.includes("=?")) expect(mail.attachments.map((one) => one.filename)).toEqual([filename]);
    expect((await roundTrip({ text: "a", attachments })).attachments[0].filename).toBe(filename);
  }
});

test("compose writes parameters of a content type in sections where they are long or not ASCII", async () => {
  for (const value of ["x".repeat(300), "é".repeat(100), "=?utf-8?q?a?=", "utf-8''a", 'a\\"b']) {
    const quoted = value.replace(/["\\]/g, "\\$&");
    const attachments = [{ contentType: `application/x-test; title="${quoted}"`, content: new Uint8Array(1) }];
    const text = await composedText({ text: "a", attachments });
    for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
    const field = /Content-Type: application\/x-test[^]*?\r\n(?! )/.exec(text)![0].replaceAll("\r\n ", "");
    const sections = [...field.matchAll(/title(?:\*\d+)?(\*?)=("(?:[^"\\]|\\.)*"|[^;\s]+)/g)].map(([, star, part]) =>
      star === ""
        ? part.replace(/^"|"$/g, "").replace(/\\(.)/g, "$1")
        : decodeURIComponent(part.replace(/^utf-8''/, ""))
    );
    expect(sections.join("")).toBe(value);
  }
});

test("compose reads a content type of many parameters in proportion to its length", () => {
  // Quadratic, this would take a minute and a half.
  const contentType = "a/b" + Array.from({ length: 100_000 }, (_, index) => `;p${index}=1`).join("");
  const attach = (type: string) => compose({ ...BASE, attachments: [{ content: "x", contentType: type }] });
  expect(() => attach(`${contentType};P99999=2`)).toThrow(/^attachments\[0\]\.contentType: names a parameter twice/);
});

test("compose takes an array buffer and a view of one", async () => {
  const octets = encodeUtf8("xabcx");
  for (const content of [octets.slice(1, 4).buffer, octets.subarray(1, 4)]) {
    expect(await composedText({ attachments: [{ content }] })).toContain("\r\n\r\nYWJj\r\n");
  }
});
