import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { toBase64 } from "../../../lib/bytes/base64.ts";
import { embedDataUrls } from "../../../lib/mime/data_urls.ts";
import { outline, roundTrip } from "./support.ts";
import { tries } from "../../support/effort.ts";

const GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

/** What is taken out, with each cid as a number. */
function embed(html: string) {
  const { html: written, attachments } = embedDataUrls(html);
  let rest = written;
  attachments.forEach(({ cid }, index) => rest = rest.replaceAll(`cid:${cid}`, `cid:${index + 1}`));
  const contents = attachments.map(({ filename, contentType, content }) => [
    filename,
    contentType,
    decodeUtf8(content as Uint8Array),
  ]);
  return { html: rest, contents };
}

test("embedDataUrls makes inline attachments that the html shows", async () => {
  const { html, attachments } = embedDataUrls(`<p>Hello <img alt="x" src="${GIF}"> <img src='${GIF}'>`);
  expect(attachments).toMatchObject([{ filename: "image1.gif", contentType: "image/gif" }]);
  const { cid } = attachments[0];
  expect(cid).toMatch(/^image1\.[0-9a-f]{24}@html\.invalid$/);
  expect(html).toBe(`<p>Hello <img alt="x" src="cid:${cid}"> <img src='cid:${cid}'>`);
  expect(await outline({ text: "a", html, attachments })).toEqual([
    "multipart/alternative",
    "  text/plain",
    "  multipart/related",
    "    text/html",
    "    image/gif",
  ]);
  const mail = await roundTrip({ html, attachments });
  expect(mail.attachments).toMatchObject([{ cid, related: true, contentDisposition: "inline" }]);
});

test.each<readonly [string, string]>([
  [`<IMG SRC=${GIF}>`, "<IMG SRC=cid:1>"],
  [`<img src = "  ${GIF}\n">`, '<img src = "  cid:1\n">'],
  [`<td background='${GIF}'>`, "<td background='cid:1'>"],
  [`<video poster="${GIF}"/>`, '<video poster="cid:1"/>'],
  [`<div style="background: url(${GIF})">`, '<div style="background: url(cid:1)">'],
  [`<div style="background: url( '${GIF}' ) ; a: b">`, "<div style=\"background: url( 'cid:1' ) ; a: b\">"],
  [
    `<style>a { b: url("${GIF}"); c: URL(${GIF}) }</STYLE><p>`,
    '<style>a { b: url("cid:1"); c: URL(cid:1) }</STYLE><p>',
  ],
  [`<a title="a > b" data-x='"' src="${GIF}">`, '<a title="a > b" data-x=\'"\' src="cid:1">'],
  [`1 < 2 <3 <img src="${GIF}">`, '1 < 2 <3 <img src="cid:1">'],
  [`<!-- x --><img src="${GIF}"><!-- y -->`, '<!-- x --><img src="cid:1"><!-- y -->'],
  [`<script>"<img"</script><img src="${GIF}">`, '<script>"<img"</script><img src="cid:1">'],
])("embedDataUrls finds a URL where it is shown: %s", (html, expected) => {
  expect(embed(html)).toEqual({ html: expected, contents: [["image1.gif", "image/gif", "GIF89a\x01\0\x01\0\0\0\0,"]] });
});

test.each([
  "",
  "no tag at all, data:image/gif;base64,AAAA",
  `<p>src="${GIF}"`,
  `<!-- <img src="${GIF}"> -->`,
  `<!-- <img src="${GIF}">`,
  `<script>x = '<img src="${GIF}">'</script>`,
  `<title><img src="${GIF}"></title>`,
  `<a href="${GIF}">`,
  `<img srcset="${GIF} 2x">`,
  `<img alt="${GIF}">`,
  `<img src="${GIF}`,
  `<img src="${GIF}&amp;">`,
  `<img src="https://example.com/${GIF}">`,
  '<img src="data:text/html,<p>">',
  '<img src="data:application/pdf;base64,AAAA">',
  '<img src="data:,a">',
  '<img src="data:image/png">',
  '<div style="background: url(data:image/gif;base64,AAAA">',
  `<div style="background: url('${GIF}&quot;)">`,
])("embedDataUrls leaves everything else as it is: %s", (html) => {
  expect(embedDataUrls(html)).toEqual({ html, attachments: [] });
});

