import { expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import type { MailingList } from "../../../lib/mime/list_fields.ts";
import { BASE, fieldsOf } from "./support.ts";

const list = async (list: MailingList) => (await fieldsOf({ list })).filter((field) => field.startsWith("List-"));

test("compose writes every field of a list", async () => {
  const fields = await list({
    archive: "https://lists.example.com/archive",
    owner: "mailto:owner@example.com",
    post: ["mailto:news@example.com", "https://lists.example.com/post"],
    subscribe: "mailto:join@example.com?subject=subscribe",
    oneClick: true,
    unsubscribe: ["https://lists.example.com/leave?u=1,2", "mailto:leave@example.com"],
    help: "http://lists.example.com/help",
    name: "News",
    id: "news.example.com",
  });
  expect(fields).toEqual([
    "List-Id: News <news.example.com>",
    "List-Help: <http://lists.example.com/help>",
    "List-Unsubscribe: <https://lists.example.com/leave?u=1,2>, <mailto:leave@example.com>",
    "List-Subscribe: <mailto:join@example.com?subject=subscribe>",
    "List-Post: <mailto:news@example.com>, <https://lists.example.com/post>",
    "List-Owner: <mailto:owner@example.com>",
    "List-Archive: <https://lists.example.com/archive>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  ]);
});

test("compose writes what JSON says of a list", async () => {
  expect(await list(JSON.parse('{"id": "<a.b>", "post": "NO", "help": [], "oneClick": false}'))).toEqual([
    "List-Id: <a.b>",
    "List-Post: NO",
  ]);
  expect(await list({})).toEqual([]);
});

test("compose encodes a list's name as a phrase", async () => {
  expect(await list({ id: "a.b", name: "Zoës Brief" })).toEqual(["List-Id: =?utf-8?Q?Zo=C3=ABs_Brief?= <a.b>"]);
  expect(await list({ id: "a.b", name: "a <c@d>" })).toEqual(['List-Id: "a <c@d>" <a.b>']);
  expect(await list({ id: "a.b", name: "" })).toEqual(["List-Id: <a.b>"]);
});

test("compose writes a URL as it is given, folded between URLs alone", async () => {
  const unsubscribe = Array.from({ length: 20 }, (_, index) => `https://example.com/${"x".repeat(index * 40)}?=?a#b`);
  expect(await list({ unsubscribe })).toEqual([
    `List-Unsubscribe: ${unsubscribe.map((url) => `<${url}>`).join(", ")}`,
  ]);
});

test("compose refuses what cannot stand in a list field, and names it", () => {
  const wrong: readonly (readonly [field: string, list: unknown, position?: number])[] = [
    ["list", "news.example.com"],
    ["list", []],
    ["list", null],
    ["list.comment", { comment: "a\r\nX: 1" }],
    ["list.id", { id: "news" }],
    ["list.id", { id: "" }],
    ["list.id", { id: "a..b" }],
    ["list.id", { id: "a b.c" }],
    ["list.id", { id: "é.example" }],
    ["list.id", { id: "News <a.b>" }],
    ["list.id", { id: `${"a".repeat(250)}.example` }],
    ["list.id", { id: "a.b\r\nBcc: x@y" }, 3],
    ["list.id", { id: ["a.b"] }],
    ["list.id", { name: "News" }],
    ["list.name", { id: "a.b", name: "a\nb" }, 1],
    ["list.name", { id: "a.b", name: 1 }],
    ["list.help", { help: "ftp://example.com/" }, 0],
    ["list.help", { help: "javascript:alert(1)" }, 0],
    ["list.help", { help: "https:example.com" }, 0],
    ["list.help", { help: "https://" }, 0],
    ["list.help", { help: "https://[1/" }, 0],
    ["list.help", { help: "mailto:nobody" }, 0],
    ["list.help", { help: "mailto:?to=a@b" }, 0],
    ["list.help", { help: "//example.com" }, 0],
    ["list.help", { help: "example.com" }, 0],
    ["list.help", { help: "" }, 0],
    ["list.help", { help: 1 }],
    ["list.help", { help: new URL("https://example.com/") }],
    ["list.help", { help: "NO" }, 0],
    ["list.help", { help: "https://a.example/ b" }, 18],
    ["list.help", { help: "https://a.example/>,<https://evil.example/" }, 18],
    ["list.help", { help: "https://a.example/é" }, 18],
    ["list.help", { help: "https://a.example/\r\nBcc: x@y" }, 18],
    ["list.help[1]", { help: ["https://a.example/", "x"] }, 0],
    ["list.help", { help: `https://a.example/${"x".repeat(1_000)}` }, 0],
    ["list.post[0]", { post: ["NO"] }, 0],
    ["list.oneClick", { oneClick: 1, unsubscribe: "https://a.example/" }],
    ["list.oneClick", { oneClick: "List-Unsubscribe=One-Click", unsubscribe: "https://a.example/" }],
    ["list.unsubscribe", { oneClick: true }],
    ["list.unsubscribe", { oneClick: true, unsubscribe: [] }],
    ["list.unsubscribe", { oneClick: true, unsubscribe: "mailto:a@b.example" }],
    ["list.unsubscribe", { oneClick: true, unsubscribe: "http://a.example/" }],
    ["list.unsubscribe", { oneClick: true, unsubscribe: ["https://a.example/", "https://b.example/"] }],
    ["list.unsubscribe", { oneClick: true, unsubscribe: ["https://a.example/", "HTTP://b.example/"] }],
  ];
  for (const [field, list, position] of wrong) {
    const expected = expect.objectContaining({
      name: "InputError",
      field,
      ...(position !== undefined && { position }),
    });
    expect(() => compose({ ...BASE, list: list as MailingList }), JSON.stringify(list)).toThrow(expected);
  }
});

test("compose takes of a list what it was made over", async () => {
  expect(await list(Object.create({ id: "a.b" }))).toEqual(["List-Id: <a.b>"]);
});