test("embedDataUrls decodes as browsers do", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["data:image/svg+xml,%3Csvg%20a='é'/%3E", "image1.svg", "image/svg+xml", "<svg a='é'/>"],
    ["data:image/svg+xml;charset=utf-8,100%", "image1.svg", "image/svg+xml", "100%"],
    ["DATA:IMAGE/JPEG;BASE64,YQ", "image1.jpg", "image/jpeg", "a"],
    ["data:audio/mpeg;base64,YW%4AiYw%3D%3D", "audio1.mpeg", "audio/mpeg", "abbc"],
    ["data:font/woff2;base64,Y W\nI =", "font1.woff2", "font/woff2", "ab"],
    ["data: image/gif; base64 ,QUJD", "image1.gif", "image/gif", "ABC"],
    ["data:image/vnd.odd-type;base64,", "image1", "image/vnd.odd-type", ""],
  ];
  for (const [url, filename, type, content] of cases) {
    expect(embed(`<img src="${url}">`)).toEqual({ html: '<img src="cid:1">', contents: [[filename, type, content]] });
  }
});

test("embedDataUrls reads a URL without its tabs and line ends, as browsers do", () => {
  expect(embed("<img src='data:image/gif;b\tase64,QU\r\nJD'>").contents).toEqual([["image1.gif", "image/gif", "ABC"]]);
  expect(embed("<img src='data:image/svg+xml,<svg>\n\ta</svg>'>").contents).toEqual([
    ["image1.svg", "image/svg+xml", "<svg>a</svg>"],
  ]);
});

test("embedDataUrls reads a URL without the blanks and control characters at its end, as browsers do", () => {
  expect(embed("<img src='data:image/svg+xml,<svg/> \u0001 '>").contents).toEqual([
    ["image1.svg", "image/svg+xml", "<svg/>"],
  ]);
  expect(embed("<a style=url(data:image/a,\u0001)").contents).toEqual([["image1.a", "image/a", ""]]);
});

test("embedDataUrls takes base64 without padding, and none with a part of it, as browsers do", () => {
  const [one] = embedDataUrls('<img src="data:image/a;base64,aaaaaaaaag">').attachments;
  expect((one as { content: Uint8Array }).content.length).toBe(7);
  for (const text of ["aaaaaaaaag=", "QQ=", "QUI==", "="]) {
    expect(() => embedDataUrls(`<img src="data:image/a;base64,${text}">`)).toThrow("base64 is none");
  }
});

test("embedDataUrls refuses base64 that is none, with its position, and too many URLs", () => {
  for (const data of ["a", "a===", "YR==", "YW-j", "%ff", "YQ==YQ=="]) {
    const expected = expect.objectContaining({ name: "InputError", field: "html", position: 13 });
    expect(() => embedDataUrls(`<p><img src="data:image/png;base64,${data}">`), data).toThrow(expected);
  }
  expect(() => embedDataUrls("\ud800")).toThrow(/^html: /);
  expect(() => embedDataUrls(1 as never)).toThrow(/^html: /);
  const images = (count: number) => Array.from({ length: count }, (_, at) => `<img src=data:image/png,${at}>`).join("");
  expect(embedDataUrls(images(1_000) + images(1_000)).attachments).toHaveLength(1_000);
  expect(() => embedDataUrls(images(1_001))).toThrow(/more than 1000 data: URLs/);
});

test("embedDataUrls changes nothing but the URLs, whatever the html is", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    '"',
    "'",
    "=",
    " ",
    "/",
    "img",
    "style",
    "src",
    "url(",
    ")",
    "<!--",
    "-->",
    "data:",
    GIF,
    "</style>",
    "&",
    "x",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.uint8Array({ maxLength: 20 }), (pieces, octets) => {
      const url = `data:image/png;base64,${toBase64(octets)}`;
      const given = pieces.join("").replaceAll(GIF, url);
      const { html, attachments } = embedDataUrls(given);
      let back = html;
      for (const { cid, content } of attachments) {
        expect(content).toEqual(octets);
        back = back.replaceAll(`cid:${cid}`, url);
      }
      expect(back).toBe(given);
    }),
    { seed: 61, numRuns: tries(500) },
  );
});

test("embedDataUrls takes time in proportion to the html", () => {
  const parts = [
    "<",
    "<a",
    "<a ",
    "<a b=",
    "<a b='",
    "<!--",
    "<style>",
    "<p style='url(data:",
    "url(data:",
    "url(  ",
    "<img src=data:",
    "<script>",
    "</",
    '"',
    "<img src=' ",
  ];
  // A quadratic search would take minutes for one of these.
  for (const part of parts) {
    embedDataUrls(part.repeat(200_000 / part.length));
    embedDataUrls(`<p style="${part.repeat(200_000 / part.length)}`);
    const html = `<style>${part.repeat(200_000 / part.length)}</style>`;
    expect(embedDataUrls(html)).toEqual({ html, attachments: [] });
  }
});
